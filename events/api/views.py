import json
from datetime import datetime
from typing import cast

from django.contrib.auth.models import User
from django.core.validators import RegexValidator
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from django_filters import rest_framework as filters
from drf_spectacular.utils import (
    OpenApiExample,
    OpenApiParameter,
    OpenApiResponse,
    extend_schema,
    extend_schema_view,
)
from rest_framework import mixins
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from events import bus, selectors
from events.api.parsers import CloudEventBatchParser, CloudEventParser
from events.api.renderers import AsyncApiYaml
from events.api.serializers import (
    PUBLISHED,
    SHIPPED,
    EventSerializer,
    PublishSerializer,
    TailQuerySerializer,
    TailSerializer,
    TakenSerializer,
    TypesQuerySerializer,
    TypesSeenSerializer,
)
from events.bus import Order
from events.models import Event
from events.rules import cloud_events, trace_context
from events.rules.cloud_events import Foreign, Unreadable
from events.services.commands import PublishEvent, ReceiveEvents
from portal.shared import clock
from portal.shared.api.filters import MomentFilter
from portal.shared.api.idempotency import answer_once
from portal.shared.api.parsers import StrictJSONParser
from portal.shared.api.views import Endpoint, ReadOnlyViewSet


class EventFilter(filters.FilterSet):
    event_type = filters.CharFilter(
        method="of_type",
        validators=[RegexValidator(r"^[^*]*\*?$", _("A `*` stands at the end and nowhere else."))],
        help_text="A type, or how it begins as in `slo.*`.",
    )
    since = MomentFilter(field_name="occurred_at", lookup_expr="gte")
    until = MomentFilter(field_name="occurred_at", lookup_expr="lt", help_text="Not included.")

    class Meta:
        model = Event
        fields = ("event_type", "stream", "correlation_id", "since", "until")

    def of_type(self, events: QuerySet[Event], _name: str, pattern: str) -> QuerySet[Event]:
        return selectors.of_type(events, pattern)


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
        refused. The trace of the request (`traceparent`) becomes that of the event.
        """
        at = clock.now()
        if _is_cloud_event(request):
            return _receive(request, at=at)
        wanted = PublishSerializer(data=request.data)
        wanted.is_valid(raise_exception=True)

        def publish() -> Response:
            draft = wanted.draft(
                actor=request.user.get_username(), at=at, traceparent=_traceparent(request)
            )
            order = Order(
                at=at,
                issuer=cast("User", request.user),
                expected_version=wanted.expected,
            )
            event_id = bus.execute(PublishEvent(draft=draft), order)
            event = Event.objects.get(event_id=event_id)
            return Response(EventSerializer(event).data, status=201)

        return answer_once(request, at=at, answer=publish)


class LogTailView(Endpoint):
    required_right = "events.view_event"

    @extend_schema(parameters=[TailQuerySerializer], responses=TailSerializer)
    def get(self, request: Request) -> Response:
        """The log in its order, for those who follow it.

        Positions are contiguous and come into sight in their order, so who asks again with
        `next_after` misses nothing and sees nothing twice. Keep the number with what you
        made of the events. A pattern leaves events out, not positions.
        """
        wanted = TailQuerySerializer(data=request.query_params)
        wanted.is_valid(raise_exception=True)
        query = wanted.validated_data
        found = selectors.tail(
            after=query["after"], limit=query["limit"], pattern=query["event_type"]
        )
        return Response(TailSerializer(found).data)


class EventTypesView(Endpoint):
    required_right = "events.view_event"

    @extend_schema(parameters=[TypesQuerySerializer], responses=TypesSeenSerializer)
    def get(self, request: Request) -> Response:
        """The types of events: those that the portal declares, and those seen in the log."""
        wanted = TypesQuerySerializer(data=request.query_params)
        wanted.is_valid(raise_exception=True)
        found = selectors.event_types(declared=wanted.validated_data["declared"])
        return Response(TypesSeenSerializer(found).data)


class AsyncApiView(Endpoint):
    renderer_classes = (JSONRenderer, AsyncApiYaml)

    @extend_schema(
        tags=["events"],
        parameters=[
            OpenApiParameter("format", enum=["json", "yaml"], description="JSON if left out.")
        ],
        responses={
            (200, media_type): {"type": "object", "required": ["asyncapi"]}
            for media_type in (JSONRenderer.media_type, AsyncApiYaml.media_type)
        },
    )
    def get(self, request: Request) -> Response:
        """The events of the portal as an AsyncAPI 3 document.

        Servers, channels and messages with the JSON Schema of each payload. Who may see
        events is also told which types came and are declared nowhere.
        """
        may_see = request.user.has_perm("events.view_event")
        return Response(selectors.async_api_document(with_traffic=may_see))


def _traceparent(request: Request) -> str:
    return trace_context.traceparent_in(request.headers.get("traceparent", ""))


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
