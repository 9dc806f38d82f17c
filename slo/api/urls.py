from django.urls import path

from slo.api import forecasts, views, what_if

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
        "slo/objectives/<slug:slug>/forecast",
        forecasts.ObjectiveForecastView.as_view(),
        name="slo-objective-forecast",
    ),
    path(
        "slo/objectives/<slug:slug>/what-if",
        what_if.WhatIfView.as_view(),
        name="slo-what-if",
    ),
    path(
        "slo/forecasts/scorecard",
        forecasts.ScorecardView.as_view(),
        name="slo-forecast-scorecard",
    ),
    path("slo/indicators", views.IndicatorViewSet.as_view({"get": "list"}), name="slo-indicators"),
    path(
        "slo/indicators/<slug:slug>",
        views.IndicatorViewSet.as_view({"get": "retrieve"}),
        name="slo-indicator",
    ),
    path("slo/requests", views.RequestsView.as_view(), name="slo-requests"),
]
