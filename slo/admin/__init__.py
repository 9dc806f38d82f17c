"""The web door to promises: one module a theme."""

from slo.admin import (
    access_logs,
    corrections,
    forecasts,
    freeze_overrides,
    indicators,
    metric_sources,
    objectives,
    status_pages,
)

__all__ = [
    "access_logs",
    "corrections",
    "forecasts",
    "freeze_overrides",
    "indicators",
    "metric_sources",
    "objectives",
    "status_pages",
]
