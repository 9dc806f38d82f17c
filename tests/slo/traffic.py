"""Traffic of the tests: counts at minutes before the moment of a test."""

from datetime import datetime

from slo import services
from slo.models import Indicator
from slo.rules.burn_rate import Counts
from slo.rules.minute import MINUTE, minute_of


def serve(indicator: Indicator, *, at: datetime, good: int, bad: int, minutes_ago: int = 0) -> None:
    """This will count requests of the minute that lies that far back."""
    minute = minute_of(at) - minutes_ago * MINUTE
    services.add_counts(counts={(indicator.pk, minute): Counts(good, good + bad)})


def serve_days(
    indicator: Indicator,
    *,
    at: datetime,
    days: int,
    good: int = 99,
    bad: int = 1,
    every_minutes: int = 15,
) -> None:
    """This will count the same requests again and again, up to the moment."""
    minutes = range(0, days * 1440, every_minutes)
    services.add_counts(
        counts={
            (indicator.pk, minute_of(at) - ago * MINUTE): Counts(good, good + bad)
            for ago in minutes
        }
    )
