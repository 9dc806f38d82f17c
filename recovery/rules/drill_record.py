"""Which records of a drill cannot be true, and whether a true one met the targets."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Measured:
    """Seconds; None where nobody measured."""

    rto: int | None
    rpo: int | None


@dataclass(frozen=True, slots=True)
class Targets:
    rto: int
    rpo: int


def impossibilities(
    *, started_at: datetime, ended_at: datetime, measured: Measured, at: datetime
) -> list[tuple[str, str]]:
    """This will return each impossible field with the reason; nothing when all can be."""
    wrong = []
    if started_at > at:
        wrong.append(("started_at", "A drill is recorded after it was done; this is to come."))
    if ended_at > at:
        wrong.append(("ended_at", "A drill is recorded after it ended; this is to come."))
    if ended_at < started_at:
        wrong.append(("ended_at", "The drill would have ended before it started."))
    if measured.rto is not None and measured.rto < 0:
        wrong.append(("measured_rto_seconds", "A time to recover is not below zero."))
    if measured.rpo is not None and measured.rpo < 0:
        wrong.append(("measured_rpo_seconds", "A loss is not below zero."))
    return wrong


def targets_met(measured: Measured, *, targets: Targets) -> bool | None:
    """This will tell whether both measures were within target; None unless both were taken.

    One measure over its target is a miss, whatever the other would have been.
    """
    pairs = ((measured.rto, targets.rto), (measured.rpo, targets.rpo))
    if any(value is not None and value > target for value, target in pairs):
        return False
    if any(value is None for value, _target in pairs):
        return None
    return True
