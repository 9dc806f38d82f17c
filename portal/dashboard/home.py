"""The home page as a value: what a commander must see first, in the order of reading."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from events import selectors as events
from portal.dashboard import facts

SEVERITY_TONES = {"SEV1": "critical", "SEV2": "high", "SEV3": "medium", "SEV4": "low"}
LEVEL_TONES = {
    "critical": "critical",
    "high": "high",
    "medium": "medium",
    "low": "low",
    "normal": "good",
}
LEVEL_NAMES = {
    "critical": _("critical"),
    "high": _("high"),
    "medium": _("medium"),
    "low": _("low"),
    "normal": _("normal"),
}
WORST_FIRST = ("critical", "high", "medium", "low", "normal")
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
    row: facts.IncidentRow
    tone: str
    address: str


@dataclass(frozen=True, slots=True)
class ObjectiveLine:
    row: facts.ObjectiveRow
    tone: str
    burn_rates: Sequence[tuple[str, float]]
    chart: SafeString | None
    address: str

    @property
    def level(self) -> str | Promise:
        return _("spent") if self.is_spent else LEVEL_NAMES.get(self.row.level, self.row.level)

    @property
    def remaining_percent(self) -> float | None:
        return None if self.row.remaining is None else self.row.remaining * 100

    @property
    def is_spent(self) -> bool:
        return _is_spent(self.row)


@dataclass(frozen=True, slots=True)
class OverdueLine:
    row: facts.OverdueRow
    wait: timedelta | None
    address: str


@dataclass(frozen=True, slots=True)
class Home:
    """A section that is None is one that the person may not see, or that is not there."""

    at: datetime
    figures: Sequence[Figure] = ()
    incidents: Sequence[IncidentLine] | None = None
    on_call: Sequence[facts.OnCallRow] | None = None
    overdue: Sequence[OverdueLine] | None = None
    burning: Sequence[ObjectiveLine] | None = None
    kept_count: int = 0
    without_traffic_count: int = 0
    incidents_address: str = ""
    schedules_address: str = ""
    objectives_address: str = ""


def home(at: datetime, *, sees: Sees = lambda _right: True) -> Home:
    """This will read what matters now; `sees(right)` says which sections the person may see."""
    room = facts.incidents()
    open_rows = room.open_incident_rows(at=at) if room and sees("incidents.view_incident") else None
    on_call = room.on_call_now(at=at) if room and sees("incidents.view_schedule") else None
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
    open_rows: Sequence[facts.IncidentRow] | None,
    burning: Sequence[facts.ObjectiveRow] | None,
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
    if incidents := facts.incidents() if sees("incidents.view_page") else None:
        yield _pages_waiting(incidents.paging_figures(at=at))
    if sees("events.view_delivery"):
        yield _events_waiting(events.backlog(at=at))


def _objectives_burning(rows: Sequence[facts.ObjectiveRow]) -> Figure:
    """What is spent and burns no more is told beside the number, not in it."""
    hot = [row for row in rows if row.level != "normal"]
    spent = sum(_is_spent(row) for row in rows)
    return Figure(
        _("Objectives burning"),
        len(hot),
        LEVEL_TONES.get(hot[0].level, "quiet") if hot else "good",
        hint=_("%d spent") % spent if spent else "",
        address="#objectives",
    )


def _pages_waiting(pages: facts.PagingRow) -> Figure:
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


def _statuses(at: datetime, sees: Sees) -> list[facts.ObjectiveRow] | None:
    room = facts.objectives()
    if room is None or not sees("slo.view_objective"):
        return None
    return sorted(room.all_objective_statuses(at=at), key=_badness)


def _objective_tone(row: facts.ObjectiveRow) -> str:
    return "critical" if _is_spent(row) else LEVEL_TONES.get(row.level, "quiet")


def _badness(row: facts.ObjectiveRow) -> tuple[int, float]:
    level = WORST_FIRST.index(row.level) if row.level in WORST_FIRST else len(WORST_FIRST)
    return level, 2.0 if row.remaining is None else row.remaining


def _is_told(row: facts.ObjectiveRow) -> bool:
    # A budget that is spent stays in sight when the burning has stopped.
    return row.level != "normal" or _is_spent(row)


def _is_spent(row: facts.ObjectiveRow) -> bool:
    return row.remaining is not None and row.remaining <= 0


def _overdue(at: datetime, sees: Sees) -> list[OverdueLine] | None:
    incidents = facts.incidents() if sees("incidents.view_incident") else None
    recovery = facts.recovery() if sees("recovery.view_plan") else None
    if incidents is None and recovery is None:
        return None
    lines = [
        _overdue_line(late, f"incidents_{late.kind}_change", at)
        for late in (incidents.overdue_rows(at=at) if incidents else ())
    ]
    lines += [
        _overdue_line(plan, "recovery_plan_change", at)
        for plan in (recovery.overdue_rows(at=at) if recovery else ())
    ]
    return sorted(lines, key=_wait, reverse=True)


def _wait(line: OverdueLine) -> timedelta:
    # What never happened has waited longer than anything that did.
    return timedelta.max if line.wait is None else line.wait


def _overdue_line(row: facts.OverdueRow, page: str, at: datetime) -> OverdueLine:
    wait = at - row.since if row.since else None
    return OverdueLine(row=row, wait=wait, address=_address(page, row.pk))


def _incident_line(row: facts.IncidentRow) -> IncidentLine:
    return IncidentLine(
        row=row,
        tone=SEVERITY_TONES.get(row.severity, "quiet"),
        address=_address("incidents_incident_change", row.pk),
    )


def _objective_lines(rows: Sequence[facts.ObjectiveRow], *, at: datetime) -> list[ObjectiveLine]:
    return [
        ObjectiveLine(
            row=row,
            tone=_objective_tone(row),
            burn_rates=[(w, rate) for w, rate in row.burn_rates.items() if rate is not None],
            chart=_chart(row, at=at) if index < CHARTS_AT_MOST else None,
            address=_objective_address(row),
        )
        for index, row in enumerate(rows)
    ]


def _chart(row: facts.ObjectiveRow, *, at: datetime) -> SafeString | None:
    room, charts = facts.objectives(), facts.charts()
    if room is None or charts is None:
        return None
    points = room.burn_down(row.slug, at=at)
    if len(points) < 2:
        return None
    return charts.burn_down_svg(points, title=row.name, width=400, height=120)


def _objective_address(row: facts.ObjectiveRow) -> str:
    key = getattr(row, "pk", None)
    if key is not None:
        return _address("slo_objective_change", key)
    found = _address("slo_objective_changelist")
    return f"{found}?q={row.slug}" if found else ""


def _address(page: str, *key: Any) -> str:
    """This will return where an admin page is, and nothing when there is no such page."""
    try:
        return reverse(f"admin:{page}", args=key)
    except NoReverseMatch:
        return ""
