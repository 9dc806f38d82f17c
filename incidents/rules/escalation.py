"""When each level of a policy is paged: computed once, when the escalation starts."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True, slots=True)
class Rung:
    """One level of a policy; `ack_window` is how long its responders have to acknowledge."""

    position: int
    ack_window: timedelta


@dataclass(frozen=True, slots=True)
class PlannedStep:
    """`cycle` is 1 the first time through the levels."""

    cycle: int
    position: int
    due_at: datetime


def plan(rungs: Sequence[Rung], *, repeat_count: int, starts_at: datetime) -> list[PlannedStep]:
    """This will return every step in order, the first due at `starts_at`.

    A level is paged when the window of the level before has passed, and the first one again
    when that of the last has, as often as the policy repeats.
    """
    ordered = sorted(rungs, key=lambda rung: rung.position)
    steps = []
    due_at = starts_at
    for cycle in range(1, repeat_count + 2):
        for rung in ordered:
            steps.append(PlannedStep(cycle=cycle, position=rung.position, due_at=due_at))
            due_at += rung.ack_window
    return steps
