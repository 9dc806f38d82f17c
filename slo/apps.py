from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class SloConfig(AppConfig):
    name = "slo"
    verbose_name = _("Promises")

    def ready(self) -> None:
        from portal.shared import seeds
        from slo import gauges, panels, services, subscribers

        gauges.register()
        panels.register()
        subscribers.register()
        seeds.register_defaults("slo", services.sow_defaults, order=30)
        seeds.register_demo("slo", services.sow_demo, order=30)
