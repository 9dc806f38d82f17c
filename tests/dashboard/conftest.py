from collections.abc import Callable

import pytest

from portal.dashboard import facts
from tests.dashboard.rooms import Charts, Incidents, Objectives, Recovery

Furnish = Callable[..., None]


@pytest.fixture
def furnish(monkeypatch: pytest.MonkeyPatch) -> Furnish:
    """Puts rooms behind the home page; a room that is not given is not there."""

    def furnish_with(
        *,
        incidents: Incidents | None = None,
        objectives: Objectives | None = None,
        recovery: Recovery | None = None,
    ) -> None:
        monkeypatch.setattr(facts, "incidents", lambda: incidents)
        monkeypatch.setattr(facts, "objectives", lambda: objectives)
        monkeypatch.setattr(facts, "recovery", lambda: recovery)
        monkeypatch.setattr(facts, "charts", Charts)

    return furnish_with
