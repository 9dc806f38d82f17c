from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class SecretsVaultConfig(AppConfig):
    name = "secrets_vault"
    verbose_name = _("Secrets")
