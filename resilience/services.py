from dataclasses import dataclass
from datetime import datetime

from django.contrib.auth.models import User

from resilience.models import Bulkhead


@dataclass(frozen=True, slots=True)
class _Shipped:
    slug: str
    name: str
    max_concurrent: int
    max_queue: int
    timeout_seconds: int


_DEFAULTS = (
    _Shipped("database", "Database", max_concurrent=20, max_queue=50, timeout_seconds=30),
    _Shipped("llm", "Language models", max_concurrent=10, max_queue=100, timeout_seconds=60),
    _Shipped("external_api", "External APIs", max_concurrent=15, max_queue=50, timeout_seconds=30),
    _Shipped("file_ops", "File operations", max_concurrent=5, max_queue=20, timeout_seconds=20),
)


def seed_default_bulkheads(_at: datetime, _operator: User | None) -> list[str]:
    """This will make the shipped bulkheads that are missing; limits once edited stay."""
    return [
        f"Bulkhead {shipped.slug}: {shipped.max_concurrent} at once, "
        f"{shipped.max_queue} waiting, {shipped.timeout_seconds} s."
        for shipped in _DEFAULTS
        if _is_made(shipped)
    ]


def _is_made(shipped: _Shipped) -> bool:
    _bulkhead, is_new = Bulkhead.objects.get_or_create(
        slug=shipped.slug,
        defaults={
            "name": shipped.name,
            "max_concurrent": shipped.max_concurrent,
            "max_queue": shipped.max_queue,
            "timeout_seconds": shipped.timeout_seconds,
        },
    )
    return is_new
