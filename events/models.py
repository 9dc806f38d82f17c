import uuid
from datetime import datetime
from typing import Self

from django.db import models
from django.db.models import Exists, Min, OuterRef, Q
from django.utils.translation import gettext_lazy as _
from uuid_utils.compat import uuid7

from events.contracts.base import Priority


def new_event_id() -> uuid.UUID:
    return uuid7()


class Event(models.Model):
    """A fact that was committed together with what it tells of. Never changed."""

    event_id = models.UUIDField(_("event id"), default=new_event_id, unique=True)
    # Contiguous in commit order; given by the sequencer, never by the writer.
    position = models.BigIntegerField(_("position"), null=True, unique=True)
    stream = models.CharField(_("stream"), max_length=200)
    event_type = models.CharField(_("type"), max_length=120)
    schema_version = models.PositiveSmallIntegerField(_("schema version"), default=1)
    payload = models.JSONField(_("payload"))
    priority = models.PositiveSmallIntegerField(
        _("priority"), choices=[(p.value, p.name.lower()) for p in Priority]
    )
    correlation_id = models.UUIDField(_("correlation id"), db_index=True)
    causation_id = models.UUIDField(_("causation id"), null=True, blank=True)
    actor = models.CharField(_("actor"), max_length=150, blank=True)
    traceparent = models.CharField(_("traceparent"), max_length=55, blank=True)
    occurred_at = models.DateTimeField(_("occurred at"))
    recorded_at = models.DateTimeField(_("recorded at"))

    class Meta:
        verbose_name = _("event")
        verbose_name_plural = _("events")
        indexes = [
            models.Index(fields=["stream", "id"], name="events_event_by_stream"),
            models.Index(fields=["event_type", "id"], name="events_event_by_type"),
        ]

    def __str__(self) -> str:
        return f"{self.event_type} #{self.pk}"


class DeliveryQuerySet(models.QuerySet["Delivery"]):
    def due(self, at: datetime) -> Self:
        """Deliveries that may start now and have nothing undelivered before them.

        Order is kept within a subscriber and sequence key: what is behind an undelivered
        or parked delivery of the same key waits.
        """
        # One pass over the index of what is undelivered. Asking each row whether one comes
        # before it took half a second for a backlog of 20,000, at every look.
        firsts = (
            Delivery.objects.exclude(state=Delivery.State.DELIVERED)
            .order_by()
            .values("subscriber", "sequence_key")
            .annotate(first=Min("pk"))
            .values("first")
        )
        return self._startable(at).filter(pk__in=firsts)

    def still_due(self, at: datetime) -> Self:
        """The same rows as `due`, cheap for one that is named and dear for all."""
        before = Delivery.objects.filter(
            subscriber=OuterRef("subscriber"),
            sequence_key=OuterRef("sequence_key"),
            pk__lt=OuterRef("pk"),
        ).exclude(state=Delivery.State.DELIVERED)
        return self._startable(at).filter(~Exists(before))

    def after(self, delivery: "Delivery") -> Self:
        """What waits behind the delivery, in order."""
        return (
            self.filter(
                subscriber=delivery.subscriber,
                sequence_key=delivery.sequence_key,
                pk__gt=delivery.pk,
            )
            .exclude(state=Delivery.State.DELIVERED)
            .order_by("pk")
        )

    def _startable(self, at: datetime) -> Self:
        return self.filter(
            Q(lease_until=None) | Q(lease_until__lt=at),
            state=Delivery.State.PENDING,
            due_at__lte=at,
        )


class Delivery(models.Model):
    """One event on its way to one subscriber."""

    class State(models.TextChoices):
        PENDING = "pending", _("pending")
        DELIVERED = "delivered", _("delivered")
        PARKED = "parked", _("parked")

    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="deliveries")
    subscriber = models.CharField(_("subscriber"), max_length=120)
    sequence_key = models.CharField(_("sequence key"), max_length=200)
    state = models.CharField(
        _("state"), max_length=10, choices=State.choices, default=State.PENDING
    )
    attempts = models.PositiveIntegerField(_("attempts"), default=0)
    due_at = models.DateTimeField(_("due at"))
    lease_until = models.DateTimeField(_("lease until"), null=True, blank=True)
    lease_token = models.UUIDField(null=True, editable=False)
    delivered_at = models.DateTimeField(_("delivered at"), null=True, blank=True)
    last_error = models.TextField(_("last error"), blank=True)

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
                fields=["due_at"],
                condition=Q(state="pending"),
                name="events_delivery_pending",
            ),
            models.Index(
                fields=["subscriber", "sequence_key", "id"],
                condition=~Q(state="delivered"),
                name="events_delivery_undelivered",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.event} → {self.subscriber}"
