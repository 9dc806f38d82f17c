"""What the home page asks of the rooms, by the shape of the answers.

A room is looked up when the page is drawn: the page shows what is installed, so it is there
from the first migration on and not only when every room is furnished.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from importlib import import_module
from importlib.util import find_spec
from typing import Protocol, cast

from django.utils.safestring import SafeString


class IncidentRow(Protocol):
    @property
    def pk(self) -> int: ...
    @property
    def reference(self) -> str: ...
    @property
    def title(self) -> str: ...
    @property
    def severity(self) -> str: ...
    @property
    def status(self) -> str: ...
    @property
    def age(self) -> timedelta: ...
    @property
    def page_state(self) -> str: ...
    @property
    def services(self) -> Sequence[str]: ...


class OnCallRow(Protocol):
    @property
    def schedule_slug(self) -> str: ...
    @property
    def schedule_name(self) -> str: ...
    @property
    def responder(self) -> str: ...
    @property
    def until(self) -> datetime | None: ...
    @property
    def next_responder(self) -> str: ...
    @property
    def is_reachable(self) -> bool: ...


class OverdueRow(Protocol):
    @property
    def pk(self) -> int: ...
    @property
    def text(self) -> str: ...
    @property
    def since(self) -> datetime | None: ...


class OverdueIncidentRow(OverdueRow, Protocol):
    @property
    def kind(self) -> str: ...


class ObjectiveRow(Protocol):
    @property
    def slug(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def service_name(self) -> str: ...
    @property
    def target(self) -> object: ...
    @property
    def remaining(self) -> float | None: ...
    @property
    def level(self) -> str: ...
    @property
    def level_changed_at(self) -> datetime | None: ...
    @property
    def burn_rates(self) -> Mapping[str, float | None]: ...


class PagingRow(Protocol):
    @property
    def pages_pending(self) -> int: ...
    @property
    def pages_failed(self) -> int: ...
    @property
    def oldest_wait(self) -> timedelta | None: ...


class IncidentFacts(Protocol):
    def open_incident_rows(self, *, at: datetime) -> Sequence[IncidentRow]: ...
    def on_call_now(self, *, at: datetime) -> Sequence[OnCallRow]: ...
    def overdue_rows(self, *, at: datetime) -> Sequence[OverdueIncidentRow]: ...
    def paging_figures(self, *, at: datetime) -> PagingRow: ...


class ObjectiveFacts(Protocol):
    def all_objective_statuses(self, *, at: datetime) -> Sequence[ObjectiveRow]: ...
    def burn_down(
        self, objective: str, *, at: datetime, points: int = 120
    ) -> Sequence[tuple[datetime, float]]: ...


class RecoveryFacts(Protocol):
    def overdue_rows(self, *, at: datetime) -> Sequence[OverdueRow]: ...


class Charts(Protocol):
    def burn_down_svg(
        self, points: Sequence[tuple[datetime, float]], *, title: str, width: int, height: int
    ) -> SafeString: ...


def incidents() -> IncidentFacts | None:
    return cast("IncidentFacts | None", _find("incidents.selectors"))


def objectives() -> ObjectiveFacts | None:
    return cast("ObjectiveFacts | None", _find("slo.selectors"))


def recovery() -> RecoveryFacts | None:
    return cast("RecoveryFacts | None", _find("recovery.selectors"))


def charts() -> Charts | None:
    return cast("Charts | None", _find("portal.shared.charts"))


def _find(name: str) -> object | None:
    return import_module(name) if find_spec(name) else None
