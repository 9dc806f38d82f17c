"""Telling the owner of a webhook that it is disabled."""

import smtplib
from typing import cast

from django.conf import settings
from django.core.mail import EmailMessage
from django.urls import reverse
from django.utils.translation import gettext as _

from events.contracts.events import WebhookDisabled
from events.contracts.recorded import RecordedEvent
from events.models import WebhookSubscription
from events.registry import Subscription
from portal.shared.deadline import within
from portal.shared.http import redacted

NOTICE = "events.webhook_notice"
# A conversation with a mail server has a dozen turns, each with a timeout of its own.
MAIL_DEADLINE_SECONDS = 15.0


def notice() -> Subscription:
    """This will return who writes to owners; a mail server that is away is tried again."""
    return Subscription(
        name=NOTICE,
        pattern=WebhookDisabled.event_type,
        handler=_tell_owner,
        effects=frozenset({"email"}),
        is_apart=True,
    )


def _tell_owner(event: RecordedEvent) -> None:
    fact = cast("WebhookDisabled", event.fact())
    webhook = WebhookSubscription.objects.filter(slug=fact.webhook).exclude(contact="").first()
    if webhook is None:
        return
    message = EmailMessage(
        subject=_("Webhook %(webhook)s is disabled") % {"webhook": webhook.slug},
        body=_body(webhook, fact),
        to=[webhook.contact],
        # Mail readers show a message that comes again under the same id once.
        headers={"Message-ID": f"<webhook.{event.event_id}@operations-portal>"},
    )
    try:
        within(MAIL_DEADLINE_SECONDS, message.send)
    except smtplib.SMTPRecipientsRefused as error:
        # The error itself would put the address into the row of the delivery.
        raise smtplib.SMTPException("The mail server refuses the recipient.") from error


def _body(webhook: WebhookSubscription, fact: WebhookDisabled) -> str:
    address = reverse("admin:events_webhooksubscription_change", args=[webhook.pk])
    told = _(
        "The portal does not send events to %(receiver)s any more.\n\n"
        "%(reason)s\n\n"
        "%(waiting)d events wait, none is lost. They are sent in their order once somebody enables "
        "the webhook again:\n%(address)s\n"
    )
    return told % {
        "receiver": redacted(webhook.url),
        "reason": fact.reason,
        "waiting": fact.waiting,
        "address": f"{settings.PORTAL_URL}{address}",
    }
