"""What a commander sees and does about events that did not arrive."""

from datetime import datetime
from typing import Any

import pytest
from django.contrib.messages import get_messages
from django.test import Client
from django.urls import reverse

from events.models import Delivery, Event, Intervention, RefusedArrival
from tests.cast import Cast
from tests.factories.events import DeliveryFactory, EventFactory

pytestmark = pytest.mark.django_db
LIST = "admin:events_deadletter_changelist"
MANY = "admin:events_deadletter_redrive"


@pytest.fixture
def letter() -> Delivery:
    event = EventFactory.create(payload={"order": 7}, position=1)
    return DeliveryFactory.create(
        event=event,
        position=1,
        state=Delivery.State.PARKED,
        attempts=10,
        reason="ValueError: The price is missing",
        last_error="Traceback (most recent call last): …",
    )


def page(letter: Delivery) -> str:
    return reverse("admin:events_delivery_change", args=[letter.pk])


def verb(letter: Delivery, name: str) -> str:
    return reverse(f"admin:events_delivery_{name}", args=[letter.pk])


def told(answer: Any) -> str:
    return " ".join(str(message) for message in get_messages(answer.wsgi_request))


def test_lists_what_is_parked_and_leads_to_it(alice_browser: Client, letter: Delivery) -> None:
    DeliveryFactory.create(subscriber="fine", event=letter.event)

    shown = alice_browser.get(reverse(LIST)).content.decode()

    assert "The price is missing" in shown
    assert ">fine<" not in shown
    assert reverse(MANY) in shown
    link = reverse("admin:events_deadletter_change", args=[letter.pk])
    assert alice_browser.get(link).headers["Location"] == page(letter)


def test_shows_why_and_the_stack_and_the_payload(alice_browser: Client, letter: Delivery) -> None:
    shown = alice_browser.get(page(letter)).content.decode()

    for text in ("The price is missing", "Traceback", "&quot;order&quot;: 7", "10 attempts"):
        assert text in shown
    for name in ("redrive", "edit", "discard"):
        assert verb(letter, name) in shown


def test_edits_and_redrives_with_a_reason(alice_browser: Client, letter: Delivery) -> None:
    form = alice_browser.get(verb(letter, "edit")).content.decode()
    assert "&quot;order&quot;: 7" in form

    refused = alice_browser.post(verb(letter, "edit"), {"payload": "{", "note": "x"})
    assert refused.status_code == 200
    answer = alice_browser.post(
        verb(letter, "edit"), {"payload": '{"order": 8}', "note": "It was order 8."}
    )

    letter.refresh_from_db()
    assert (letter.state, letter.edited_payload) == ("pending", {"order": 8})
    assert "edited payload" in told(answer)
    shown = alice_browser.get(page(letter)).content.decode()
    assert "It was order 8." in shown
    assert Event.objects.get(pk=letter.event_id).payload == {"order": 7}


def test_discards_with_a_reason_only(alice_browser: Client, letter: Delivery) -> None:
    assert alice_browser.post(verb(letter, "discard"), {"note": ""}).status_code == 200

    alice_browser.post(verb(letter, "discard"), {"note": "cancelled"})

    letter.refresh_from_db()
    assert letter.state == Delivery.State.DISCARDED
    assert Intervention.objects.get().note == "cancelled"


def test_counts_before_it_redrives_many(alice_browser: Client, letter: Delivery) -> None:
    choice = {"subscriber": letter.subscriber, "event_type": "", "reason": ""}

    counted = alice_browser.post(reverse(MANY), choice).content.decode()
    assert "1 dead letter is meant." in counted
    assert 'name="confirmed" value="1"' in counted
    letter.refresh_from_db()
    assert letter.state == Delivery.State.PARKED

    refused = alice_browser.post(reverse(MANY), choice | {"confirmed": "3"}).content.decode()
    assert "3 were confirmed" in refused
    assert 'name="confirmed" value="1"' in refused

    done = alice_browser.post(reverse(MANY), choice | {"confirmed": "1", "rate_per_second": "2"})
    assert "1 dead letter is on its way again." in told(done)
    letter.refresh_from_db()
    assert letter.state == Delivery.State.PENDING


def test_refuses_a_rate_that_is_none(alice_browser: Client, letter: Delivery) -> None:
    answer = alice_browser.post(reverse(MANY), {"rate_per_second": "0", "confirmed": "1"})

    assert answer.status_code == 200
    letter.refresh_from_db()
    assert letter.state == Delivery.State.PARKED


def test_is_for_those_who_may(client: Client, cast: Cast, letter: Delivery) -> None:
    client.force_login(cast.bob)

    assert client.get(reverse(MANY)).status_code == 403
    assert client.post(verb(letter, "discard"), {"note": "x"}).status_code == 403


def test_takes_a_refused_message_in_once_it_is_mended(alice_browser: Client, at: datetime) -> None:
    arrival = RefusedArrival.objects.create(
        channel="shop",
        place="shop @1",
        headers={"content-type": "application/cloudevents+json"},
        body=b"{",
        reason="not JSON",
        arrived_at=at,
    )
    address = reverse("admin:events_refusedarrival_take-in", args=[arrival.pk])
    shown = alice_browser.get(reverse("admin:events_refusedarrival_change", args=[arrival.pk]))
    assert "not JSON" in shown.content.decode()

    assert "not JSON" in alice_browser.post(address, {"body": "{"}).content.decode()
    mended = (
        '{"specversion": "1.0", "id": "1", "source": "/shop", "type": "shop.order.paid",'
        ' "data": {"order": 7}}'
    )
    alice_browser.post(address, {"body": mended})

    arrival.refresh_from_db()
    assert (arrival.state, arrival.settled_by) == ("taken_in", "alice")
    assert Event.objects.get().payload == {"order": 7}
