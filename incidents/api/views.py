from collections.abc import Callable
from datetime import datetime
from typing import Any, ClassVar, cast

from django.contrib.auth.models import User
from django.db.models import QuerySet
from django_filters import rest_framework as filters
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import generics, serializers
from rest_framework.request import Request
from rest_framework.response import Response

from incidents import selectors, services
from incidents.api.serializers import (
    DeclareSerializer,
    IncidentSerializer,
    NoteSerializer,
    OnCallSerializer,
    PageSerializer,
    PolicySerializer,
    ResolveSerializer,
    ReviewSerializer,
    TimelineEntrySerializer,
)
from incidents.models import EscalationPolicy, Incident, Page, TimelineEntry
from portal.shared import clock
from portal.shared.api.idempotency import answer_once
from portal.shared.api.views import Endpoint
from portal.shared.errors import FieldError, InvalidInput

VIA = "API"


class IncidentFilter(filters.FilterSet):
    status = filters.ChoiceFilter(choices=Incident.Status.choices)
    severity = filters.ChoiceFilter(choices=Incident.Severity.choices)
    service = filters.CharFilter(field_name="services__slug", label="Slug of a service.")

    class Meta:
        model = Incident
        fields = ("status", "severity", "service")


class IncidentListView(generics.ListAPIView[Incident]):
    """Incidents, newest first."""

    queryset = selectors.all_incidents()
    serializer_class = IncidentSerializer
    filterset_class = IncidentFilter

    @extend_schema(request=DeclareSerializer, responses={201: IncidentSerializer})
    def post(self, request: Request) -> Response:
        """Declare an incident; its first responders are paged at once."""
        wanted = _validated(DeclareSerializer, request)

        def declare(at: datetime) -> Incident:
            return services.create_incident(**wanted, acting_user=_user(request), at=at, via=VIA)

        return _answer_incident(request, declare, status=201)


def _user(request: Request) -> User:
    return cast("User", request.user)


def _validated(serializer: type[serializers.Serializer[None]], request: Request) -> dict[str, Any]:
    wanted = serializer(data=request.data)
    wanted.is_valid(raise_exception=True)
    return cast("dict[str, Any]", wanted.validated_data)


def _answer_incident(
    request: Request, verb: Callable[[datetime], Incident], *, status: int = 200
) -> Response:
    """Runs the verb once for its idempotency key, and answers with the incident as it is then."""
    at = clock.now()

    def answer() -> Response:
        incident = selectors.get_incident(verb(at).reference)
        return Response(IncidentSerializer(incident).data, status=status)

    return answer_once(request, at=at, answer=answer)


class IncidentView(Endpoint):
    required_right = "incidents.view_incident"

    @extend_schema(responses=IncidentSerializer)
    def get(self, request: Request, incident: str) -> Response:
        """One incident, by reference (INC-12) or uuid."""
        return Response(IncidentSerializer(selectors.get_incident(incident)).data)


class IncidentVerb(Endpoint):
    required_right = "incidents.change_incident"


class AcknowledgeView(IncidentVerb):
    @extend_schema(request=None, responses=IncidentSerializer)
    def post(self, request: Request, incident: str) -> Response:
        """Take the incident on; nobody else is paged then."""
        found = selectors.get_incident(incident)

        def acknowledge(at: datetime) -> Incident:
            return services.acknowledge_incident(
                incident_id=found.pk, acting_user=_user(request), at=at, via=VIA
            )

        return _answer_incident(request, acknowledge)


class ResolveView(IncidentVerb):
    @extend_schema(request=ResolveSerializer, responses=IncidentSerializer)
    def post(self, request: Request, incident: str) -> Response:
        """End the incident; its review is drafted."""
        found = selectors.get_incident(incident)
        wanted = _validated(ResolveSerializer, request)

        def resolve(at: datetime) -> Incident:
            return services.resolve_incident(
                incident_id=found.pk, acting_user=_user(request), at=at, via=VIA, **wanted
            )

        return _answer_incident(request, resolve)


class NotesView(IncidentVerb):
    @extend_schema(request=NoteSerializer, responses={201: TimelineEntrySerializer})
    def post(self, request: Request, incident: str) -> Response:
        """Put a note on the timeline."""
        found = selectors.get_incident(incident)
        wanted = _validated(NoteSerializer, request)
        at = clock.now()

        def note() -> Response:
            entry = services.add_note(
                incident_id=found.pk, acting_user=_user(request), at=at, via=VIA, **wanted
            )
            return Response(TimelineEntrySerializer(entry).data, status=201)

        return answer_once(request, at=at, answer=note)


class OfOneIncident:
    """The right asked for is the incident's, whatever is listed of it."""

    kwargs: dict[str, Any]

    def of_incident(self) -> Incident:
        return selectors.get_incident(self.kwargs["incident"])


class TimelineView(OfOneIncident, generics.ListAPIView[TimelineEntry]):
    """What happened, oldest first."""

    queryset = TimelineEntry.objects.none()
    serializer_class = TimelineEntrySerializer
    required_right: ClassVar[str] = "incidents.view_incident"

    def get_queryset(self) -> QuerySet[TimelineEntry]:
        return self.of_incident().timeline.order_by("at", "id")


class PagesView(OfOneIncident, generics.ListAPIView[Page]):
    """Who was paged, over which channel, with the receipt of every attempt."""

    queryset = Page.objects.none()
    serializer_class = PageSerializer
    required_right: ClassVar[str] = "incidents.view_page"

    def get_queryset(self) -> QuerySet[Page]:
        return selectors.pages_with_receipts().filter(incident=self.of_incident())


class ReviewView(Endpoint):
    required_right = "incidents.view_review"

    @extend_schema(responses=ReviewSerializer)
    def get(self, request: Request, incident: str) -> Response:
        """What is learned from the incident; drafted when it is resolved."""
        review = selectors.get_review(selectors.get_incident(incident))
        return Response(ReviewSerializer(review).data)


class PoliciesView(generics.ListAPIView[EscalationPolicy]):
    """Who is paged for what, level after level."""

    queryset = (
        EscalationPolicy.objects.select_related("team")
        .prefetch_related("levels__targets__schedule", "levels__targets__user")
        .order_by("slug")
    )
    serializer_class = PolicySerializer


class OnCallView(Endpoint):
    required_right = "incidents.view_schedule"

    @extend_schema(
        responses=OnCallSerializer(many=True),
        parameters=[
            OpenApiParameter(
                name="at",
                type=OpenApiTypes.DATETIME,
                description="A moment with its offset; now when not given.",
            )
        ],
    )
    def get(self, request: Request) -> Response:
        """Who is on call, one row a schedule."""
        rows = selectors.on_call_now(at=_moment(request.query_params.get("at")))
        return Response([OnCallSerializer(row).data for row in rows])


def _moment(text: str | None) -> datetime:
    if not text:
        return clock.now()
    # A plus sign that was not percent-encoded arrives as a blank.
    try:
        moment = datetime.fromisoformat(text.strip().replace(" ", "+"))
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None or not 1970 <= moment.year <= 9000:
        raise InvalidInput(
            f"{text!r} is not a moment.",
            fields=[FieldError("/at", "Use the form 2026-03-02T12:00:00Z.")],
        )
    return moment
