"""The corrections themselves, and when each takes time out."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import QuerySet

from slo.errors import UnknownCorrection
from slo.models import Correction
from slo.rules.correction import spans_within
from slo.rules.window import Span, merged
from slo.selectors.accounts import recurrence_of

SHOWN_BEHIND = timedelta(days=90)
SHOWN_AHEAD = timedelta(days=90)
SPANS_SHOWN = 5


@dataclass(frozen=True, slots=True)
class CorrectionSpans:
    """The latest that began before the moment, and the first that come after it."""

    past: tuple[Span, ...]
    coming: tuple[Span, ...]


def all_corrections() -> QuerySet[Correction]:
    """This will return every correction ever entered, the newest first."""
    return Correction.objects.select_related(
        "objective", "service", "entered_by", "withdrawn_by"
    ).order_by("-entered_at", "-pk")


def get_correction(correction_id: int) -> Correction:
    """This will return the correction; raises UnknownCorrection."""
    correction = all_corrections().filter(pk=correction_id).first()
    if correction is None:
        raise UnknownCorrection(
            "There is no such correction. GET /api/slo/corrections lists the known ones."
        )
    return correction


def correction_spans(correction: Correction, *, at: datetime) -> CorrectionSpans:
    """This will return when the correction took time out, and when it will; 90 days each."""
    around = Span(at - SHOWN_BEHIND, at + SHOWN_AHEAD)
    if not correction.recurrence:
        length = timedelta(minutes=correction.duration_minutes)
        around = Span(correction.starts_at - length, correction.starts_at + 2 * length)
    found = merged(spans_within(recurrence_of(correction), around))
    past = [span for span in found if span.start <= at]
    coming = [span for span in found if span.start > at]
    return CorrectionSpans(tuple(past[-SPANS_SHOWN:]), tuple(coming[:SPANS_SHOWN]))
