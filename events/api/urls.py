from django.urls import path

from events.api import webhooks
from events.api.views import EventViewSet

urlpatterns = [
    *webhooks.urlpatterns,
    path("events", EventViewSet.as_view({"get": "list", "post": "create"}), name="events"),
    path(
        "events/<uuid:event_id>",
        EventViewSet.as_view({"get": "retrieve"}),
        name="event",
    ),
]
