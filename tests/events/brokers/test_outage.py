"""A broker that is away for longer than the relay waits for a confirm."""

from datetime import datetime, timedelta

import pytest
from django.conf import LazySettings

from events import registry, services
from events.models import Delivery, RelayCheckpoint
from events.services import relaying
from portal.shared.registry import Registry
from tests.events.brokers.conftest import Arm

pytestmark = pytest.mark.django_db

LOOKS_BEFORE_IT_IS_BACK = 3


def test_delays_the_relay_and_loses_nothing(
    arm: Arm, at: datetime, settings: LazySettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    if arm.name == "in_memory":
        pytest.skip("It is where the portal is.")
    monkeypatch.setattr(registry, "_subscriptions", Registry("subscriber"))
    monkeypatch.setattr(relaying, "CONFIRM_SECONDS", 0.5)
    monkeypatch.setattr(relaying, "broker", lambda: arm.broker)
    checkpoint = RelayCheckpoint.objects.create(broker=settings.MESSAGE_BROKER)
    written = [
        services.publish("orders.order.shipped", {}, stream=f"orders.{number % 2}", at=at)
        for number in range(10)
    ]
    services.sequence_events(at=at)

    arm.shut()
    for _look in range(LOOKS_BEFORE_IT_IS_BACK):
        assert services.relay_events(at=at) == 0
        at += timedelta(minutes=1)
    checkpoint.refresh_from_db()
    assert (checkpoint.position, checkpoint.failures) == (0, LOOKS_BEFORE_IT_IS_BACK)
    assert checkpoint.last_error

    arm.open()
    monkeypatch.setattr(relaying, "CONFIRM_SECONDS", 20)
    for _look in range(LOOKS_BEFORE_IT_IS_BACK):
        services.relay_events(at=at)
        at += timedelta(minutes=1)

    checkpoint.refresh_from_db()
    assert (checkpoint.position, checkpoint.failures) == (10, 0)
    assert not Delivery.objects.exists()
    arrived = [arrival.headers["ce-id"] for arrival in arm.read(10)]
    for stream in ("orders.0", "orders.1"):
        sent = [str(event.event_id) for event in written if event.stream == stream]
        assert [found for found in arrived if found in sent] == sent
