from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class IncidentsConfig(AppConfig):
    name = "incidents"
    verbose_name = _("Incidents")

    def ready(self) -> None:
        from events.services import register_fold
        from incidents import gauges, subscribers
        from incidents.providers.base import channels
        from incidents.providers.console import Console
        from incidents.providers.email import Email
        from incidents.providers.webhook import Webhook
        from incidents.rules.incident_state import fold_incident
        from incidents.services import demo, seeds
        from portal.shared.seeds import register_defaults, register_demo

        channels.register("webhook", Webhook())
        channels.register("email", Email())
        channels.register("console", Console())
        subscribers.register()
        register_fold("incidents.incident.", fold_incident)
        gauges.register()
        register_defaults("incidents", seeds.sow_defaults, order=40)
        register_demo("incidents", demo.sow_demo, order=40)
