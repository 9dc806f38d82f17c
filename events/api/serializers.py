from drf_spectacular.utils import OpenApiExample
from rest_framework import serializers

from events.contracts.base import Priority
from events.models import Event


class EventSerializer(serializers.ModelSerializer[Event]):
    class Meta:
        model = Event
        fields = (
            "event_id",
            "event_type",
            "stream",
            "schema_version",
            "payload",
            "priority",
            "correlation_id",
            "causation_id",
            "actor",
            "occurred_at",
            "recorded_at",
        )


PUBLISHED = OpenApiExample(
    "A deployment",
    {
        "event_type": "deployments.release.finished",
        "payload": {"service": "checkout", "version": "4.2.0"},
        "stream": "deployments.checkout",
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


class PublishSerializer(serializers.Serializer[None]):
    event_type = serializers.CharField(max_length=120)
    payload = serializers.DictField()
    stream = serializers.CharField(max_length=200, required=False, default="")
    priority = serializers.ChoiceField(
        choices=[(p.value, p.name.lower()) for p in Priority], default=Priority.NORMAL
    )


class TakenSerializer(serializers.Serializer[None]):
    """`is_new` is false for an event that was in the log already."""

    source = serializers.CharField()  # type: ignore[assignment]  # the attribute's own name
    id = serializers.CharField()
    event_id = serializers.UUIDField()
    is_new = serializers.BooleanField()
