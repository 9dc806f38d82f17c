from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class RecoveryConfig(AppConfig):
    name = "recovery"
    verbose_name = _("Recovery")

    def ready(self) -> None:
        from portal.shared import seeds
        from portal.shared.panels import register_panel
        from recovery import panels, services

        seeds.register_defaults("recovery", services.seed_default_plans, order=50)
        seeds.register_demo("recovery", services.seed_demo_drills, order=50)
        register_panel("recovery.plan", panels.plan_panel)
