"""The quick mover towards outsiders: what is committed reaches a receiver without a sweep."""

import threading
from collections.abc import Iterator
from typing import Any

import pytest

from events import services
from events.movers.pump import Pump
from events.movers.webhooks import Webhooks
from portal.shared import clock
from tests.events.hooks import Hook, hook, publish

pytestmark = pytest.mark.django_db(transaction=True)

SECONDS_TO_WAIT = 10


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> threading.Semaphore:
    """One permit for each sweep that sent something."""
    permits = threading.Semaphore(0)
    sweep = services.deliver_webhooks

    def counted(**told: Any) -> int:
        tried = sweep(**told)
        for _time in range(tried):
            permits.release()
        return tried

    monkeypatch.setattr(services, "deliver_webhooks", counted)
    return permits


@pytest.fixture
def shop(sent: threading.Semaphore) -> Iterator[Hook]:
    """A webhook, while a pump and the mover run."""
    mover = Webhooks()
    pump = Pump(then=mover.rung.set)
    with hook(clock.now()) as shop:
        mover.start()
        pump.start()
        yield shop
        pump.stop()
        mover.stop()
    assert not mover.is_alive()


def test_sends_what_is_published_while_it_runs(shop: Hook, sent: threading.Semaphore) -> None:
    for number in range(3):
        publish(number, at=clock.now())

    for _time in range(3):
        assert sent.acquire(timeout=SECONDS_TO_WAIT)
    assert shop.numbers == [0, 1, 2]
