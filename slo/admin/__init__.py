"""The web door to promises: one module a theme."""

from slo.admin import access_logs, indicators, metric_sources, objectives

__all__ = ["access_logs", "indicators", "metric_sources", "objectives"]
