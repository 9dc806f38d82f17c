"""All that moves events in one process: ordering, delivery, relay and intake."""

import threading

from django.conf import settings

from events.movers.intake import Intake
from events.movers.pump import Pump
from events.movers.relay import Relay
from events.providers import registry


class Crew:
    """Any number of processes may have one: each verb has its own way to be done once."""

    def __init__(self) -> None:
        relay = Relay()
        self._movers: list[Pump | Relay | Intake] = [Pump(then=relay.rung.set), relay]
        if settings.EVENT_INTAKE_CHANNELS:
            self._movers.append(Intake(settings.EVENT_INTAKE_CHANNELS))

    @property
    def threads(self) -> list[threading.Thread]:
        return list(self._movers)

    def start(self) -> None:
        for mover in self._movers:
            mover.start()

    def is_whole(self) -> bool:
        return all(mover.is_alive() for mover in self._movers)

    def stop(self) -> None:
        """This will let each finish what it has in hand."""
        for mover in self._movers:
            mover.stop()
        registry.forget()
