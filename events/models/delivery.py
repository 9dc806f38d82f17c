from datetime import datetime
from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from events.contracts.base import Priority
from events.models.event import Event


class DeliveryQuerySet(models.QuerySet["Delivery"]):
    def due(self, at: datetime) -> Self:
        """Deliveries that may start now: the first of their key, and not in hand."""
        return self.filter(state=Delivery.State.PENDING, is_head=True, due_at__lte=at)

    def undelivered(self) -> Self:
        return self.filter(state__in=Delivery.UNDELIVERED)

    def parked(self) -> Self:
        return self.filter(state=Delivery.State.PARKED)

    def of_key(self, subscriber: str, sequence_key: str) -> Self:
        """What is undelivered of one key, in order: the first blocks the rest."""
        return (
            self.undelivered()
            .filter(subscriber=subscriber, sequence_key=sequence_key)
            .order_by("id")
        )


class Delivery(models.Model):
    """One event on its way to one subscriber; afterwards the proof that it was there."""

    class State(models.TextChoices):
        PENDING = "pending", _("pending")
        DELIVERED = "delivered", _("delivered")
        PARKED = "parked", _("parked")
        DISCARDED = "discarded", _("discarded")

    UNDELIVERED = (State.PENDING, State.PARKED)

    # Without a constraint: a partition of events is dropped, not deleted row by row.
    event = models.ForeignKey(
        Event, on_delete=models.DO_NOTHING, db_constraint=False, related_name="deliveries"
    )
    position = models.BigIntegerField(_("position"), null=True)
    recorded_at = models.DateTimeField(_("recorded at"))
    subscriber = models.CharField(_("subscriber"), max_length=120)
    sequence_key = models.CharField(_("sequence key"), max_length=200)
    lane = models.PositiveSmallIntegerField(
        _("lane"),
        choices=[(p.value, p.name.lower()) for p in Priority],
        default=Priority.NORMAL,
    )
    # The first undelivered of its key; what stands behind it waits.
    is_head = models.BooleanField(_("first of its key"), default=True)
    state = models.CharField(
        _("state"), max_length=10, choices=State.choices, default=State.PENDING
    )
    attempts = models.PositiveIntegerField(_("attempts"), default=0)
    # When it may start. While it is in hand: when another may take it over.
    due_at = models.DateTimeField(_("due at"))
    lease_token = models.UUIDField(null=True, editable=False)
    delivered_at = models.DateTimeField(_("delivered at"), null=True, blank=True)
    parked_at = models.DateTimeField(_("parked at"), null=True, blank=True)
    # The last failure in a line, and where in the code it happened.
    reason = models.CharField(_("reason"), max_length=500, blank=True)
    last_error = models.TextField(_("last error"), blank=True)
    # Given to the subscriber instead of the event's, which never changes.
    edited_payload = models.JSONField(_("edited payload"), null=True, blank=True)

    objects = DeliveryQuerySet.as_manager()

    class Meta:
        verbose_name = _("delivery")
        verbose_name_plural = _("deliveries")
        constraints = [
            models.UniqueConstraint(
                fields=["event", "subscriber"],
                name="events_delivery_once_a_subscriber",
            )
        ]
        indexes = [
            models.Index(
                fields=["lane", "due_at"],
                condition=Q(state="pending", is_head=True),
                name="events_delivery_due",
            ),
            models.Index(
                fields=["subscriber", "sequence_key", "id"],
                condition=Q(state__in=["pending", "parked"]),
                name="events_delivery_undelivered",
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.position} → {self.subscriber}"


class DeadLetter(Delivery):
    """A delivery that was given up, for somebody to decide about."""

    class Meta:
        proxy = True
        verbose_name = _("dead letter")
        verbose_name_plural = _("dead letters")
