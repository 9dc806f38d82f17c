"""Which tenths of an error budget are announced as consumed, each once."""

from fractions import Fraction

STEPS_A_BUDGET = 10
PERCENT_A_STEP = 10


def step_reached(consumed: Fraction) -> int:
    """This will return how many whole tenths are consumed; a budget can be overspent."""
    return max(int(consumed * STEPS_A_BUDGET), 0)


def steps_to_announce(announced: int, reached: int) -> list[int]:
    """This will return the steps that nobody was told of, those of missed beats included.

    Beyond the whole budget only the last is told: a short total outage of a strict promise
    overspends it a thousandfold.
    """
    within = range(announced + 1, min(reached, STEPS_A_BUDGET) + 1)
    beyond = [reached] if reached > max(announced, STEPS_A_BUDGET) else []
    return [*within, *beyond]


def step_remembered(announced: int, reached: int) -> int:
    """This will return the step that counts as announced from now on.

    It falls one step behind a budget that recovers, so that a budget that hovers around a
    tenth is not announced at every beat, and one that is spent again is.
    """
    return max(reached, min(announced, reached + 1))
