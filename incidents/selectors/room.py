"""What the incident room shows: the paging ladder, step by step and page by page."""

from dataclasses import dataclass

from django.db.models import Prefetch, QuerySet

from incidents.models import EscalationStep, Incident, Page, PageAttempt
from incidents.selectors.home import label_of

# A policy that repeats has many more; the room names their number.
STEPS_AHEAD = 3

_PAGE_TONES = {
    Page.State.PENDING: "quiet",
    Page.State.LEASED: "medium",
    Page.State.SENT: "good",
    Page.State.FAILED: "critical",
    Page.State.CANCELLED: "quiet",
}
_STEP_TONES = {
    EscalationStep.State.PENDING: "quiet",
    EscalationStep.State.STARTED: "high",
    EscalationStep.State.SKIPPED: "critical",
    EscalationStep.State.CANCELLED: "quiet",
}


@dataclass(frozen=True, slots=True)
class PageLine:
    """`receipt` is that of the last attempt that has one."""

    page: Page
    tone: str
    receipt: PageAttempt | None
    is_failing: bool


@dataclass(frozen=True, slots=True)
class Rung:
    step: EscalationStep
    label: str
    tone: str
    pages: list[PageLine]


@dataclass(frozen=True, slots=True)
class Ladder:
    """`hidden` is how many further steps are planned beyond those shown."""

    rungs: list[Rung]
    hidden: int


def ladder_of(incident: Incident) -> Ladder:
    """This will return what was paged and what comes next; cancelled steps are left out."""
    steps = list(
        incident.steps.exclude(state=EscalationStep.State.CANCELLED)
        .order_by("ordinal")
        .prefetch_related(
            "level__targets__schedule",
            "level__targets__user",
            Prefetch("pages", pages_with_receipts()),
        )
    )
    ahead = [step for step in steps if step.state == EscalationStep.State.PENDING]
    hidden = {step.pk for step in ahead[STEPS_AHEAD:]}
    return Ladder(
        rungs=[_rung(step) for step in steps if step.pk not in hidden], hidden=len(hidden)
    )


def pages_with_receipts() -> QuerySet[Page]:
    return (
        Page.objects.order_by("id")
        .select_related("responder", "contact_method", "step")
        .prefetch_related("receipts")
    )


def _rung(step: EscalationStep) -> Rung:
    return Rung(
        step=step,
        label=label_of(step),
        tone=_STEP_TONES[EscalationStep.State(step.state)],
        pages=[_page_line(page) for page in step.pages.all()],
    )


def _page_line(page: Page) -> PageLine:
    receipts = list(page.receipts.all())
    last = receipts[-1] if receipts else None
    failing = page.state != Page.State.SENT and last is not None
    return PageLine(
        page=page,
        tone="critical" if failing else _PAGE_TONES[Page.State(page.state)],
        receipt=last,
        is_failing=failing and last is not None and last.outcome != PageAttempt.Outcome.ACCEPTED,
    )
