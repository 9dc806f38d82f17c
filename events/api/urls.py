from django.urls import path

from events.api.streams import StreamDiffView, StreamStateView
from events.api.views import EventViewSet

urlpatterns = [
    path("events", EventViewSet.as_view({"get": "list", "post": "create"}), name="events"),
    path(
        "events/<uuid:event_id>",
        EventViewSet.as_view({"get": "retrieve"}),
        name="event",
    ),
    path("events/streams/<path:stream>/state", StreamStateView.as_view(), name="stream-state"),
    path("events/streams/<path:stream>/diff", StreamDiffView.as_view(), name="stream-diff"),
]
