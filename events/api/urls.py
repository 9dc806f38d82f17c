from django.urls import path

from events.api.views import EventViewSet, LogTailView

urlpatterns = [
    path("events", EventViewSet.as_view({"get": "list", "post": "create"}), name="events"),
    path("events/log", LogTailView.as_view(), name="event-log"),
    path(
        "events/<uuid:event_id>",
        EventViewSet.as_view({"get": "retrieve"}),
        name="event",
    ),
]
