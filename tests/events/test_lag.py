"""How far behind everybody is, and whether the log moves: known, or said not to be."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from events import registry, selectors, services
from events.models import Consumer, Delivery, LogHead, RelayCheckpoint
from events.selectors import ConsumerLag
from portal.shared.registry import Registry
from tests.conftest import NOON
from tests.events.log import written

pytestmark = pytest.mark.django_db
LATER = NOON + timedelta(seconds=90)


@pytest.fixture(autouse=True)
def billing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(registry, "_subscriptions", Registry("subscriber"))
    monkeypatch.setattr(registry, "_sources", [])
    services.subscribe("orders.*", lambda _event: None, name="billing")


def lag(at: datetime = LATER) -> ConsumerLag:
    (found,) = selectors.consumer_lags(at=at)
    return found


def test_is_unknown_before_the_consumer_was_entered() -> None:
    written(1, at=NOON, sequenced=False)

    assert (lag().events, lag().wait, lag().position) == (None, None, None)


def test_is_nothing_when_all_was_taken() -> None:
    services.sequence_events(at=NOON)
    written(2, at=NOON)
    services.deliver_due_events(at=NOON)

    assert (lag().events, lag().wait) == (0, None)


def test_counts_what_was_handed_over_and_not_taken() -> None:
    services.sequence_events(at=NOON)
    written(3, at=NOON)

    found = lag()
    assert (found.events, found.wait, found.pending) == (3, timedelta(seconds=90), 3)


def test_counts_what_was_not_even_handed_over() -> None:
    written(3, at=NOON)
    Delivery.objects.all().delete()
    Consumer.objects.update(position=1)

    assert (lag().events, lag().wait) == (2, timedelta(seconds=90))


def test_names_a_consumer_that_nobody_is_any_more(monkeypatch: pytest.MonkeyPatch) -> None:
    services.sequence_events(at=NOON)
    monkeypatch.setattr(registry, "_subscriptions", Registry("subscriber"))

    assert not lag().is_subscribed


@pytest.mark.parametrize(("seconds", "is_moving"), [(10, True), (31, False)])
def test_tells_a_head_that_stands_still(seconds: int, is_moving: bool) -> None:
    written(1, at=NOON)
    assert selectors.head(at=LATER).is_moving
    written(1, at=NOON, sequenced=False)

    head = selectors.head(at=NOON + timedelta(seconds=seconds))

    assert (head.position, head.unsequenced, head.is_moving) == (1, 1, is_moving)


def test_tells_how_far_the_relay_is() -> None:
    assert selectors.relay_lag(at=LATER).events is None
    RelayCheckpoint.objects.create(broker="in_memory", position=0, failures=2, last_error="away")
    written(2, at=NOON)

    found = selectors.relay_lag(at=LATER)

    assert (found.events, found.wait) == (2, timedelta(seconds=90))
    assert (found.failures, found.last_error) == (2, "away")


def test_is_on_one_page(alice_browser: Client) -> None:
    services.sequence_events(at=NOON)
    written(2, at=NOON)
    LogHead.objects.update(position=2)

    shown: Any = alice_browser.get(reverse("admin:events_consumer_changelist"))

    page = shown.content.decode()
    assert shown.status_code == 200
    assert "billing" in page
    assert "#2" in page


def test_shows_what_is_kept_and_its_seals(alice_browser: Client) -> None:
    written(2, at=NOON - timedelta(days=2))
    services.seal_days(at=NOON)

    shown = alice_browser.get(reverse("admin:events_seal_changelist"))

    page = shown.content.decode()
    assert shown.status_code == 200
    assert "2 events" in page
    assert "for ever" in page
    seal = reverse("admin:events_seal_change", args=[1])
    assert alice_browser.get(seal).status_code == 200
