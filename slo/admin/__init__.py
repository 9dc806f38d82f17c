"""The web door to promises: one module a theme."""

from slo.admin import access_logs, forecasts, indicators, objectives

__all__ = ["access_logs", "forecasts", "indicators", "objectives"]
