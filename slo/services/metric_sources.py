"""Saying which series an indicator counts, and clearing away what is over."""

from datetime import datetime, timedelta

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import transaction

from portal.shared.errors import FieldError
from slo.errors import MetricSourceRefused
from slo.models import Indicator, MetricSource, SeriesState, UnmatchedCount
from slo.rules.counter import Reason
from slo.rules.refusal_tally import RefusalTally
from slo.rules.request_validation import OLDEST
from slo.services.refusals import record_refusals

# How long good requests may be ahead of their total.
PATIENCE = timedelta(minutes=15)
_ROWS_A_SWEEP = 1_000


def create_metric_source(
    *, indicator: Indicator, total: str, good: str = "", bad: str = "", pull_url: str = ""
) -> MetricSource:
    """This will count series for an indicator: all requests, and the good or the bad ones.

    With a `pull_url` they are read from that Prometheus, else taken as they are sent.
    Raises MetricSourceRefused, naming each field.
    """
    source = MetricSource(indicator=indicator, total=total, good=good, bad=bad, pull_url=pull_url)
    try:
        source.full_clean()
    except ValidationError as error:
        fields = [
            FieldError("/" if field == NON_FIELD_ERRORS else f"/{field}", message)
            for field, messages in error.message_dict.items()
            for message in messages
        ]
        raise MetricSourceRefused("The metric source was not stored.", fields=fields) from error
    source.save()
    return source


def settle_unmatched(*, at: datetime) -> int:
    """This will give up on good requests whose total never came, and return how many rows.

    They are told of among the refusals.
    """
    settled = 0
    while batch := _settle_some(at=at):
        settled += batch
    return settled


@transaction.atomic
def _settle_some(*, at: datetime) -> int:
    overdue = UnmatchedCount.objects.filter(noticed_at__lte=at - PATIENCE)
    indicators = overdue.order_by("indicator").values_list("indicator", flat=True).distinct()[:50]
    # Behind the same lock as counting: a total that comes now is matched, or comes after.
    locked = Indicator.objects.select_for_update(no_key=True).filter(pk__in=list(indicators))
    slugs = dict(locked.order_by("pk").values_list("pk", "slug"))
    rows = list(overdue.filter(indicator__in=slugs)[:_ROWS_A_SWEEP])
    tallies: dict[str, RefusalTally] = {}
    for row in rows:
        tally = tallies.setdefault(row.channel, RefusalTally())
        tally.add(
            Reason.GOOD_EXCEEDS_TOTAL,
            slugs[row.indicator_id],
            count=row.good + row.bad,
            example=f"{row.minute.isoformat()}: {row.good} good and {row.bad} bad too many",
        )
    UnmatchedCount.objects.filter(pk__in=[row.pk for row in rows]).delete()
    for channel in sorted(tallies):
        record_refusals(channel=channel, tally=tallies[channel], at=at)
    return len(rows)


def forget_series(*, at: datetime) -> int:
    """This will delete the state of series that ended so long ago that nothing older is taken."""
    forgotten, _by_model = SeriesState.objects.filter(last_at__lt=at - OLDEST).delete()
    return forgotten
