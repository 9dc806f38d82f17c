"""How bad an incident is, and how bad one is that a burning objective opens."""

from enum import StrEnum


class Severity(StrEnum):
    SEV1 = "SEV1"
    SEV2 = "SEV2"
    SEV3 = "SEV3"
    SEV4 = "SEV4"


# The worst first.
ORDER = tuple(Severity)
CRITICAL_TIERS = (1, 2)


def is_worse(severity: str, than: str) -> bool:
    return ORDER.index(Severity(severity)) < ORDER.index(Severity(than))


def severity_of_burn(level: str, *, service_tier: int) -> Severity:
    """This will return the severity for a burn level; `normal` is no incident and refused.

    A critical burn of a service that few depend on (tier 3 and 4) wakes people the way a
    high one does.
    """
    match level:
        case "critical":
            return Severity.SEV1 if service_tier in CRITICAL_TIERS else Severity.SEV2
        case "high":
            return Severity.SEV2
        case "medium":
            return Severity.SEV3
        case "low":
            return Severity.SEV4
    raise ValueError(f"A burn of level {level!r} has no severity.")


def pages_by_default(severity: str) -> bool:
    """This will tell whether a policy for any severity covers this one too.

    SEV4 pages nobody unless a policy names it.
    """
    return severity != Severity.SEV4
