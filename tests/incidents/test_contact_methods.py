"""A way to reach somebody is tried out before it is needed, and its secret is its owner's."""

from collections.abc import Iterator
from datetime import datetime

import pytest
from django.db import IntegrityError, transaction
from standardwebhooks import Webhook as Verifier

from incidents import services
from incidents.errors import SecretNotShown, TestPageNotDelivered
from incidents.models import ContactMethod, Page
from portal.shared import clock
from tests.cast import Cast
from tests.factories.incidents import ContactMethodFactory
from tests.incidents.receivers import Receiver, receiver

pytestmark = pytest.mark.django_db


@pytest.fixture
def server() -> Iterator[Receiver]:
    with receiver() as running:
        yield running


@pytest.fixture
def contact(cast: Cast, server: Receiver) -> ContactMethod:
    return ContactMethodFactory.create(user=cast.bob, channel="webhook", address=server.url)


def test_sends_a_test_page_that_verifies(
    cast: Cast, contact: ContactMethod, server: Receiver
) -> None:
    services.send_test_page(contact_method_id=contact.pk, at=clock.now())

    headers, body = server.requests[0]
    secret = services.reveal_signing_secret(contact_method_id=contact.pk, acting_user=cast.bob)
    assert Verifier(secret).verify(body, headers)["type"] == "page.test"
    assert not Page.objects.exists()


def test_says_why_a_test_page_was_not_delivered(
    contact: ContactMethod, server: Receiver, at: datetime
) -> None:
    server.status = 404

    with pytest.raises(TestPageNotDelivered, match="answered 404"):
        services.send_test_page(contact_method_id=contact.pk, at=at)


def test_shows_the_secret_to_its_owner_and_to_administrators(
    cast: Cast, contact: ContactMethod
) -> None:
    shown = {
        services.reveal_signing_secret(contact_method_id=contact.pk, acting_user=person)
        for person in (cast.alice, cast.bob)
    }

    assert len(shown) == 1
    with pytest.raises(SecretNotShown, match="bob"):
        services.reveal_signing_secret(contact_method_id=contact.pk, acting_user=cast.charlie)


def test_rotates_the_secret(cast: Cast, contact: ContactMethod) -> None:
    before = services.reveal_signing_secret(contact_method_id=contact.pk, acting_user=cast.bob)

    rotated = services.rotate_signing_secret(contact_method_id=contact.pk, acting_user=cast.bob)

    after = services.reveal_signing_secret(contact_method_id=contact.pk, acting_user=cast.bob)
    assert rotated.signing_key_version == 2
    assert before != after
    with pytest.raises(SecretNotShown):
        services.rotate_signing_secret(contact_method_id=contact.pk, acting_user=cast.charlie)


def test_has_no_secret_where_nothing_is_signed(cast: Cast) -> None:
    console = ContactMethodFactory.create(user=cast.bob)

    with pytest.raises(SecretNotShown, match="no secret"):
        services.reveal_signing_secret(contact_method_id=console.pk, acting_user=cast.bob)


@pytest.mark.parametrize("channel", ["webhook", "email"])
def test_needs_an_address_where_there_is_one(cast: Cast, channel: str) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        ContactMethodFactory.create(user=cast.bob, channel=channel, address="")
