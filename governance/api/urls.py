from django.urls import path

from governance.api.views import DashboardView, OwaspComplianceView

urlpatterns = [
    path("governance/dashboard", DashboardView.as_view(), name="governance-dashboard"),
    path(
        "governance/owasp-compliance",
        OwaspComplianceView.as_view(),
        name="governance-owasp-compliance",
    ),
]
