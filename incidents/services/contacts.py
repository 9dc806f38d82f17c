"""The ways to reach people: try one out, see and change the secret that signs for it."""

import uuid
from datetime import datetime

from django.conf import settings
from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import F
from django.urls import reverse

from incidents.errors import SecretNotShown, TestPageNotDelivered
from incidents.models import ContactMethod
from incidents.providers.base import PageMessage, Receipt, Undeliverable, channels
from incidents.services.pages import deliver, secret_of


def send_test_page(*, contact_method_id: int, at: datetime) -> Receipt:
    """This will send one page without an incident, now. Raises TestPageNotDelivered."""
    contact = ContactMethod.objects.select_related("user").get(pk=contact_method_id)
    try:
        return deliver(contact.channel, _test_message(contact, at=at))
    except Undeliverable as error:
        raise TestPageNotDelivered(f"The test page was not delivered: {error.reason}") from error


def _test_message(contact: ContactMethod, *, at: datetime) -> PageMessage:
    page_id = uuid.uuid4()
    address = reverse("admin:incidents_contactmethod_change", args=[contact.pk])
    return PageMessage(
        kind="page.test",
        page_id=str(page_id),
        idempotency_key=f"test:{page_id}",
        address=contact.address,
        reference="TEST",
        title="This is a test page; there is nothing to do",
        severity="SEV4",
        services=(),
        url=f"{settings.PORTAL_URL}{address}",
        acknowledge_url="",
        level=0,
        responder=contact.user.get_username(),
        opened_at=at,
        sent_at=at,
        signing_secret=secret_of(contact),
    )


def reveal_signing_secret(*, contact_method_id: int, acting_user: User) -> str:
    """This will return the webhook's secret to its owner and to administrators.

    Raises SecretNotShown for anybody else.
    """
    contact = ContactMethod.objects.get(pk=contact_method_id)
    _refuse_stranger(contact, acting_user)
    return secret_of(contact)


@transaction.atomic
def rotate_signing_secret(*, contact_method_id: int, acting_user: User) -> ContactMethod:
    """This will make the secret another one, at once. Raises SecretNotShown."""
    contact = ContactMethod.objects.select_for_update().get(pk=contact_method_id)
    _refuse_stranger(contact, acting_user)
    contact.signing_key_version = F("signing_key_version") + 1
    contact.save(update_fields=["signing_key_version"])
    contact.refresh_from_db()
    return contact


def _refuse_stranger(contact: ContactMethod, acting_user: User) -> None:
    if contact.channel != ContactMethod.Channel.WEBHOOK:
        raise SecretNotShown("Only pages over a webhook are signed; this channel has no secret.")
    if not (acting_user.is_superuser or contact.user_id == acting_user.pk):
        raise SecretNotShown(
            f"Only {contact.user} and administrators see this secret. Ask one of them."
        )


def refuse_address(*, channel: str, address: str) -> None:
    """This will raise a DomainError for an address that the channel can never reach."""
    channels.get(channel).refuse_address(address)
