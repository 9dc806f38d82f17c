from django.apps import AppConfig


class EventsConfig(AppConfig):
    name = "events"
    verbose_name = "Events"

    def ready(self) -> None:
        from events import gauges, services
        from portal.shared import seeds

        gauges.register()
        seeds.register_defaults("events", services.seed_defaults, order=5)
