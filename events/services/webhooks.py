"""Webhook subscriptions: what their owners do with them, each with its mark in the log."""

from dataclasses import replace
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from events.contracts.base import Contract
from events.contracts.events import (
    WebhookChanged,
    WebhookCreated,
    WebhookDeleted,
    WebhookEnabled,
    WebhookPaused,
    WebhookSecretRotated,
    WebhookSecretShown,
    WebhookTested,
)
from events.errors import WebhookNotTaken, WebhookRefused, WebhookStateRefused
from events.models import Consumer, Delivery, WebhookSubscription
from events.models.webhook import PREFIX
from events.providers.webhook import Answer
from events.services.publishing import announce
from events.services.sequencing import enter
from events.services.webhook_delivery import mark_disabled, secrets_of, send, subscription_of
from events.storage import wake_readers
from portal.shared import http
from portal.shared.errors import DomainError, FieldError

State = WebhookSubscription.State


def create_webhook(
    *,
    slug: str,
    url: str,
    event_types: list[str],
    acting_user: str,
    at: datetime,
    description: str = "",
    contact: str = "",
) -> WebhookSubscription:
    """This will subscribe the address to what is published from now on.

    Raises WebhookRefused for an address that may not be called and for types that are none.
    """
    refuse_url(url)
    webhook = WebhookSubscription(
        slug=slug,
        url=url,
        event_types=event_types,
        description=description,
        contact=contact,
        created_by=acting_user,
        created_at=at,
    )
    with transaction.atomic():
        _refuse_unsound(webhook)
        webhook.save()
        # At once: one that waited for the next sequencing could miss what comes before it.
        enter([subscription_of(webhook, now=lambda: at)], at=at)
        announce(_aims(WebhookCreated, webhook, at=at), at=at, actor=acting_user)
    return webhook


def change_webhook(
    *, webhook_id: int, acting_user: str, at: datetime, **changes: Any
) -> WebhookSubscription:
    """This will change `url`, `event_types`, `description` or `contact`, from now on.

    What waits already is sent to the new address. Raises WebhookRefused.
    """
    if "url" in changes:
        refuse_url(changes["url"])
    with transaction.atomic():
        webhook = _locked(webhook_id)
        for name in ("url", "event_types", "description", "contact"):
            setattr(webhook, name, changes.get(name, getattr(webhook, name)))
        _refuse_unsound(webhook)
        webhook.save()
        announce(_aims(WebhookChanged, webhook, at=at), at=at, actor=acting_user)
    return webhook


@transaction.atomic
def pause_webhook(*, webhook_id: int, acting_user: str, at: datetime) -> WebhookSubscription:
    """This will send nothing until it is enabled again; what happens meanwhile is kept for it."""
    webhook = _locked(webhook_id)
    _refuse_state(webhook, State.PAUSED, to_be=(State.ACTIVE,))
    webhook.state = State.PAUSED
    webhook.save(update_fields=["state"])
    announce(WebhookPaused(webhook=webhook.slug, at=at.isoformat()), at=at, actor=acting_user)
    return webhook


@transaction.atomic
def enable_webhook(*, webhook_id: int, acting_user: str, at: datetime) -> WebhookSubscription:
    """This will go on where it stopped, at once, with a receiver that is believed in again."""
    webhook = _locked(webhook_id)
    _refuse_state(webhook, State.ACTIVE, to_be=(State.PAUSED, State.DISABLED))
    webhook.state = State.ACTIVE
    webhook.disabled_at, webhook.disabled_reason = None, ""
    webhook.failures, webhook.failing_since, webhook.rests_until = 0, None, None
    webhook.save()
    waiting = Delivery.objects.filter(subscriber=webhook.subscriber, state=Delivery.State.PENDING)
    waiting.filter(is_head=True, lease_token=None).update(due_at=at)
    announce(WebhookEnabled(webhook=webhook.slug, at=at.isoformat()), at=at, actor=acting_user)
    wake_readers()
    return webhook


@transaction.atomic
def disable_webhook(
    *, webhook_id: int, acting_user: str, at: datetime, reason: str = ""
) -> WebhookSubscription:
    """This will send nothing more and tell the owner; what waits is kept until it is enabled."""
    webhook = _locked(webhook_id)
    _refuse_state(webhook, State.DISABLED, to_be=(State.ACTIVE, State.PAUSED))
    told = reason or f"Disabled by {acting_user}."
    mark_disabled(webhook, reason=told, at=at, actor=acting_user)
    webhook.save()
    return webhook


