from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ResilienceConfig(AppConfig):
    name = "resilience"
    verbose_name = _("Resilience")

    def ready(self) -> None:
        from portal.shared import seeds
        from resilience import services

        seeds.register_defaults("resilience", services.seed_default_bulkheads, order=20)
