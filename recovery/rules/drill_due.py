"""When a plan must be drilled again. Only a drill that passed proves anything."""

from datetime import datetime, timedelta


def next_drill_due(
    *, created_at: datetime, last_passed_at: datetime | None, every_days: int
) -> datetime:
    """This will count from the last passed drill, and from the plan's making before any."""
    return (last_passed_at or created_at) + timedelta(days=every_days)


def is_overdue(due_at: datetime, *, at: datetime) -> bool:
    return due_at < at
