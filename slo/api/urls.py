from django.urls import path

from slo.api import definitions, standing, views

urlpatterns = [
    path("slo/dashboard", views.DashboardView.as_view(), name="slo-dashboard"),
    path("slo/burn-rate/<slug:slo_id>", views.BurnRateView.as_view(), name="slo-burn-rate"),
    path("slo/objectives", definitions.ObjectivesView.as_view(), name="slo-objectives"),
    path("slo/objectives/<slug:slug>", definitions.ObjectiveView.as_view(), name="slo-objective"),
    path(
        "slo/objectives/<slug:slug>/standing",
        standing.StandingView.as_view(),
        name="slo-objective-standing",
    ),
    path("slo/indicators", definitions.IndicatorsView.as_view(), name="slo-indicators"),
    path("slo/indicators/<slug:slug>", definitions.IndicatorView.as_view(), name="slo-indicator"),
    path("slo/requests", views.RequestsView.as_view(), name="slo-requests"),
]