@transaction.atomic
def rotate_webhook_secret(
    *, webhook_id: int, acting_user: str, at: datetime
) -> WebhookSubscription:
    """This will sign with another secret, and for a day with the last one too."""
    webhook = _locked(webhook_id)
    webhook.secret_version += 1
    webhook.secret_rotated_at = at
    webhook.save(update_fields=["secret_version", "secret_rotated_at"])
    fact = WebhookSecretRotated(
        webhook=webhook.slug, at=at.isoformat(), version=webhook.secret_version
    )
    announce(fact, at=at, actor=acting_user)
    return webhook


@transaction.atomic
def show_webhook_secret(*, webhook_id: int, acting_user: str, at: datetime) -> str:
    """This will return the newest secret, and leave a mark of who saw it."""
    webhook = WebhookSubscription.objects.get(pk=webhook_id)
    fact = WebhookSecretShown(
        webhook=webhook.slug, at=at.isoformat(), version=webhook.secret_version
    )
    announce(fact, at=at, actor=acting_user)
    return secrets_of(webhook, at=at)[0]


def send_test(*, webhook_id: int, acting_user: str, at: datetime) -> Answer:
    """This will send one event now, whatever the state. Raises WebhookNotTaken."""
    webhook = WebhookSubscription.objects.get(pk=webhook_id)
    fact = WebhookTested(webhook=webhook.slug, at=at.isoformat())
    event = announce(fact, at=at, actor=acting_user).recorded()
    # It is sent before the sequencer has seen it, and outside of every order.
    answer = send(webhook, replace(event, position=0), at=at)
    if not answer.is_taken:
        raise WebhookNotTaken(f"The test was not taken. {answer.reason}")
    return answer


@transaction.atomic
def delete_webhook(*, webhook_id: int, acting_user: str, at: datetime) -> None:
    """This will forget the subscription; what is on its way is discarded, its rows stay."""
    webhook = _locked(webhook_id)
    discarded = _discard(webhook.subscriber)
    webhook.delete()
    fact = WebhookDeleted(webhook=webhook.slug, at=at.isoformat(), discarded=discarded)
    announce(fact, at=at, actor=acting_user)


@transaction.atomic
def discard_strays() -> int:
    """This will discard what was handed to a webhook while it was being deleted.

    A sequencer that had read the subscriptions before may do so. Returns how many.
    """
    # In this order: a webhook that is created meanwhile is not taken for a deleted one.
    names = set(Consumer.objects.filter(name__startswith=PREFIX).values_list("name", flat=True))
    known = {webhook.subscriber for webhook in WebhookSubscription.objects.all()}
    return sum(_discard(name) for name in sorted(names - known))


def _discard(subscriber: str) -> int:
    Consumer.objects.filter(name=subscriber).delete()
    undelivered = Delivery.objects.undelivered().filter(subscriber=subscriber)
    return undelivered.update(state=Delivery.State.DISCARDED, is_head=False, lease_token=None)


def refuse_url(url: str) -> None:
    """Raises WebhookRefused for an address that the portal cannot or must not call."""
    try:
        http.refuse_unless_callable(url)
    except DomainError as error:
        raise WebhookRefused(str(error), fields=[FieldError("/url", str(error))]) from error


def _refuse_unsound(webhook: WebhookSubscription) -> None:
    try:
        webhook.full_clean()
    except ValidationError as error:
        fields = [
            FieldError(f"/{name}", told)
            for name, tellings in error.message_dict.items()
            for told in tellings
        ]
        raise WebhookRefused(
            "The webhook was not stored. The errors name each field.", fields=fields
        ) from error


def _locked(webhook_id: int) -> WebhookSubscription:
    return WebhookSubscription.objects.select_for_update().get(pk=webhook_id)


def _refuse_state(webhook: WebhookSubscription, wanted: State, *, to_be: tuple[State, ...]) -> None:
    if webhook.state not in to_be:
        raise WebhookStateRefused(
            f"The webhook {webhook.slug} is {webhook.state}; it cannot become {wanted.value}."
        )


def _aims(
    fact: type[WebhookCreated | WebhookChanged], webhook: WebhookSubscription, *, at: datetime
) -> Contract:
    return fact(
        webhook=webhook.slug,
        at=at.isoformat(),
        receiver=http.redacted(webhook.url),
        event_types=list(webhook.event_types),
    )
