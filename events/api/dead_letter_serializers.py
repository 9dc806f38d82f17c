"""What dead letters and refused arrivals look like in JSON, and what can be asked about them."""

from drf_spectacular.utils import (
    OpenApiExample,
    extend_schema_field,
    extend_schema_serializer,
)
from rest_framework import serializers

from events.models import Delivery, Intervention, RefusedArrival
from events.selectors import behind


class ChosenSerializer(serializers.Serializer[None]):
    """A choice among the dead letters; what is left out does not narrow it."""

    subscriber = serializers.CharField(max_length=120, required=False, default="")
    event_type = serializers.CharField(max_length=120, required=False, default="")
    reason = serializers.CharField(max_length=200, required=False, default="")
    since = serializers.DateTimeField(required=False, default=None, allow_null=True)
    until = serializers.DateTimeField(required=False, default=None, allow_null=True)


class InterventionSerializer(serializers.ModelSerializer[Intervention]):
    class Meta:
        model = Intervention
        fields = ("action", "acting_user", "note", "at", "payload_before", "payload_after")


class DeadLetterSerializer(serializers.ModelSerializer[Delivery]):
    event_id = serializers.UUIDField(source="event.event_id")
    event_type = serializers.CharField(source="event.event_type")
    payload = serializers.SerializerMethodField()
    behind = serializers.SerializerMethodField()
    interventions = InterventionSerializer(many=True)

    class Meta:
        model = Delivery
        fields = (
            "id",
            "subscriber",
            "sequence_key",
            "position",
            "event_id",
            "event_type",
            "payload",
            "attempts",
            "parked_at",
            "reason",
            "last_error",
            "behind",
            "interventions",
        )

    @extend_schema_field(serializers.DictField())
    def get_payload(self, letter: Delivery) -> dict[str, object]:
        edited: dict[str, object] | None = letter.edited_payload
        return letter.event.payload if edited is None else edited

    def get_behind(self, letter: Delivery) -> int:
        return behind(letter.subscriber, letter.sequence_key)


@extend_schema_serializer(
    examples=[
        OpenApiExample(
            "A mended payload",
            {"payload": {"order": 7, "price": 9.5}, "note": "The price was missing."},
            request_only=True,
        )
    ]
)
class RedriveSerializer(serializers.Serializer[None]):
    """`payload` is given to the subscriber instead of the event's; `note` must then say why."""

    payload = serializers.DictField(required=False, default=None, allow_null=True)
    note = serializers.CharField(max_length=2_000, required=False, default="", allow_blank=True)


@extend_schema_serializer(
    examples=[OpenApiExample("A reason", {"note": "The order was cancelled."}, request_only=True)]
)
class DiscardSerializer(serializers.Serializer[None]):
    note = serializers.CharField(max_length=2_000)


@extend_schema_serializer(
    examples=[
        OpenApiExample(
            "How many are meant", {"subscriber": "incidents.open_incident"}, request_only=True
        ),
        OpenApiExample(
            "All of them, ten a second",
            {"subscriber": "incidents.open_incident", "rate_per_second": 10, "confirm": 12},
            request_only=True,
        ),
    ]
)
class RedriveManySerializer(ChosenSerializer):
    """Without `confirm` nothing happens; `confirm` is the number of letters that were seen."""

    rate_per_second = serializers.FloatField(required=False, default=None, allow_null=True)
    confirm = serializers.IntegerField(required=False, default=None, allow_null=True, min_value=0)
    note = serializers.CharField(max_length=2_000, required=False, default="", allow_blank=True)


class RedrivenSerializer(serializers.Serializer[None]):
    """`result` is the delivery, or how many were let out; the rest answers a dry run."""

    result = serializers.JSONField()
    letters = serializers.IntegerField(required=False)
    behind = serializers.IntegerField(required=False)


class RefusedArrivalSerializer(serializers.ModelSerializer[RefusedArrival]):
    """`body` is the message as text; bytes that are none are written as `\\xff`."""

    body = serializers.SerializerMethodField()

    class Meta:
        model = RefusedArrival
        fields = (
            "id",
            "channel",
            "place",
            "headers",
            "body",
            "reason",
            "state",
            "arrived_at",
            "settled_at",
            "settled_by",
        )

    def get_body(self, arrival: RefusedArrival) -> str:
        return bytes(arrival.body).decode(errors="backslashreplace")


@extend_schema_serializer(
    examples=[OpenApiExample("A mended body", {"body": '{"order": 7}'}, request_only=True)]
)
class TakeInSerializer(serializers.Serializer[None]):
    body = serializers.CharField(
        max_length=1_000_000,
        required=False,
        default=None,
        allow_null=True,
        trim_whitespace=False,
    )
