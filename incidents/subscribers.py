"""What incidents make of the news of others; each calls one service."""

from typing import cast

from events.contracts.recorded import RecordedEvent
from events.contracts.slo import BurnRateLevelChanged
from events.services import subscribe
from incidents import services
from portal.shared import clock


def answer_burn(event: RecordedEvent) -> None:
    services.answer_burn(cast("BurnRateLevelChanged", event.fact()), at=clock.now())


def register() -> None:
    subscribe("slo.burn_rate.*", answer_burn, name="incidents.answer_burn")
