"""Replay over HTTP: dry unless a count is confirmed."""

from typing import cast

from django.contrib.auth.models import User
from drf_spectacular.utils import OpenApiExample, extend_schema, extend_schema_serializer
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from events import bus
from events.bus import Order
from events.rules.replays import Choice
from events.services.commands import ReplayEvents
from events.services.replaying import LIMIT
from portal.shared import clock
from portal.shared.api.idempotency import HEADER
from portal.shared.api.views import Endpoint


@extend_schema_serializer(
    examples=[
        OpenApiExample(
            "What would happen", {"event_type": "incidents.incident.*"}, request_only=True
        )
    ]
)
class ReplaySerializer(serializers.Serializer[None]):
    """`confirm` is the number of deliveries that a dry run counted; `keep` needs it."""

    event_type = serializers.CharField(max_length=120, default="", allow_blank=True)
    stream = serializers.CharField(max_length=200, default="", allow_blank=True)
    since = serializers.DateTimeField(default=None, allow_null=True)
    until = serializers.DateTimeField(default=None, allow_null=True)
    from_position = serializers.IntegerField(default=None, allow_null=True, min_value=1)
    to_position = serializers.IntegerField(default=None, allow_null=True, min_value=0)
    subscriber = serializers.CharField(max_length=120, default="", allow_blank=True)
    keep = serializers.BooleanField(default=False)
    confirm = serializers.IntegerField(default=None, allow_null=True, min_value=0)
    effects = serializers.ListField(child=serializers.CharField(max_length=40), default=list)
    limit = serializers.IntegerField(default=LIMIT, min_value=1, max_value=LIMIT)


class AttemptSerializer(serializers.Serializer[None]):
    position = serializers.IntegerField()
    event_type = serializers.CharField()
    subscriber = serializers.CharField()
    outcome = serializers.ChoiceField(choices=["done", "failed", "blocked"])
    error = serializers.CharField()
    writes = serializers.DictField(child=serializers.IntegerField())
    effects = serializers.ListField(child=serializers.CharField())


class ReplayedSerializer(serializers.Serializer[None]):
    """What the handlers did, or would have done when nothing was kept."""

    kept = serializers.BooleanField()
    events = serializers.IntegerField()
    deliveries = serializers.IntegerField()
    done = serializers.IntegerField()
    failed = serializers.IntegerField()
    blocked = serializers.IntegerField()
    first_position = serializers.IntegerField()
    last_position = serializers.IntegerField()
    next_position = serializers.IntegerField(allow_null=True)
    writes = serializers.DictField(child=serializers.IntegerField())
    effects = serializers.DictField(child=serializers.IntegerField())
    announced = serializers.DictField(child=serializers.IntegerField())
    attempts = AttemptSerializer(many=True)
    troubles = AttemptSerializer(many=True)


class Replay(Endpoint):
    required_right = "events.replay_event"

    @extend_schema(
        operation_id="events_replay", request=ReplaySerializer, responses=ReplayedSerializer
    )
    def post(self, request: Request) -> Response:
        """Give events to their handlers again: without `keep`, only to tell what would happen."""
        wanted = ReplaySerializer(data=request.data)
        wanted.is_valid(raise_exception=True)
        answers = dict(wanted.validated_data)
        how = {name: answers.pop(name) for name in ("subscriber", "keep", "limit")}
        command = ReplayEvents(
            **how,
            confirmed=answers.pop("confirm"),
            effects=tuple(answers.pop("effects")),
            choice=Choice(**answers),
        )
        order = Order(
            at=clock.now(),
            issuer=cast("User", request.user),
            idempotency_key=request.headers.get(HEADER, ""),
        )
        return Response(bus.execute(command, order))
