import uuid
from datetime import datetime
from typing import Self

from django.conf import settings
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from uuid_utils.compat import uuid7

from incidents.models.escalation import EscalationStep
from incidents.models.incident import Incident


def new_page_id() -> uuid.UUID:
    return uuid7()


class ContactMethod(models.Model):
    """One way to reach one person."""

    class Channel(models.TextChoices):
        WEBHOOK = "webhook", _("webhook")
        EMAIL = "email", _("e-mail")
        CONSOLE = "console", _("console of the worker")

    contact_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="contact_methods",
        verbose_name=_("person"),
    )
    channel = models.CharField(_("channel"), max_length=10, choices=Channel.choices)
    address = models.CharField(
        _("address"),
        max_length=500,
        blank=True,
        help_text=_("A URL for a webhook, an address for e-mail, blank for the console."),
    )
    position = models.PositiveSmallIntegerField(
        _("order"), default=1, validators=[MinValueValidator(1)]
    )
    is_active = models.BooleanField(_("is active"), default=True)
    # The secret that signs pages is derived from this number, never stored.
    signing_key_version = models.PositiveIntegerField(
        _("version of the signing secret"), default=1, editable=False
    )

    class Meta:
        verbose_name = _("contact method")
        verbose_name_plural = _("contact methods")
        ordering = ["user", "position", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(channel="console") | ~Q(address=""),
                name="incidents_contact_has_an_address",
                violation_error_message=_("This channel needs an address."),
            ),
            models.UniqueConstraint(
                fields=["user", "channel", "address"], name="incidents_contact_once_a_person"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user}: {self.get_channel_display()}"


class PageQuerySet(models.QuerySet["Page"]):
    def sendable(self, at: datetime) -> Self:
        """Pages that are due, and those whose sender has not come back in time."""
        return self.filter(
            Q(state=Page.State.PENDING, due_at__lte=at)
            | Q(state=Page.State.LEASED, lease_until__lt=at)
        )


class Page(models.Model):
    """One call to one person over one channel, until a receipt or until it is given up."""

    class State(models.TextChoices):
        PENDING = "pending", _("pending")
        LEASED = "leased", _("being sent")
        SENT = "sent", _("sent")
        FAILED = "failed", _("failed")
        CANCELLED = "cancelled", _("cancelled")

    page_id = models.UUIDField(_("page id"), default=new_page_id, unique=True)
    incident = models.ForeignKey(Incident, on_delete=models.CASCADE, related_name="pages")
    step = models.ForeignKey(EscalationStep, on_delete=models.CASCADE, related_name="pages")
    responder = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="pages",
        verbose_name=_("responder"),
    )
    contact_method = models.ForeignKey(
        ContactMethod,
        on_delete=models.PROTECT,
        related_name="pages",
        verbose_name=_("contact method"),
    )
    # The same at every attempt, so that a receiver can tell a repeat from a second page.
    idempotency_key = models.CharField(_("idempotency key"), max_length=200, unique=True)
    state = models.CharField(
        _("state"), max_length=10, choices=State.choices, default=State.PENDING
    )
    created_at = models.DateTimeField(_("created at"))
    due_at = models.DateTimeField(_("due at"))
    attempts = models.PositiveIntegerField(_("attempts"), default=0)
    lease_until = models.DateTimeField(_("lease until"), null=True, blank=True)
    lease_token = models.UUIDField(null=True, editable=False)
    sent_at = models.DateTimeField(_("sent at"), null=True, blank=True)

    objects = PageQuerySet.as_manager()

    class Meta:
        verbose_name = _("page")
        verbose_name_plural = _("pages")
        indexes = [
            models.Index(
                fields=["due_at"],
                condition=Q(state__in=["pending", "leased"]),
                name="incidents_page_unsent",
            )
        ]

    def __str__(self) -> str:
        return f"{self.responder} ({self.contact_method.get_channel_display()})"


class PageAttempt(models.Model):
    """The receipt of one attempt. An attempt without one ended with its worker."""

    class Outcome(models.TextChoices):
        ACCEPTED = "accepted", _("accepted")
        REFUSED = "refused", _("refused")
        FAILED = "failed", _("failed")

    page = models.ForeignKey(Page, on_delete=models.CASCADE, related_name="receipts")
    number = models.PositiveIntegerField(_("attempt"))
    started_at = models.DateTimeField(_("started at"))
    ended_at = models.DateTimeField(_("ended at"))
    outcome = models.CharField(_("outcome"), max_length=10, choices=Outcome.choices)
    status_code = models.PositiveSmallIntegerField(_("status code"), null=True, blank=True)
    detail = models.CharField(_("detail"), max_length=500, blank=True)
    latency_ms = models.PositiveIntegerField(_("latency (ms)"))

    class Meta:
        verbose_name = _("page attempt")
        verbose_name_plural = _("page attempts")
        ordering = ["page", "number"]
        constraints = [
            models.UniqueConstraint(fields=["page", "number"], name="incidents_attempt_once")
        ]

    def __str__(self) -> str:
        return f"{self.page} #{self.number}: {self.get_outcome_display()}"
