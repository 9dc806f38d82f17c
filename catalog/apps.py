from django.apps import AppConfig


class CatalogConfig(AppConfig):
    name = "catalog"
    verbose_name = "Catalog"

    def ready(self) -> None:
        from catalog import services
        from portal.shared import seeds

        seeds.register_defaults("catalog", services.seed_defaults, order=10)
        seeds.register_demo("catalog", services.seed_demo, order=10)
