from django.urls import path

from events.api import webhooks
from events.api.dead_letters import DeadLetterViewSet, RedriveMany, RefusedArrivalViewSet
from events.api.projections import Projections, Rebuild
from events.api.replay import Replay
from events.api.streams import StreamDiffView, StreamStateView
from events.api.views import AsyncApiView, EventTypesView, EventViewSet, LogTailView

urlpatterns = [
    *webhooks.urlpatterns,
    path("events", EventViewSet.as_view({"get": "list", "post": "create"}), name="events"),
    path("asyncapi", AsyncApiView.as_view(), name="asyncapi"),
    path("events/types", EventTypesView.as_view(), name="event-types"),
    path("events/log", LogTailView.as_view(), name="event-log"),
    path(
        "events/<uuid:event_id>",
        EventViewSet.as_view({"get": "retrieve"}),
        name="event",
    ),
    path("events/projections", Projections.as_view(), name="events-projections"),
    path(
        "events/projections/<str:name>/rebuild",
        Rebuild.as_view(),
        name="events-projection-rebuild",
    ),
    path("events/replay", Replay.as_view(), name="events-replay"),
    path("events/dead-letters", DeadLetterViewSet.as_view({"get": "list"}), name="dead-letters"),
    path("events/dead-letters/redrive", RedriveMany.as_view(), name="dead-letters-redrive"),
    path(
        "events/dead-letters/<int:pk>",
        DeadLetterViewSet.as_view({"get": "retrieve"}),
        name="dead-letter",
    ),
    path(
        "events/dead-letters/<int:pk>/redrive",
        DeadLetterViewSet.as_view({"post": "redrive"}),
        name="dead-letter-redrive",
    ),
    path(
        "events/dead-letters/<int:pk>/discard",
        DeadLetterViewSet.as_view({"post": "discard"}),
        name="dead-letter-discard",
    ),
    path(
        "events/refused-arrivals",
        RefusedArrivalViewSet.as_view({"get": "list"}),
        name="refused-arrivals",
    ),
    path(
        "events/refused-arrivals/<int:pk>",
        RefusedArrivalViewSet.as_view({"get": "retrieve"}),
        name="refused-arrival",
    ),
    path(
        "events/refused-arrivals/<int:pk>/take-in",
        RefusedArrivalViewSet.as_view({"post": "take_in"}),
        name="refused-arrival-take-in",
    ),
    path(
        "events/refused-arrivals/<int:pk>/discard",
        RefusedArrivalViewSet.as_view({"post": "discard"}),
        name="refused-arrival-discard",
    ),
    path("events/streams/<path:stream>/state", StreamStateView.as_view(), name="stream-state"),
    path("events/streams/<path:stream>/diff", StreamDiffView.as_view(), name="stream-diff"),
]
