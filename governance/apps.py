from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class GovernanceConfig(AppConfig):
    name = "governance"
    verbose_name = _("Governance")

    def ready(self) -> None:
        from governance import services
        from portal.shared import seeds

        seeds.register_defaults("governance", services.seed_client_types, order=50)
        seeds.register_demo("governance", services.seed_demo_apis, order=50)
