"""Verbs as buttons, shown with a delivery's Redrive: who may, when, and what a GET does."""

from typing import Any

import pytest
from django import forms
from django.contrib.admin import site
from django.contrib.auth.models import Permission
from django.contrib.messages import get_messages
from django.http import HttpRequest
from django.test import Client
from django.urls import reverse

from events.admin.deliveries import DeliveryAdmin
from events.models import Delivery
from portal.shared.admin import Verb, badge
from tests.cast import Cast
from tests.factories.events import DeliveryFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def parked() -> Delivery:
    return DeliveryFactory.create(state=Delivery.State.PARKED, attempts=10)


@pytest.fixture
def bob_browser(cast: Cast, client: Client) -> Client:
    """Bob is staff and may look at deliveries."""
    give(cast, "view_delivery")
    client.force_login(cast.bob)
    return client


def give(cast: Cast, codename: str) -> None:
    cast.bob.user_permissions.add(Permission.objects.get(codename=codename))


def page(delivery: Delivery) -> str:
    return reverse("admin:events_delivery_change", args=[delivery.pk])


def redrive(delivery: Delivery) -> str:
    return reverse("admin:events_delivery_redrive", args=[delivery.pk])


def told(answer: Any) -> list[str]:
    return [f"{message.level_tag}: {message}" for message in get_messages(answer.wsgi_request)]


def test_offers_the_verb_above_the_page(alice_browser: Client, parked: Delivery) -> None:
    shown = alice_browser.get(page(parked)).content.decode()

    assert f'href="{redrive(parked)}"' in shown


def test_hides_a_verb_that_makes_no_sense_now(alice_browser: Client) -> None:
    pending = DeliveryFactory.create()

    assert redrive(pending) not in alice_browser.get(page(pending)).content.decode()


def test_hides_a_verb_from_who_may_not(bob_browser: Client, parked: Delivery) -> None:
    shown = bob_browser.get(page(parked))

    assert shown.status_code == 200
    assert redrive(parked) not in shown.content.decode()


def test_asks_before_it_acts(alice_browser: Client, parked: Delivery) -> None:
    shown = alice_browser.get(redrive(parked))

    parked.refresh_from_db()
    assert "The subscriber will be given this event again." in shown.content.decode()
    assert parked.state == Delivery.State.PARKED


def test_acts_on_a_post_and_tells_what_was_done(alice_browser: Client, parked: Delivery) -> None:
    answer = alice_browser.post(redrive(parked))

    parked.refresh_from_db()
    assert parked.state == Delivery.State.PENDING
    assert answer.headers["Location"] == page(parked)
    assert told(answer) == ["success: The delivery will be tried again now."]


def test_tells_why_the_service_refused(alice_browser: Client) -> None:
    pending = DeliveryFactory.create()

    answer = alice_browser.post(redrive(pending))

    assert answer.status_code == 302
    assert told(answer) == [
        "error: The delivery to billing.send_invoice is pending; "
        "only a parked one is a dead letter."
    ]


@pytest.mark.parametrize("method", ["get", "post"])
def test_refuses_who_may_not_on_the_page_itself(
    method: str, bob_browser: Client, parked: Delivery
) -> None:
    answer = getattr(bob_browser, method)(redrive(parked))

    parked.refresh_from_db()
    assert answer.status_code == 403
    assert parked.state == Delivery.State.PARKED


def test_allows_who_has_the_right(bob_browser: Client, cast: Cast, parked: Delivery) -> None:
    give(cast, "change_delivery")

    bob_browser.post(redrive(parked))

    parked.refresh_from_db()
    assert parked.state == Delivery.State.PENDING


def test_sends_a_stranger_to_the_login(client: Client, parked: Delivery) -> None:
    answer = client.post(redrive(parked))

    assert answer.status_code == 302
    assert "/login/" in answer.headers["Location"]


@pytest.mark.parametrize("number", ["0", "nonsense"])
def test_knows_no_verb_of_what_is_not_there(number: str, alice_browser: Client) -> None:
    address = reverse("admin:events_delivery_redrive", args=[number])

    assert alice_browser.post(address).status_code == 404


@pytest.mark.parametrize("verb", ["add", "delete"])
def test_lets_nobody_make_or_delete_what_services_make(
    verb: str, alice_browser: Client, parked: Delivery
) -> None:
    arguments = [] if verb == "add" else [parked.pk]

    answer = alice_browser.post(reverse(f"admin:events_delivery_{verb}", args=arguments))

    assert answer.status_code == 403


class NoteForm(forms.Form):
    note = forms.CharField(max_length=10)


def carry_out(request: HttpRequest, delivery: Delivery, form: type[forms.Form]) -> Any:
    """The verb `note`, with a form, on the delivery's page; answers go to the message."""
    verb = Verb(
        name="note",
        label="Note",
        run=lambda _request, _delivery, answers: f"Noted: {answers}",
        right="events.change_delivery",
        form=form,
    )
    delivery_admin = DeliveryAdmin(Delivery, site)
    said: list[str] = []
    delivery_admin.message_user = lambda _request, text, *_level: said.append(str(text))
    answer = delivery_admin._carry_out(request, str(delivery.pk), verb)
    return said or answer


@pytest.mark.parametrize(
    ("form", "sent", "outcome"),
    [
        (NoteForm, {"note": "done"}, ["Noted: {'note': 'done'}"]),
        (forms.Form, {}, ["Noted: {}"]),
    ],
)
def test_hands_the_answers_of_its_form_to_the_service(
    form: type[forms.Form],
    sent: dict[str, str],
    outcome: list[str],
    rf: Any,
    cast: Cast,
    parked: Delivery,
) -> None:
    request = rf.post("/", sent)
    request.user = cast.alice

    assert carry_out(request, parked, form) == outcome


def test_asks_again_when_its_form_is_not_filled_in(rf: Any, cast: Cast, parked: Delivery) -> None:
    request = rf.post("/", {"note": "far too long a note"})
    request.user = cast.alice

    answer = carry_out(request, parked, NoteForm)

    assert "at most 10 characters" in answer.rendered_content


def test_escapes_what_a_badge_says() -> None:
    assert badge("<b>", "high") == '<span class="op-badge op-high">&lt;b&gt;</span>'
