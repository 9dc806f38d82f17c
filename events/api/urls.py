from django.urls import path

from events.api.views import AsyncApiView, EventTypesView, EventViewSet, LogTailView

urlpatterns = [
    path("events", EventViewSet.as_view({"get": "list", "post": "create"}), name="events"),
    path("asyncapi", AsyncApiView.as_view(), name="asyncapi"),
    path("events/types", EventTypesView.as_view(), name="event-types"),
    path("events/log", LogTailView.as_view(), name="event-log"),
    path(
        "events/<uuid:event_id>",
        EventViewSet.as_view({"get": "retrieve"}),
        name="event",
    ),
]
