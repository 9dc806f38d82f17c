"""Which state an incident may go to from which: the one table of it."""

from enum import StrEnum


class Status(StrEnum):
    TRIGGERED = "triggered"
    ACKNOWLEDGED = "acknowledged"
    RESOLVED = "resolved"


ALLOWED: dict[Status, frozenset[Status]] = {
    Status.TRIGGERED: frozenset({Status.ACKNOWLEDGED, Status.RESOLVED}),
    # Back to triggered when the severity is raised.
    Status.ACKNOWLEDGED: frozenset({Status.TRIGGERED, Status.RESOLVED}),
    Status.RESOLVED: frozenset(),
}


def may_become(current: str, wanted: str) -> bool:
    return Status(wanted) in ALLOWED[Status(current)]
