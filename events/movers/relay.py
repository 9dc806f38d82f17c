"""The quick mover towards the broker. Beat starts the same verb every few seconds."""

import structlog

from events import services
from events.errors import LogHasGap
from events.movers.called import Called
from portal.shared import clock

log = structlog.get_logger(__name__)


class Relay(Called):
    seconds_to_gather = 0.03

    def __init__(self) -> None:
        super().__init__(name="relay")

    def _work(self) -> int:
        try:
            return services.relay_events(at=clock.now())
        except LogHasGap as error:
            log.error("relay_stopped", reason=str(error))  # noqa: TRY400  (the sentence says it)
            return 0
