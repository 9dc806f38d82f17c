from django.urls import path

from resilience.api.views import BulkheadViewSet

urlpatterns = [
    path("resilience/bulkheads", BulkheadViewSet.as_view({"get": "list"}), name="bulkheads"),
    path(
        "resilience/bulkheads/<slug:slug>",
        BulkheadViewSet.as_view({"get": "retrieve"}),
        name="bulkhead",
    ),
]
