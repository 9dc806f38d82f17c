from django.urls import path

from events.api.dead_letters import DeadLetterViewSet, RedriveMany, RefusedArrivalViewSet
from events.api.projections import Projections, Rebuild
from events.api.replay import Replay
from events.api.views import EventViewSet

urlpatterns = [
    path("events", EventViewSet.as_view({"get": "list", "post": "create"}), name="events"),
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
]
