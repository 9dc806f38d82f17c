from django.apps import AppConfig


class PortalConfig(AppConfig):
    """The wiring: the commands that start and show the portal as a whole."""

    name = "portal"
    verbose_name = "Operations portal"
