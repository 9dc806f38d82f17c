from django.urls import path

from secrets_vault.api.views import EnvironmentViewSet, SecretAccessViewSet

urlpatterns = [
    path(
        "config/environments",
        EnvironmentViewSet.as_view({"get": "list"}),
        name="config-environments",
    ),
    path(
        "config/secrets/audit",
        SecretAccessViewSet.as_view({"get": "list"}),
        name="config-secrets-audit",
    ),
]
