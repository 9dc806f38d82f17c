from drf_spectacular.utils import OpenApiExample, extend_schema_serializer
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


@extend_schema_serializer(
    examples=[
        OpenApiExample(
            "A deployment",
            {
                "event_type": "deployments.release.finished",
                "payload": {"service": "checkout", "version": "4.2.0"},
                "stream": "deployments.checkout",
            },
            request_only=True,
        )
    ]
)
class PublishSerializer(serializers.Serializer[None]):
    event_type = serializers.CharField(max_length=120)
    payload = serializers.DictField()
    stream = serializers.CharField(max_length=200, required=False, default="")
    priority = serializers.ChoiceField(
        choices=[(p.value, p.name.lower()) for p in Priority], default=Priority.NORMAL
    )
