from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import mixins
from rest_framework.request import Request
from rest_framework.response import Response

from events import services
from events.api.serializers import EventSerializer, PublishSerializer
from events.models import Event
from portal.shared import clock
from portal.shared.api.filters import MomentFilter
from portal.shared.api.idempotency import answer_once
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

    @extend_schema(request=PublishSerializer, responses={201: EventSerializer})
    def create(self, request: Request) -> Response:
        """Publish an event of your own. Types the portal declares are refused."""
        wanted = PublishSerializer(data=request.data)
        wanted.is_valid(raise_exception=True)
        at = clock.now()

        def publish() -> Response:
            event = services.publish(
                **wanted.validated_data, actor=request.user.get_username(), at=at
            )
            return Response(EventSerializer(event).data, status=201)

        return answer_once(request, at=at, answer=publish)
