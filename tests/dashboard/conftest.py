from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from incidents import selectors as incidents
from recovery import selectors as recovery
from slo import selectors as slo
from tests.conftest import NOON
from tests.dashboard.rooms import Rooms

Furnish = Callable[..., None]


@pytest.fixture
def furnish(monkeypatch: pytest.MonkeyPatch) -> Furnish:
    """Lets the rooms answer the home page as told, so that it is tested without their rows."""

    def furnish_with(**answers: Any) -> None:
        rooms = Rooms(**{name: _kept(answer) for name, answer in answers.items()})
        told = {
            (incidents, "open_incident_rows"): list(rooms.open_incidents),
            (incidents, "last_resolved"): rooms.last_resolved,
            (incidents, "on_call_now"): list(rooms.on_call),
            (incidents, "overdue_rows"): list(rooms.late),
            (incidents, "paging_figures"): rooms.paging,
            (recovery, "overdue_rows"): list(rooms.late_plans),
            (slo, "all_objective_statuses"): list(rooms.objectives),
            (slo, "burn_down"): [(NOON - timedelta(hours=1), 0.9), (NOON, 0.31)],
        }
        for (room, question), answer in told.items():
            monkeypatch.setattr(room, question, _answering(answer))

    return furnish_with


def _kept(answer: Any) -> Any:
    return tuple(answer) if isinstance(answer, list) else answer


def _answering(answer: Any) -> Callable[..., Any]:
    return lambda *_asked, **_at: answer
