"""What the home page and /metrics say of incidents; queries do not grow with the rows."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Min, Q
from django.utils.translation import gettext as _

from incidents.models import EscalationStep, Incident, Page, Review
from incidents.selectors.incidents import with_paging
from portal.shared.durations import in_words

LATE = timedelta(seconds=60)
DRAFT_TOO_LONG = timedelta(days=3)


@dataclass(frozen=True, slots=True)
class IncidentRow:
    """`page_state` tells in words how far the paging has come."""

    reference: str
    pk: int
    title: str
    severity: str
    status: str
    age: timedelta
    page_state: str
    services: list[str]

    @property
    def status_text(self) -> str:
        return str(Incident.Status(self.status).label)


@dataclass(frozen=True, slots=True)
class ResolvedRow:
    reference: str
    pk: int
    title: str
    resolved_at: datetime


@dataclass(frozen=True, slots=True)
class OverdueRow:
    """Something that should have happened by now. `kind` and `pk` name its admin page."""

    text: str
    since: datetime
    kind: str
    pk: int


def open_incident_rows(*, at: datetime) -> list[IncidentRow]:
    """This will return the open incidents, the worst first, then the oldest."""
    incidents = with_paging(Incident.objects.open().prefetch_related("services"))
    return [
        IncidentRow(
            reference=incident.reference,
            pk=incident.pk,
            title=incident.title,
            severity=incident.severity,
            status=incident.status,
            age=at - incident.opened_at,
            page_state=page_state(incident, at=at),
            services=sorted(service.name for service in incident.services.all()),
        )
        for incident in incidents.order_by("severity", "opened_at", "id")
    ]


def last_resolved() -> ResolvedRow | None:
    """This will return the incident that was resolved last, None before the first."""
    incident = Incident.objects.exclude(resolved_at=None).order_by("-resolved_at", "-id").first()
    if incident is None or incident.resolved_at is None:
        return None
    return ResolvedRow(
        reference=incident.reference,
        pk=incident.pk,
        title=incident.title,
        resolved_at=incident.resolved_at,
    )


def page_state(incident: Incident, *, at: datetime) -> str:
    """This will tell how far the paging has come; `with_paging` fetches what it reads."""
    if incident.status == Incident.Status.RESOLVED:
        return _("resolved by %(name)s") % {"name": incident.resolved_by}
    steps = list(incident.steps.all())
    started = [step for step in steps if step.state == EscalationStep.State.STARTED]
    if incident.status == Incident.Status.ACKNOWLEDGED:
        return _("acknowledged by %(name)s") % {"name": incident.acknowledged_by}
    if not started:
        return _("nobody could be paged") if steps else _("nobody is paged")
    last = started[-1]
    pages = [page for page in incident.pages.all() if page.step_id == last.pk]
    return f"{label_of(last)}: {_pages_in_words(pages, at=at)}{_outlook(steps, at=at)}"


def label_of(step: EscalationStep) -> str:
    """This will return `L1 Primary`: the level and whom it means."""
    targets = ", ".join(str(target) for target in step.level.targets.all())
    return f"L{step.position} {targets}".strip()


def _pages_in_words(pages: list[Page], *, at: datetime) -> str:
    sent = [page.sent_at for page in pages if page.state == Page.State.SENT and page.sent_at]
    if sent:
        return _("sent %(age)s ago, waiting") % {"age": in_words(at - max(sent))}
    unsent = [p for p in pages if p.state in (Page.State.PENDING, Page.State.LEASED)]
    if unsent and any(page.attempts > 1 for page in unsent):
        return _("not delivered, attempt %(number)s") % {
            "number": max(page.attempts for page in unsent)
        }
    if unsent:
        return _("being sent for %(age)s") % {
            "age": in_words(at - min(page.created_at for page in unsent))
        }
    return _("every page failed")


def _outlook(steps: list[EscalationStep], *, at: datetime) -> str:
    following = [step for step in steps if step.state == EscalationStep.State.PENDING]
    if not following:
        return "; " + _("no further level")
    return "; " + _("L%(level)s in %(wait)s") % {
        "level": following[0].position,
        "wait": in_words(following[0].due_at - at),
    }


def overdue_rows(*, at: datetime) -> list[OverdueRow]:
    """This will return what should have happened by now, the longest wait first."""
    rows = [
        *_late_steps(at),
        *_unanswered(at),
        *_undelivered_pages(at),
        *_old_drafts(at),
    ]
    return sorted(rows, key=lambda row: row.since)


def _late_steps(at: datetime) -> list[OverdueRow]:
    late = EscalationStep.objects.filter(
        state=EscalationStep.State.PENDING,
        due_at__lt=at - LATE,
        incident__status=Incident.Status.TRIGGERED,
    ).select_related("incident")
    return [
        OverdueRow(
            text=_("%(incident)s: level %(level)s is not paged yet")
            % {"incident": step.incident.reference, "level": step.position},
            since=step.due_at,
            kind="incident",
            pk=step.incident_id,
        )
        for step in late
    ]


def _unanswered(at: datetime) -> list[OverdueRow]:
    """Incidents that page by their severity and for which nothing more will happen by itself."""
    silent = (
        Incident.objects.filter(status=Incident.Status.TRIGGERED, opened_at__lt=at - LATE)
        .exclude(steps__state=EscalationStep.State.PENDING)
        .filter(Q(steps__isnull=False) | ~Q(severity=Incident.Severity.SEV4))
        .distinct()
    )
    return [
        OverdueRow(
            text=_("%(incident)s: nobody has acknowledged and no further page is planned")
            % {"incident": incident.reference},
            since=incident.opened_at,
            kind="incident",
            pk=incident.pk,
        )
        for incident in silent
    ]


def _undelivered_pages(at: datetime) -> list[OverdueRow]:
    unsent = Q(state__in=[Page.State.PENDING, Page.State.LEASED], created_at__lt=at - LATE)
    stuck = (
        Page.objects.filter(unsent | Q(state=Page.State.FAILED))
        .exclude(incident__status=Incident.Status.RESOLVED)
        .select_related("incident", "responder", "contact_method")
    )
    return [
        OverdueRow(
            text=(
                _("%(incident)s: the page to %(page)s failed")
                if page.state == Page.State.FAILED
                else _("%(incident)s: the page to %(page)s is not delivered yet")
            )
            % {"incident": page.incident.reference, "page": page},
            since=page.created_at,
            kind="page",
            pk=page.pk,
        )
        for page in stuck
    ]


def _old_drafts(at: datetime) -> list[OverdueRow]:
    drafts = Review.objects.filter(
        state=Review.State.DRAFT, drafted_at__lt=at - DRAFT_TOO_LONG
    ).select_related("incident")
    return [
        OverdueRow(
            text=_("%(incident)s: the review is still a draft")
            % {"incident": review.incident.reference},
            since=review.drafted_at,
            kind="review",
            pk=review.pk,
        )
        for review in drafts
    ]


@dataclass(frozen=True, slots=True)
class PagingFigures:
    """`oldest_wait` is None when no page waits."""

    open_by_severity: dict[str, int]
    pages_pending: int
    pages_failed: int
    oldest_wait: timedelta | None


def paging_figures(*, at: datetime) -> PagingFigures:
    """This will return the numbers for /metrics; failed pages are those of open incidents."""
    unsent = Q(state__in=[Page.State.PENDING, Page.State.LEASED])
    still_open = ~Q(incident__status=Incident.Status.RESOLVED)
    pages = Page.objects.filter(unsent | Q(state=Page.State.FAILED)).aggregate(
        pending=Count("id", filter=unsent),
        failed=Count("id", filter=Q(state=Page.State.FAILED) & still_open),
        oldest=Min("created_at", filter=unsent),
    )
    counts = dict(
        Incident.objects.open().values_list("severity").annotate(count=Count("id")).order_by()
    )
    return PagingFigures(
        open_by_severity={name: counts.get(name, 0) for name in Incident.Severity.values},
        pages_pending=pages["pending"],
        pages_failed=pages["failed"],
        oldest_wait=at - pages["oldest"] if pages["oldest"] else None,
    )
