from django.apps import AppConfig


class EventsConfig(AppConfig):
    name = "events"
    verbose_name = "Events"

    def ready(self) -> None:
        from events import bus, gauges, registry, services
        from events.contracts.loading import load_contracts
        from events.contracts.upcasting import check_chains
        from events.services import traffic
        from events.services.relaying import parked_relays
        from events.services.webhook_delivery import active_webhooks
        from events.services.webhook_notice import notice
        from portal.shared import clock, seeds

        load_contracts()
        check_chains()
        gauges.register()
        registry.add_source(parked_relays)
        services.register_projection(
            services.ReadModel(
                name="traffic",
                version=1,
                patterns=("*",),
                apply=traffic.count,
                forget=traffic.forget,
                as_written=True,
            )
        )
        bus.check()
        registry.add_source(lambda: [notice(), *active_webhooks(clock.now)])
        seeds.register_defaults("events", services.seed_defaults, order=5)
