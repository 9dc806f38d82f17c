from django.urls import path

from slo.api import interchange, views

urlpatterns = [
    path("slo/dashboard", views.DashboardView.as_view(), name="slo-dashboard"),
    path("slo/burn-rate/<slug:slo_id>", views.BurnRateView.as_view(), name="slo-burn-rate"),
    path("slo/objectives", views.ObjectiveViewSet.as_view({"get": "list"}), name="slo-objectives"),
    path(
        "slo/objectives/<slug:slug>",
        views.ObjectiveViewSet.as_view({"get": "retrieve"}),
        name="slo-objective",
    ),
    path("slo/indicators", views.IndicatorViewSet.as_view({"get": "list"}), name="slo-indicators"),
    path(
        "slo/indicators/<slug:slug>",
        views.IndicatorViewSet.as_view({"get": "retrieve"}),
        name="slo-indicator",
    ),
    path("slo/import", interchange.ImportView.as_view(), name="slo-import"),
    path("slo/export", interchange.ExportView.as_view(), name="slo-export"),
    path("slo/requests", views.RequestsView.as_view(), name="slo-requests"),
]
