"""The quick mover: what is committed reaches its subscriber without a sweep."""

import threading
from collections.abc import Iterator

import pytest

from events import registry, services
from events.movers.pump import Pump
from portal.shared.registry import Registry

pytestmark = pytest.mark.django_db(transaction=True)

SECONDS_TO_WAIT = 10


@pytest.fixture
def heard(monkeypatch: pytest.MonkeyPatch) -> Iterator[threading.Semaphore]:
    """One permit for each event the only subscriber was given, while a pump runs."""
    monkeypatch.setattr(registry, "_subscriptions", Registry("subscriber"))
    heard = threading.Semaphore(0)
    services.subscribe("orders.*", lambda _event: heard.release(), name="a")
    pump = Pump()
    pump.start()
    yield heard
    pump.stop()
    assert not pump.is_alive()


def test_delivers_what_is_published_while_it_runs(heard: threading.Semaphore) -> None:
    for number in range(3):
        services.publish("orders.order.shipped", {"number": number}, stream="orders.1")
        assert heard.acquire(timeout=SECONDS_TO_WAIT)
