"""How much of a window was measured at all; too little freezes what it would decide."""

from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction

from slo.rules.minute import MINUTE
from slo.rules.window import Span


@dataclass(frozen=True, slots=True)
class Reporting:
    """A source that reports every so many minutes whether there were requests or not.

    `since` is its first minute: before it nothing could be missing.
    """

    every_minutes: int
    since: datetime | None


def coverage(reported: int, span: Span, reporting: Reporting) -> Fraction | None:
    """This will return the share of expected reports that came, None when none was due.

    `reported` is the number of minutes with a report. The minute under way and one report
    on its way are not expected yet.
    """
    since = reporting.since or span.end
    due = (span.end - max(span.start, since)) // MINUTE - 1 - reporting.every_minutes
    expected = due // reporting.every_minutes
    if expected < 1:
        return None
    return min(Fraction(reported, expected), Fraction(1))
