"""The web door to promises: one module a theme."""

from slo.admin import (
    access_logs,
    corrections,
    freeze_overrides,
    indicators,
    objectives,
    status_pages,
)

__all__ = [
    "access_logs",
    "corrections",
    "freeze_overrides",
    "indicators",
    "objectives",
    "status_pages",
]
