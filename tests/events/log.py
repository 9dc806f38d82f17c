"""Writing a log of several days for tests."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

import time_machine

from events import services
from events.models import Event
from tests.conftest import NOON


@contextmanager
def recorded_at(moment: datetime) -> Iterator[None]:
    with time_machine.travel(moment, tick=False):
        yield


def days_ago(days: int) -> datetime:
    return NOON - timedelta(days=days)


def written(count: int, *, at: datetime, sequenced: bool = True, **others: Any) -> list[Event]:
    """This will write events that are recorded at the moment, of class `api` unless told."""
    wanted = {"stream": "orders.1", "retention_class": "api"} | others
    with recorded_at(at):
        events = [
            services.publish("orders.order.shipped", {"n": n, "price": 9.5}, at=at, **wanted)
            for n in range(count)
        ]
    if sequenced:
        services.sequence_events(at=at)
    return [Event.objects.get(event_id=event.event_id) for event in events]


def sealed(at: datetime = NOON) -> None:
    """This will seal what is over, and be sure that there was something."""
    assert services.seal_days(at=at)
