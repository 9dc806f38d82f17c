from django.urls import path

from catalog.api.views import EnvironmentViewSet, ImportCatalog, ServiceViewSet, TeamViewSet

urlpatterns = [
    path("catalog/services", ServiceViewSet.as_view({"get": "list"}), name="catalog-service-list"),
    path(
        "catalog/services/<slug:slug>",
        ServiceViewSet.as_view({"get": "retrieve"}),
        name="catalog-service",
    ),
    path("catalog/teams", TeamViewSet.as_view({"get": "list"}), name="catalog-team-list"),
    path(
        "catalog/environments",
        EnvironmentViewSet.as_view({"get": "list"}),
        name="catalog-environment-list",
    ),
    path("catalog/import", ImportCatalog.as_view(), name="catalog-import"),
]
