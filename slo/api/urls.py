from django.urls import path

from slo.api import views
from slo.api.counts import CountsView
from slo.api.metrics import OtlpMetricsView, RemoteWriteView

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
    path("slo/requests", views.RequestsView.as_view(), name="slo-requests"),
    path("slo/counts", CountsView.as_view(), name="slo-counts"),
    path("slo/prometheus/write", RemoteWriteView.as_view(), name="slo-prometheus-write"),
    path("slo/otlp/v1/metrics", OtlpMetricsView.as_view(), name="slo-otlp-metrics"),
]
