"""The web door to promises: one module a theme."""

from slo.admin import access_logs, indicators, objectives, status_pages

__all__ = ["access_logs", "indicators", "objectives", "status_pages"]
