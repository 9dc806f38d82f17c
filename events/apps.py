from django.apps import AppConfig


class EventsConfig(AppConfig):
    name = "events"
    verbose_name = "Events"

    def ready(self) -> None:
        from events import bus, gauges, registry, services
        from events.services import traffic
        from events.services.relaying import parked_relays
        from portal.shared import seeds

        gauges.register()
        registry.add_source(parked_relays)
        services.register_projection(
            services.ReadModel(
                name="traffic",
                version=1,
                patterns=("*",),
                apply=traffic.count,
                forget=traffic.forget,
            )
        )
        bus.check()
        seeds.register_defaults("events", services.seed_defaults, order=5)
