import uuid
from datetime import date
from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from uuid_utils.compat import uuid7

from events.contracts.base import Priority
from events.contracts.recorded import RecordedEvent
from events.rules.seals import bounds


def new_event_id() -> uuid.UUID:
    return uuid7()


class EventQuerySet(models.QuerySet["Event"]):
    def of_day(self, retention_class: str, day: date) -> Self:
        """Events of one class that were recorded on the day, in UTC: one partition."""
        begin, until = bounds(day)
        return self.filter(
            retention_class=retention_class, recorded_at__gte=begin, recorded_at__lt=until
        )


class Event(models.Model):
    """A fact that was committed together with what it tells of. Never changed.

    On PostgreSQL the table is partitioned by retention class, then by the day of
    `recorded_at` (`events/storage/postgresql.py`), so nothing can be unique across it: ids
    and event ids are so by how they are made, positions because one sequencer gives them.
    """

    event_id = models.UUIDField(_("event id"), default=new_event_id, db_index=True)
    # Contiguous in commit order; given by the sequencer, never by the writer.
    position = models.BigIntegerField(_("position"), null=True, db_index=True)
    stream = models.CharField(_("stream"), max_length=200)
    stream_version = models.BigIntegerField(_("stream version"), null=True)
    event_type = models.CharField(_("type"), max_length=120)
    schema_version = models.PositiveSmallIntegerField(_("schema version"), default=1)
    payload = models.JSONField(_("payload"))
    priority = models.PositiveSmallIntegerField(
        _("priority"), choices=[(p.value, p.name.lower()) for p in Priority]
    )
    retention_class = models.CharField(_("retention class"), max_length=40, default="system")
    correlation_id = models.UUIDField(_("correlation id"), db_index=True)
    causation_id = models.UUIDField(_("causation id"), null=True, blank=True)
    actor = models.CharField(_("actor"), max_length=150, blank=True)
    traceparent = models.CharField(_("traceparent"), max_length=55, blank=True)
    occurred_at = models.DateTimeField(_("occurred at"))
    recorded_at = models.DateTimeField(_("recorded at"))
    # Given with the position: whoever changes the row without the key cannot make it again.
    authentication_tag = models.BinaryField(_("authentication tag"), null=True, editable=False)
    # Which transaction wrote the row. The number alone starts again after a restore.
    transaction_id = models.BigIntegerField(null=True, editable=False)
    transaction_began = models.DateTimeField(null=True, editable=False)

    objects = EventQuerySet.as_manager()

    class Meta:
        verbose_name = _("event")
        verbose_name_plural = _("events")
        permissions = [("replay_event", _("Can replay events"))]
        indexes = [
            models.Index(fields=["stream", "id"], name="events_event_by_stream"),
            models.Index(fields=["event_type", "id"], name="events_event_by_type"),
            models.Index(
                fields=["id", "transaction_id"],
                condition=Q(position=None),
                name="events_event_unsequenced",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.event_type} #{self.position or self.event_id}"

    @property
    def tag(self) -> bytes | None:
        """This will return the authentication tag as bytes, whatever the driver made of it."""
        return None if self.authentication_tag is None else bytes(self.authentication_tag)

    def recorded(self) -> RecordedEvent:
        """This will return the event apart from its row."""
        return RecordedEvent(
            event_id=self.event_id,
            position=self.position,
            stream=self.stream,
            stream_version=self.stream_version,
            event_type=self.event_type,
            schema_version=self.schema_version,
            payload=self.payload,
            priority=self.priority,
            retention_class=self.retention_class,
            correlation_id=self.correlation_id,
            causation_id=self.causation_id,
            actor=self.actor,
            traceparent=self.traceparent,
            occurred_at=self.occurred_at,
            recorded_at=self.recorded_at,
        )
