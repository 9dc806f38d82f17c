"""Rooms that answer the home page from rows, so that it is tested without the rooms."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.utils.html import format_html
from django.utils.safestring import SafeString

from tests.conftest import NOON


@dataclass(frozen=True)
class Incident:
    pk: int = 1
    reference: str = "INC-1"
    title: str = "Checkout fails"
    severity: str = "SEV1"
    status: str = "open"
    age: timedelta = timedelta(minutes=12)
    page_state: str = "sent 40 s ago, waiting"
    services: Sequence[str] = ("checkout",)


@dataclass(frozen=True)
class OnCall:
    schedule_slug: str = "primary"
    schedule_name: str = "Primary"
    responder: str = "Alice"
    until: datetime | None = NOON + timedelta(hours=5)
    next_responder: str = "Bob"
    is_reachable: bool = True


@dataclass(frozen=True)
class Overdue:
    pk: int = 1
    text: str = "A page to Bob has failed"
    since: datetime | None = NOON - timedelta(minutes=2)
    kind: str = "page"


@dataclass(frozen=True)
class Objective:
    slug: str = "checkout-availability"
    name: str = "Checkout availability"
    service_name: str = "Checkout"
    target: object = 99.9
    remaining: float | None = 0.31
    level: str = "normal"
    level_changed_at: datetime | None = NOON - timedelta(minutes=20)
    burn_rates: Mapping[str, float | None] = field(default_factory=lambda: {"1h": 14.4, "7d": None})


@dataclass(frozen=True)
class Paging:
    pages_pending: int = 0
    pages_failed: int = 0
    oldest_wait: timedelta | None = None


@dataclass(frozen=True)
class Incidents:
    rows: Sequence[Incident] = ()
    on_call: Sequence[OnCall] = ()
    overdue: Sequence[Overdue] = ()
    paging: Paging = Paging()

    def open_incident_rows(self, *, at: datetime) -> Sequence[Incident]:
        return self.rows

    def on_call_now(self, *, at: datetime) -> Sequence[OnCall]:
        return self.on_call

    def overdue_rows(self, *, at: datetime) -> Sequence[Overdue]:
        return self.overdue

    def paging_figures(self, *, at: datetime) -> Paging:
        return self.paging


@dataclass(frozen=True)
class Objectives:
    rows: Sequence[Objective] = ()

    def all_objective_statuses(self, *, at: datetime) -> Sequence[Objective]:
        return self.rows

    def burn_down(
        self, objective: str, *, at: datetime, points: int = 120
    ) -> Sequence[tuple[datetime, float]]:
        return [(at - timedelta(hours=1), 0.9), (at, 0.31)]


@dataclass(frozen=True)
class Recovery:
    overdue: Sequence[Overdue] = ()

    def overdue_rows(self, *, at: datetime) -> Sequence[Overdue]:
        return self.overdue


class Charts:
    def burn_down_svg(
        self, points: Sequence[tuple[datetime, float]], *, title: str, width: int, height: int
    ) -> SafeString:
        return format_html("<svg><title>{}</title></svg>", title)
