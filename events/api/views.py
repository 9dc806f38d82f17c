import json
from datetime import datetime
from typing import cast

from django.contrib.auth.models import User
from django_filters import rest_framework as filters
from drf_spectacular.utils import OpenApiExample, OpenApiResponse, extend_schema, extend_schema_view
from rest_framework import mixins
from rest_framework.request import Request
from rest_framework.response import Response

from events import bus
from events.api.parsers import CloudEventBatchParser, CloudEventParser
from events.api.serializers import (
    PUBLISHED,
    SHIPPED,
    EventSerializer,
    PublishSerializer,
    TakenSerializer,
)
from events.bus import Order
from events.models import Event
from events.rules import cloud_events
from events.rules.cloud_events import Foreign, Unreadable
from events.services.commands import PublishEvent, ReceiveEvents
from portal.shared import clock
from portal.shared.api.filters import MomentFilter
from portal.shared.api.idempotency import answer_once
from portal.shared.api.parsers import StrictJSONParser
from portal.shared.api.views import ReadOnlyViewSet


class EventFilter(filters.FilterSet):
    since = MomentFilter(field_name="occurred_at", lookup_expr="gte")

    class Meta:
        model = Event
        fields = ("event_type", "stream", "correlation_id", "since")


@extend_schema_view(retrieve=extend_schema(description="One event, by its uuid."))
class EventViewSet(mixins.CreateModelMixin, ReadOnlyViewSet):
    """The event log, newest first."""

    queryset = Event.objects.order_by("-id")
    serializer_class = EventSerializer
    filterset_class = EventFilter
    lookup_field = "event_id"
    parser_classes = (StrictJSONParser, CloudEventParser, CloudEventBatchParser)

    @extend_schema(
        request={
            "application/json": PublishSerializer,
            cloud_events.STRUCTURED: {"type": "object"},
            cloud_events.BATCH: {"type": "array", "items": {"type": "object"}},
        },
        responses={
            201: EventSerializer,
            202: OpenApiResponse(TakenSerializer(many=True), "CloudEvents, one answer each"),
        },
        examples=[
            PUBLISHED,
            OpenApiExample(
                "A CloudEvent", SHIPPED, media_type=cloud_events.STRUCTURED, request_only=True
            ),
            OpenApiExample("A batch", [SHIPPED], media_type=cloud_events.BATCH, request_only=True),
        ],
    )
    def create(self, request: Request) -> Response:
        """Publish an event of your own, or CloudEvents 1.0.

        A CloudEvent comes in structured form, in binary form (`ce-` headers) or as a batch,
        and is taken in once whatever its sender repeats. Types the portal declares are
        refused.
        """
        at = clock.now()
        if _is_cloud_event(request):
            return _receive(request, at=at)
        wanted = PublishSerializer(data=request.data)
        wanted.is_valid(raise_exception=True)

        def publish() -> Response:
            order = Order(at=at, issuer=cast("User", request.user))
            event_id = bus.execute(PublishEvent(**wanted.validated_data), order)
            event = Event.objects.get(event_id=event_id)
            return Response(EventSerializer(event).data, status=201)

        return answer_once(request, at=at, answer=publish)


def _is_cloud_event(request: Request) -> bool:
    kind = cloud_events.content_type_of({"content-type": request.content_type or ""})
    return kind in (cloud_events.STRUCTURED, cloud_events.BATCH) or cloud_events.is_binary(
        request.headers
    )


def _receive(request: Request, *, at: datetime) -> Response:
    order = Order(at=at, issuer=cast("User", request.user))
    return Response(bus.execute(ReceiveEvents(found=_read(request)), order), status=202)


def _read(request: Request) -> list[Foreign | Unreadable]:
    # The parser has refused what no database keeps; the codec wants the text again.
    body = json.dumps(request.data).encode()
    kind = cloud_events.content_type_of({"content-type": request.content_type or ""})
    try:
        if kind == cloud_events.BATCH:
            return cloud_events.read_batch(body)
        return [cloud_events.read(request.headers, body, is_http=True)]
    except Unreadable as error:
        return [error]
