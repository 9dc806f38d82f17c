"""A replay in the admin tells first what it would do, and keeps only what was confirmed."""

from datetime import datetime

import pytest
from django.test import Client
from django.urls import reverse

from catalog.models import Team
from events import registry, services
from events.contracts.recorded import RecordedEvent
from portal.shared.registry import Registry
from tests.cast import Cast

pytestmark = pytest.mark.django_db
PAGE = "admin:events_event_replay"
CHOICE = {"event_type": "orders.*", "stream": "", "subscriber": "", "effects": ""}


@pytest.fixture(autouse=True)
def founder(monkeypatch: pytest.MonkeyPatch, at: datetime) -> None:
    def found(event: RecordedEvent) -> None:
        Team.objects.create(name=f"Team {event.payload['n']}", slug=f"team-{event.payload['n']}")

    monkeypatch.setattr(registry, "_subscriptions", Registry("subscriber"))
    services.subscribe("orders.*", found, name="founder")
    for number in range(2):
        services.publish("orders.order.shipped", {"n": number}, stream="orders.1", at=at)
    services.sequence_events(at=at)


def test_tells_what_it_would_do_and_keeps_nothing(alice_browser: Client) -> None:
    assert (
        reverse(PAGE)
        in alice_browser.get(reverse("admin:events_event_changelist")).content.decode()
    )

    shown = alice_browser.post(reverse(PAGE), CHOICE).content.decode()

    assert "Nothing was kept." in shown
    assert "INSERT catalog_team" in shown
    assert 'name="confirmed" value="2"' in shown
    assert not Team.objects.exists()


def test_keeps_what_was_confirmed(alice_browser: Client) -> None:
    shown = alice_browser.post(reverse(PAGE), CHOICE | {"confirmed": "2", "keep": "1"})

    assert "This was done and kept." in shown.content.decode()
    assert Team.objects.count() == 2


def test_refuses_a_number_that_is_not_right_any_more(alice_browser: Client) -> None:
    shown = alice_browser.post(reverse(PAGE), CHOICE | {"confirmed": "7", "keep": "1"})

    assert "7 were confirmed" in shown.content.decode()
    assert not Team.objects.exists()


def test_is_for_those_who_may(client: Client, cast: Cast) -> None:
    client.force_login(cast.bob)

    assert client.get(reverse(PAGE)).status_code == 403
