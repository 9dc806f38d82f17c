from datetime import datetime
from typing import Any

from django.utils.timezone import is_naive
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiExample
from rest_framework import serializers

from events.contracts.base import Priority
from events.contracts.draft import Draft
from events.models import Event
from events.selectors import Tail, TypesSeen

LARGEST_POSITION = 2**63 - 1


class EventSerializer(serializers.ModelSerializer[Event]):
    class Meta:
        model = Event
        fields = (
            "event_id",
            "position",
            "event_type",
            "stream",
            "stream_version",
            "schema_version",
            "payload",
            "priority",
            "retention_class",
            "correlation_id",
            "causation_id",
            "actor",
            "traceparent",
            "occurred_at",
            "recorded_at",
        )


PUBLISHED = OpenApiExample(
    "A deployment",
    {
        "event_type": "deployments.release.finished",
        "payload": {"service": "checkout", "version": "4.2.0"},
        "stream": "deployments.checkout",
        "expected_version": 0,
        "retention_class": "audit",
        "schema_version": 1,
        "correlation_id": "01a208fb-5805-75a3-aefd-65eb8a4935e1",
        "causation_id": "01a208fb-5805-75a3-aefd-65eb8a4935e1",
        "occurred_at": "2026-03-02T12:00:00Z",
    },
    media_type="application/json",
    request_only=True,
)
SHIPPED = {
    "specversion": "1.0",
    "id": "7",
    "source": "https://shop.example",
    "type": "com.example.order.shipped",
    "subject": "order-7",
    "time": "2026-03-02T12:00:00Z",
    "data": {"order": 7},
}


class MomentField(serializers.DateTimeField):
    default_error_messages = {"naive": _("Say the offset from UTC, as in 2026-03-02T12:00:00Z.")}

    def enforce_timezone(self, value: datetime) -> datetime:
        if is_naive(value):
            self.fail("naive")
        return super().enforce_timezone(value)


class PublishSerializer(serializers.Serializer[None]):
    event_type = serializers.CharField(max_length=120)
    payload = serializers.DictField()
    stream = serializers.CharField(max_length=200, required=False, default="")
    priority = serializers.ChoiceField(
        choices=[(p.value, p.name.lower()) for p in Priority], default=Priority.NORMAL
    )
    expected_version = serializers.IntegerField(
        min_value=0,
        max_value=LARGEST_POSITION,
        required=False,
        allow_null=True,
        help_text="Of the stream before this event; 0 for one that must not exist yet.",
    )
    retention_class = serializers.CharField(
        max_length=40, required=False, help_text="How long the event is kept."
    )
    schema_version = serializers.IntegerField(min_value=1, max_value=32767, default=1)
    correlation_id = serializers.UUIDField(
        required=False, allow_null=True, help_text="The event's own id if left out."
    )
    causation_id = serializers.UUIDField(required=False, allow_null=True)
    occurred_at = MomentField(
        required=False, help_text="Now if left out; at most five minutes from now."
    )

    def draft(self, *, actor: str, at: datetime, traceparent: str = "") -> Draft:
        """This will return what was sent as an event to be written."""
        said: dict[str, Any] = {"occurred_at": at, **self.validated_data}
        said.pop("expected_version", None)
        said["priority"] = Priority(said["priority"])
        return Draft(**said, actor=actor, traceparent=traceparent)

    @property
    def expected(self) -> int | None:
        version: int | None = self.validated_data.get("expected_version")
        return version


class TakenSerializer(serializers.Serializer[None]):
    """`is_new` is false for an event that was in the log already."""

    source = serializers.CharField()  # type: ignore[assignment]  # the attribute's own name
    id = serializers.CharField()
    event_id = serializers.UUIDField()
    is_new = serializers.BooleanField()


class TailQuerySerializer(serializers.Serializer[None]):
    after = serializers.IntegerField(
        min_value=0,
        max_value=LARGEST_POSITION,
        default=0,
        help_text="The `next_after` of the last answer; 0 for the beginning.",
    )
    limit = serializers.IntegerField(
        min_value=1, max_value=1000, default=500, help_text="How many positions are looked at."
    )
    event_type = serializers.CharField(
        max_length=120, default="*", help_text="A type, or a pattern as in `slo.*`."
    )


class TailSerializer(serializers.Serializer[Tail]):
    events = EventSerializer(many=True)
    next_after = serializers.IntegerField(help_text="Where the next question goes on.")
    head = serializers.IntegerField(help_text="The last position of the log.")
    dropped = serializers.IntegerField(
        help_text="Positions up to `next_after` that retention has taken."
    )


class TypesQuerySerializer(serializers.Serializer[None]):
    declared = serializers.BooleanField(
        required=False,
        allow_null=True,
        default=None,
        help_text="Only those with a contract, or only those without.",
    )


class EventTypeSerializer(serializers.Serializer[None]):
    event_type = serializers.CharField()
    is_declared = serializers.BooleanField()
    declared_version = serializers.IntegerField(allow_null=True)
    schema_versions = serializers.ListField(
        child=serializers.IntegerField(), help_text="Of the newest hundred events."
    )
    count = serializers.IntegerField(help_text="Up to ten thousand.")
    is_count_exact = serializers.BooleanField()
    first_seen = serializers.DateTimeField(allow_null=True)
    last_seen = serializers.DateTimeField(allow_null=True)
    last_actor = serializers.CharField(help_text="Who the newest event is by.")


class TypesSeenSerializer(serializers.Serializer[TypesSeen]):
    types = EventTypeSerializer(many=True)
    is_complete = serializers.BooleanField(
        help_text="False when the log holds more than 500 undeclared types."
    )
