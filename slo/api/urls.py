from django.urls import path

from slo.api import views
from slo.api.burn_down import BurnDownView

urlpatterns = [
    path("slo/dashboard", views.DashboardView.as_view(), name="slo-dashboard"),
    path("slo/burn-rate/<slug:slo_id>", views.BurnRateView.as_view(), name="slo-burn-rate"),
    path("slo/objectives", views.ObjectiveViewSet.as_view({"get": "list"}), name="slo-objectives"),
    path(
        "slo/objectives/<slug:slug>",
        views.ObjectiveViewSet.as_view({"get": "retrieve"}),
        name="slo-objective",
    ),
    path(
        "slo/objectives/<slug:slug>/burn-down",
        BurnDownView.as_view(),
        name="slo-burn-down",
    ),
    path("slo/indicators", views.IndicatorViewSet.as_view({"get": "list"}), name="slo-indicators"),
    path(
        "slo/indicators/<slug:slug>",
        views.IndicatorViewSet.as_view({"get": "retrieve"}),
        name="slo-indicator",
    ),
    path("slo/requests", views.RequestsView.as_view(), name="slo-requests"),
]
