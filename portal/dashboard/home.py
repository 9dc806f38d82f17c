"""The home page as a value: what a commander must see first, in the order of reading."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from events import selectors as events
from incidents import selectors as incidents
from incidents.selectors import IncidentRow, OnCallRow, PagingFigures, ResolvedRow
from portal.shared.charts import burn_down_svg
from recovery import selectors as recovery
from slo import selectors as objectives
from slo.selectors import Level, ObjectiveStatus

SEVERITY_TONES = {"SEV1": "critical", "SEV2": "high", "SEV3": "medium", "SEV4": "low"}
LEVEL_TONES = {
    Level.CRITICAL: "critical",
    Level.HIGH: "high",
    Level.MEDIUM: "medium",
    Level.LOW: "low",
    Level.NORMAL: "good",
}
# A chart is three queries; more than this on one page is a list, which has its own page.
CHARTS_AT_MOST = 6

Sees = Callable[[str], bool]


@dataclass(frozen=True, slots=True)
class Figure:
    """One big number. `tone` colours it when it is not zero; `hint` says what is worst in it."""

    label: str | Promise
    value: int
    tone: str
    hint: str | Promise = ""
    wait: timedelta | None = None
    address: str = ""


@dataclass(frozen=True, slots=True)
class IncidentLine:
    row: IncidentRow
    tone: str
    address: str


@dataclass(frozen=True, slots=True)
class ObjectiveLine:
    row: ObjectiveStatus
    tone: str
    burn_rates: Sequence[tuple[str, float]]
    chart: SafeString | None
    address: str

    @property
    def level(self) -> str | Promise:
        return _("spent") if self.is_spent else self.row.level_text

    @property
    def is_spent(self) -> bool:
        return _is_spent(self.row)


@dataclass(frozen=True, slots=True)
class OverdueLine:
    text: str
    wait: timedelta
    address: str


@dataclass(frozen=True, slots=True)
class Home:
    """A section that is None is one that the person may not see."""

    at: datetime
    figures: Sequence[Figure] = ()
    incidents: Sequence[IncidentLine] | None = None
    on_call: Sequence[OnCallRow] | None = None
    overdue: Sequence[OverdueLine] | None = None
    burning: Sequence[ObjectiveLine] | None = None
    kept_count: int = 0
    without_traffic_count: int = 0
    last_resolved: ResolvedRow | None = None
    last_resolved_address: str = ""
    incidents_address: str = ""
    schedules_address: str = ""
    objectives_address: str = ""


def home(at: datetime, *, sees: Sees = lambda _right: True) -> Home:
    """This will read what matters now; `sees(right)` says which sections the person may see."""
    sees_incidents = sees("incidents.view_incident")
    open_rows = incidents.open_incident_rows(at=at) if sees_incidents else None
    last = incidents.last_resolved() if open_rows == [] else None
    on_call = incidents.on_call_now(at=at) if sees("incidents.view_schedule") else None
    statuses = _statuses(at, sees)
    overdue = _overdue(at, sees)
    burning = None if statuses is None else [row for row in statuses if _is_told(row)]
    silent = sum(row.remaining is None for row in statuses or () if not _is_told(row))
    return Home(
        at=at,
        figures=list(_figures(at, sees, open_rows=open_rows, burning=burning, overdue=overdue)),
        incidents=None if open_rows is None else [_incident_line(row) for row in open_rows],
        on_call=on_call,
        overdue=overdue,
        burning=None if burning is None else _objective_lines(burning, at=at),
        last_resolved=last,
        last_resolved_address=_address("incidents_incident_change", last.pk) if last else "",
        kept_count=len(statuses or ()) - len(burning or ()) - silent,
        without_traffic_count=silent,
        incidents_address=_address("incidents_incident_changelist"),
        schedules_address=_address("incidents_schedule_changelist"),
        objectives_address=_address("slo_objective_changelist"),
    )


def _figures(
    at: datetime,
    sees: Sees,
    *,
    open_rows: Sequence[IncidentRow] | None,
    burning: Sequence[ObjectiveStatus] | None,
    overdue: Sequence[OverdueLine] | None,
) -> Iterator[Figure]:
    if open_rows is not None:
        list_address = _address("incidents_incident_changelist")
        for severity, tone in SEVERITY_TONES.items():
            count = sum(row.severity == severity for row in open_rows)
            yield Figure(severity, count, tone, address=list_address)
    if burning is not None:
        yield _objectives_burning(burning)
    if overdue is not None:
        yield Figure(_("Overdue"), len(overdue), "high", address="#overdue")
    if sees("incidents.view_page"):
        yield _pages_waiting(incidents.paging_figures(at=at))
    if sees("events.view_delivery"):
        yield _events_waiting(events.backlog(at=at))


def _objectives_burning(rows: Sequence[ObjectiveStatus]) -> Figure:
    """What is spent and burns no more is told beside the number, not in it."""
    hot = [row for row in rows if row.level is not Level.NORMAL]
    spent = sum(_is_spent(row) for row in rows)
    return Figure(
        _("Objectives burning"),
        len(hot),
        LEVEL_TONES[hot[0].level] if hot else "good",
        hint=_("%d spent") % spent if spent else "",
        address="#objectives",
    )


def _pages_waiting(pages: PagingFigures) -> Figure:
    return Figure(
        _("Pages waiting"),
        pages.pages_pending + pages.pages_failed,
        "critical" if pages.pages_failed else "low",
        hint=_("%d failed") % pages.pages_failed if pages.pages_failed else "",
        wait=pages.oldest_wait,
        address=_address("incidents_page_changelist"),
    )


def _events_waiting(backlog: events.Backlog) -> Figure:
    return Figure(
        _("Events waiting"),
        backlog.pending + backlog.parked,
        "high" if backlog.parked else "low",
        hint=_("%d parked") % backlog.parked if backlog.parked else "",
        wait=backlog.oldest_wait,
        address=_address("events_delivery_changelist"),
    )


def _statuses(at: datetime, sees: Sees) -> list[ObjectiveStatus] | None:
    if not sees("slo.view_objective"):
        return None
    return sorted(objectives.all_objective_statuses(at=at), key=_badness)


def _objective_tone(row: ObjectiveStatus) -> str:
    return "critical" if _is_spent(row) else LEVEL_TONES[row.level]


def _badness(row: ObjectiveStatus) -> tuple[int, float]:
    return -row.level.rank, 2.0 if row.remaining is None else row.remaining


def _is_told(row: ObjectiveStatus) -> bool:
    # A budget that is spent stays in sight when the burning has stopped, and so does one
    # whose alerts are blind.
    return row.level is not Level.NORMAL or _is_spent(row) or row.is_frozen


def _is_spent(row: ObjectiveStatus) -> bool:
    return row.remaining is not None and row.remaining <= 0


def _overdue(at: datetime, sees: Sees) -> list[OverdueLine] | None:
    sees_incidents, sees_plans = sees("incidents.view_incident"), sees("recovery.view_plan")
    if not (sees_incidents or sees_plans):
        return None
    lines = []
    if sees_incidents:
        lines += [
            OverdueLine(
                late.text, at - late.since, _address(f"incidents_{late.kind}_change", late.pk)
            )
            for late in incidents.overdue_rows(at=at)
        ]
    if sees_plans:
        lines += [
            OverdueLine(late.text, at - late.since, _address("recovery_plan_change", late.pk))
            for late in recovery.overdue_rows(at=at)
        ]
    return sorted(lines, key=lambda line: line.wait, reverse=True)


def _incident_line(row: IncidentRow) -> IncidentLine:
    return IncidentLine(
        row=row,
        tone=SEVERITY_TONES.get(row.severity, "quiet"),
        address=_address("incidents_incident_change", row.pk),
    )


def _objective_lines(rows: Sequence[ObjectiveStatus], *, at: datetime) -> list[ObjectiveLine]:
    return [
        ObjectiveLine(
            row=row,
            tone=_objective_tone(row),
            burn_rates=[(w, rate) for w, rate in row.burn_rates.items() if rate is not None],
            chart=_chart(row, at=at) if index < CHARTS_AT_MOST else None,
            address=_address("slo_objective_change", row.pk),
        )
        for index, row in enumerate(rows)
    ]


def _chart(row: ObjectiveStatus, *, at: datetime) -> SafeString | None:
    points = objectives.burn_down(row.slug, at=at)
    if len(points) < 2:
        return None
    return burn_down_svg(points, title=row.name, width=400, height=120)


def _address(page: str, *key: Any) -> str:
    return reverse(f"admin:{page}", args=key)
