from django.urls import path

from slo.api import changes, corrections, gate, ledger, views

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
    path("slo/corrections", corrections.CorrectionsView.as_view(), name="slo-corrections"),
    path(
        "slo/corrections/<int:correction>/withdraw",
        corrections.WithdrawCorrectionView.as_view(),
        name="slo-withdraw-correction",
    ),
    path("slo/changes", changes.ChangesView.as_view(), name="slo-changes"),
    path("slo/objectives/<slug:slug>/ledger", ledger.LedgerView.as_view(), name="slo-ledger"),
    path(
        "slo/incidents/<str:reference>/impact",
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
]
