"""Time travel over HTTP: the state of a stream, and what lies between two instants of it."""

from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from events import services
from events.errors import InstantRefused
from events.rules import instants
from events.rules.changes import Kind
from portal.shared.api.views import Endpoint
from portal.shared.errors import FieldError


class StreamStateSerializer(serializers.Serializer[Any]):
    """`value` is what the events add up to. When retention has dropped the beginning,
    `is_complete` is false and `first_version` is the first that the log still has."""

    stream = serializers.CharField()
    version = serializers.IntegerField()
    position = serializers.IntegerField(allow_null=True)
    recorded_at = serializers.DateTimeField(allow_null=True)
    first_version = serializers.IntegerField()
    is_complete = serializers.BooleanField()
    value = serializers.DictField()


class ChangeSerializer(serializers.Serializer[Any]):
    """`pointer` is a JSON pointer into the value."""

    pointer = serializers.CharField()
    kind = serializers.ChoiceField(choices=[kind.value for kind in Kind])
    before = serializers.JSONField(allow_null=True)
    after = serializers.JSONField(allow_null=True)


class EndSerializer(serializers.Serializer[Any]):
    version = serializers.IntegerField()
    recorded_at = serializers.DateTimeField(allow_null=True)
    is_complete = serializers.BooleanField()


class StreamDiffSerializer(serializers.Serializer[Any]):
    before = EndSerializer()
    after = EndSerializer()
    changes = ChangeSerializer(many=True)


INSTANT = "A version such as `12`, or a moment such as `2026-03-02T12:00:00Z`."


class StreamStateView(Endpoint):
    required_right = "events.view_event"

    @extend_schema(
        operation_id="events_stream_state",
        parameters=[
            OpenApiParameter("at", OpenApiTypes.DATETIME, description="As of this moment."),
            OpenApiParameter("version", OpenApiTypes.INT64, description="At this version."),
        ],
        responses=StreamStateSerializer,
    )
    def get(self, request: Request, stream: str) -> Response:
        """What the events of a stream add up to, now or at an instant.

        As of a moment means: up to the greatest version that was recorded by then.
        """
        at, version = request.query_params.get("at"), request.query_params.get("version")
        state = services.state(
            stream,
            at=_read("at", at) if at else None,
            version=_read("version", version) if version else None,
        )
        return Response(StreamStateSerializer(state).data)


class StreamDiffView(Endpoint):
    required_right = "events.view_event"

    @extend_schema(
        operation_id="events_stream_diff",
        parameters=[
            OpenApiParameter("from", str, required=True, description=INSTANT),
            OpenApiParameter("to", str, required=True, description=INSTANT),
        ],
        responses=StreamDiffSerializer,
    )
    def get(self, request: Request, stream: str) -> Response:
        """What changed in a stream between two instants, by JSON pointer."""
        since, until = (_read(name, request.query_params.get(name, "")) for name in ("from", "to"))
        return Response(StreamDiffSerializer(services.diff(stream, since, until)).data)


_READERS = {"at": instants.moment, "version": instants.version}


def _read(name: str, text: str) -> Any:
    try:
        return _READERS.get(name, instants.instant)(text)
    except InstantRefused as error:
        raise InstantRefused(error.detail, fields=[FieldError(f"/{name}", INSTANT)]) from error
