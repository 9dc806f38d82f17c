"""Taking time out of budgets, and giving it back: entered and withdrawn, never edited."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo, available_timezones

from django.contrib.auth.models import User
from django.db import transaction

from catalog.models import Service
from catalog.selectors import get_service
from events.contracts.slo import CorrectionEntered, CorrectionFact, CorrectionWithdrawn
from events.services import announce
from portal.shared.errors import FieldError
from slo import selectors
from slo.errors import CorrectionAlreadyWithdrawn, CorrectionRefused, UnknownObjective
from slo.models import Correction, Objective
from slo.rules.correction import Recurrence, first_start, spans_within, why_refused
from slo.rules.window import Span, merged

LONGEST_MINUTES = 129_600
LONGEST_RECURRING_MINUTES = 10_080
FARTHEST = timedelta(days=366)
# What takes out more than half of so many days is no exception but the rule.
LOOKED_AHEAD = timedelta(days=90)
LONGEST_REASON = 300
LONGEST_RULE = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeTakenOut:
    """What somebody wants left out of a budget: of one objective, or of all of a service.

    `recurrence` is an RRULE, empty for once; `time_zone` is whose clock it follows.
    """

    reason: str
    starts_at: datetime
    duration_minutes: int
    objective: str = ""
    service: str = ""
    recurrence: str = ""
    time_zone: str = "UTC"


@transaction.atomic
def enter_correction(*, wanted: TimeTakenOut, acting_user: User, at: datetime) -> Correction:
    """This will take the time out of the budgets, of past moments too, until withdrawn.

    Raises CorrectionRefused naming each field, UnknownObjective and UnknownService.
    """
    check_correction(wanted=wanted, at=at)
    objective, service = _whose(wanted)
    correction = Correction.objects.create(
        objective=objective,
        service=service,
        reason=wanted.reason.strip(),
        starts_at=wanted.starts_at,
        duration_minutes=wanted.duration_minutes,
        recurrence=wanted.recurrence.strip(),
        time_zone=wanted.time_zone,
        entered_by=acting_user,
        entered_at=at,
    )
    announce(
        _fact(CorrectionEntered, correction, by=acting_user, at=at),
        at=at,
        actor=acting_user.get_username(),
    )
    return correction


@transaction.atomic
def withdraw_correction(*, correction_id: int, acting_user: User, at: datetime) -> Correction:
    """This will give the time back to the budgets, of past moments too.

    Raises UnknownCorrection, and CorrectionAlreadyWithdrawn the second time.
    """
    correction = selectors.get_correction(correction_id)
    claimed = Correction.objects.filter(pk=correction.pk, withdrawn_at=None).update(
        withdrawn_by=acting_user, withdrawn_at=at
    )
    if not claimed:
        raise CorrectionAlreadyWithdrawn(
            "This correction is withdrawn already. Enter a new one to take the time out again."
        )
    correction.refresh_from_db()
    announce(
        _fact(CorrectionWithdrawn, correction, by=acting_user, at=at),
        at=at,
        actor=acting_user.get_username(),
    )
    return correction


def _whose(wanted: TimeTakenOut) -> tuple[Objective | None, Service | None]:
    if wanted.service:
        return None, get_service(wanted.service)
    objective = selectors.find_objective(wanted.objective)
    if objective is None:
        raise UnknownObjective(
            f"There is no objective {wanted.objective!r}. GET /api/slo/objectives lists them.",
            fields=[FieldError("/objective", "Unknown objective.")],
        )
    return objective, None


def check_correction(*, wanted: TimeTakenOut, at: datetime) -> None:
    """This will raise CorrectionRefused, naming each field, where it could not be entered."""
    wrong = [*_wrong_fields(wanted, at=at)] or [*_wrong_recurrence(wanted)]
    if wrong:
        raise CorrectionRefused("The time was not taken out of any budget.", fields=wrong)


def _wrong_fields(wanted: TimeTakenOut, *, at: datetime) -> Iterator[FieldError]:
    if bool(wanted.objective) == bool(wanted.service):
        yield FieldError("/objective", "Name an objective or a service: one, not both.")
    if not wanted.reason.strip() or len(wanted.reason) > LONGEST_REASON:
        detail = f"Say why the time does not count, in at most {LONGEST_REASON} characters."
        yield FieldError("/reason", detail)
    if wanted.time_zone not in available_timezones():
        yield FieldError("/time_zone", "There is no such time zone, for example Europe/Berlin.")
    longest = LONGEST_RECURRING_MINUTES if wanted.recurrence else LONGEST_MINUTES
    if not 1 <= wanted.duration_minutes <= longest:
        detail = f"Use 1 to {longest} minutes; what recurs lasts 7 days at most, once 90 days."
        yield FieldError("/duration_minutes", detail)
    if abs(wanted.starts_at - at) > FARTHEST:
        yield FieldError("/starts_at", "Begin within a year from now, before or after.")
    if trouble := _unreadable(wanted.recurrence):
        yield FieldError("/recurrence", trouble)


def _unreadable(rule: str) -> str | None:
    if len(rule) > LONGEST_RULE:
        return f"Use at most {LONGEST_RULE} characters."
    return why_refused(rule)


def _wrong_recurrence(wanted: TimeTakenOut) -> Iterator[FieldError]:
    """What can be told only of a rule that can be read."""
    if not wanted.recurrence:
        return
    recurrence = Recurrence(
        wanted.starts_at, wanted.duration_minutes, wanted.recurrence, ZoneInfo(wanted.time_zone)
    )
    start = first_start(recurrence)
    if start is None:
        yield FieldError("/recurrence", "By this rule the correction never happens.")
        return
    ahead = Span(start, start + LOOKED_AHEAD)
    taken = merged(spans_within(recurrence, ahead))
    if 2 * sum(span.minutes for span in taken) > ahead.minutes:
        yield FieldError("/recurrence", "This rule would take out more than half of all time.")


def _fact(
    kind: type[CorrectionFact], correction: Correction, *, by: User, at: datetime
) -> CorrectionFact:
    return kind(
        correction=correction.pk,
        objective=correction.objective.slug if correction.objective else "",
        service=correction.service.slug if correction.service else "",
        reason=correction.reason,
        starts_at=correction.starts_at.isoformat(),
        duration_minutes=correction.duration_minutes,
        recurrence=correction.recurrence,
        by=by.get_username(),
        at=at.isoformat(),
    )
