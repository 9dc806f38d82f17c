"""All that moves events in one process: ordering, delivery, relay, webhooks and intake."""

import threading

from django.conf import settings

from events.movers.called import Called
from events.movers.intake import Intake
from events.movers.pump import Pump
from events.movers.relay import Relay
from events.movers.webhooks import Webhooks
from events.providers import registry


class Crew:
    """Any number of processes may have one: each verb has its own way to be done once."""

    def __init__(self) -> None:
        self._followers: list[Called] = [Relay(), Webhooks()]
        self._movers: list[Pump | Called | Intake] = [Pump(then=self._call), *self._followers]
        if settings.EVENT_INTAKE_CHANNELS:
            self._movers.append(Intake(settings.EVENT_INTAKE_CHANNELS))

    def _call(self) -> None:
        for follower in self._followers:
            follower.rung.set()

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
