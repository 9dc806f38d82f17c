"""Carrying events to the receivers of webhooks, apart from everybody else.

The rows, their order, retries and parking are those of every delivery. What differs: a
receiver that fails rests as a whole, and only what it refused while it took other events
counts against an event. So an outage parks nothing, and an event nobody can take parks
like any other.
"""

import random
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial

import structlog
from django.conf import settings
from django.db import transaction
from django.db.models import Q

from events.contracts.events import WebhookDisabled
from events.contracts.recorded import RecordedEvent
from events.errors import DeliveryPostponed, WebhookNotTaken
from events.models import Delivery, WebhookSubscription
from events.providers import webhook as receivers
from events.providers.webhook import Answer
from events.registry import Subscription
from events.rules import webhooks as rules
from events.services.delivery import carry
from events.services.publishing import announce
from events.services.webhook_notice import NOTICE, notice
from portal.shared.stopwatch import Stopwatch

log = structlog.get_logger(__name__)

# Receivers take turns of so many deliveries, so that a slow one delays the others little.
DELIVERIES_A_TURN = 4
LONGEST_SWEEP = timedelta(seconds=20)
# For what is in hand while its subscription is paused, disabled or deleted.
PAUSE = timedelta(minutes=1)
# Who acts when the portal disables by itself.
ITSELF = "portal"

Now = Callable[[], datetime]


def active_webhooks(now: Now) -> list[Subscription]:
    """This will return the consumer group of each webhook that is to be handed events."""
    active = WebhookSubscription.objects.filter(state=WebhookSubscription.State.ACTIVE)
    return [subscription_of(webhook, now=now) for webhook in active]


def subscription_of(webhook: WebhookSubscription, *, now: Now) -> Subscription:
    first, *others = webhook.event_types
    return Subscription(
        name=webhook.subscriber,
        pattern=first,
        other_patterns=tuple(others),
        handler=partial(_hand_over, webhook.pk, now),
        effects=frozenset({"http"}),
        is_apart=True,
    )


def deliver_webhooks(*, at: datetime, limit: int = 500) -> int:
    """This will send what is due to the receivers, by turns, and return how many were tried.

    Safe to run at once from several workers. Notices to owners are sent with it.
    """
    watch = Stopwatch(at)
    tried = carry({NOTICE: notice()}, watch=watch, limit=limit).tried
    while tried < limit and watch.now() - at < LONGEST_SWEEP:
        ready = _ready(at=watch.now())
        turns = [subscription_of(webhook, now=watch.now) for webhook in ready]
        taken = sum(
            carry({turn.name: turn}, watch=watch, limit=DELIVERIES_A_TURN).tried for turn in turns
        )
        tried += taken
        if not taken:
            break
    return tried


def _ready(*, at: datetime) -> list[WebhookSubscription]:
    rested = Q(rests_until=None) | Q(rests_until__lte=at)
    return list(WebhookSubscription.objects.ready(Delivery.objects.due(at)).filter(rested))


def secrets_of(webhook: WebhookSubscription, *, at: datetime) -> list[str]:
    """This will return the secrets that sign now, the newest first."""
    versions = rules.versions_that_sign(
        webhook.secret_version, rotated_at=webhook.secret_rotated_at, at=at
    )
    return [
        rules.signing_secret(
            key=settings.PAGE_SIGNING_KEY, webhook=str(webhook.signing_id), version=version
        )
        for version in versions
    ]


def send(webhook: WebhookSubscription, event: RecordedEvent, *, at: datetime) -> Answer:
    return receivers.send(
        event,
        url=webhook.url,
        secrets=secrets_of(webhook, at=at),
        source=settings.EVENT_SOURCE,
        at=at,
    )


def _hand_over(webhook_id: int, now: Now, event: RecordedEvent) -> None:
    webhook = WebhookSubscription.objects.filter(pk=webhook_id).first()
    at = now()
    if webhook is None or webhook.state != WebhookSubscription.State.ACTIVE:
        raise DeliveryPostponed("The webhook is not active any more.", until=at + PAUSE)
    if webhook.rests_until is not None and webhook.rests_until > at:
        raise DeliveryPostponed(webhook.last_error, until=webhook.rests_until)
    answer = send(webhook, event, at=at)
    if not answer.is_taken:
        _record_failure(webhook_id, answer, at=now())
    WebhookSubscription.objects.filter(pk=webhook_id).update(
        failures=0,
        failing_since=None,
        rests_until=None,
        last_success_at=at,
        last_status=answer.status,
        last_error="",
    )


def _record_failure(webhook_id: int, answer: Answer, *, at: datetime) -> None:
    """Always raises: what counts against the event when all was well before, else a pause."""
    with transaction.atomic():
        webhook = WebhookSubscription.objects.select_for_update().filter(pk=webhook_id).first()
        if webhook is None:
            raise DeliveryPostponed("The webhook is deleted.", until=at + PAUSE)
        was_well = webhook.failures == 0
        _count(webhook, answer, at=at)
        reason = _reason_to_disable(webhook, answer, at=at)
        if reason:
            mark_disabled(webhook, reason=reason, at=at, actor=ITSELF)
        webhook.save()
    if was_well and not reason:
        raise WebhookNotTaken(answer.reason)
    log.warning(
        "webhook_not_taken",
        webhook=webhook.slug,
        status=answer.status,
        failures=webhook.failures,
        disabled=bool(reason),
    )
    raise DeliveryPostponed(answer.reason, until=webhook.rests_until or at)


def _count(webhook: WebhookSubscription, answer: Answer, *, at: datetime) -> None:
    webhook.failures += 1
    webhook.failing_since = webhook.failing_since or at
    webhook.last_status = answer.status
    webhook.last_error = answer.reason[:300]
    webhook.rests_until = at + rules.rest_after(
        webhook.failures,
        is_answered=answer.status is not None,
        jitter=random.random(),  # noqa: S311  (spreads retries)
    )


def _reason_to_disable(webhook: WebhookSubscription, answer: Answer, *, at: datetime) -> str:
    if webhook.state != WebhookSubscription.State.ACTIVE:
        return ""
    if answer.is_gone:
        return "The receiver answered 410: it is gone and wants nothing more."
    since = webhook.failing_since or at
    patience = timedelta(hours=settings.EVENT_WEBHOOK_PATIENCE_HOURS)
    if rules.is_given_up(webhook.failures, failing_for=at - since, patience=patience):
        return f"Nothing was taken since {since:%Y-%m-%d %H:%M} UTC. {answer.reason}"
    return ""


def mark_disabled(webhook: WebhookSubscription, *, reason: str, at: datetime, actor: str) -> None:
    """This will set the state and announce it; the caller saves. What waits is kept."""
    webhook.state = WebhookSubscription.State.DISABLED
    webhook.disabled_at, webhook.rests_until = at, None
    webhook.disabled_reason = reason[:300]
    waiting = Delivery.objects.undelivered().filter(subscriber=webhook.subscriber).count()
    fact = WebhookDisabled(
        webhook=webhook.slug, at=at.isoformat(), reason=webhook.disabled_reason, waiting=waiting
    )
    announce(fact, at=at, actor=actor)
