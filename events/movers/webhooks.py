"""The quick mover towards outsiders: apart, so that their slowness delays nobody else."""

from events import services
from events.movers.called import Called
from portal.shared import clock


class Webhooks(Called):
    def __init__(self) -> None:
        super().__init__(name="webhooks")

    def _work(self) -> int:
        return services.deliver_webhooks(at=clock.now())
