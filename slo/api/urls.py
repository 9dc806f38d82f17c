from django.urls import path

from slo.api import (
    changes,
    corrections,
    definitions,
    forecasts,
    gate,
    interchange,
    ledger,
    standing,
    views,
    what_if,
)
from slo.api.burn_down import BurnDownView
from slo.api.counts import CountsView
from slo.api.metrics import OtlpMetricsView, RemoteWriteView

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
    path(
        "slo/objectives/<slug:slug>/burn-down",
        BurnDownView.as_view(),
        name="slo-burn-down",
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
    path("slo/indicators", definitions.IndicatorsView.as_view(), name="slo-indicators"),
    path("slo/indicators/<slug:slug>", definitions.IndicatorView.as_view(), name="slo-indicator"),
    path("slo/import", interchange.ImportView.as_view(), name="slo-import"),
    path("slo/export", interchange.ExportView.as_view(), name="slo-export"),
    path("slo/requests", views.RequestsView.as_view(), name="slo-requests"),
    path("slo/corrections", corrections.CorrectionsView.as_view(), name="slo-corrections"),
    path(
        "slo/corrections/<int:correction>/withdraw",
        corrections.WithdrawCorrectionView.as_view(),
        name="slo-withdraw-correction",
    ),
    path("slo/changes", changes.ChangesView.as_view(), name="slo-changes"),
    path("slo/objectives/<slug:slug>/ledger", ledger.LedgerView.as_view(), name="slo-ledger"),
    path(
        "slo/incidents/<slug:reference>/impact",
        ledger.ImpactView.as_view(),
        name="slo-incident-impact",
    ),
    path("slo/response-times", ledger.ResponseTimesView.as_view(), name="slo-response-times"),
    path("slo/gate", gate.GateView.as_view(), name="slo-gate"),
    path(
        "slo/freeze-overrides",
        gate.FreezeOverridesView.as_view(),
        name="slo-freeze-overrides",
    ),
    path(
        "slo/freeze-overrides/<int:override>/revoke",
        gate.RevokeFreezeOverrideView.as_view(),
        name="slo-revoke-freeze-override",
    ),
    path("slo/counts", CountsView.as_view(), name="slo-counts"),
    path("slo/prometheus/write", RemoteWriteView.as_view(), name="slo-prometheus-write"),
    path("slo/otlp/v1/metrics", OtlpMetricsView.as_view(), name="slo-otlp-metrics"),
]
