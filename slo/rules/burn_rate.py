"""How fast an error budget is spent, in whole numbers and fractions: nothing is rounded."""

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Self

MINUTES_A_DAY = 1440


@dataclass(frozen=True, slots=True)
class Counts:
    """Requests that were good, of all that were counted."""

    good: int = 0
    total: int = 0

    @property
    def bad(self) -> int:
        return self.total - self.good

    def __add__(self, other: Self) -> "Counts":
        return Counts(self.good + other.good, self.total + other.total)

    def __sub__(self, other: Self) -> "Counts":
        return Counts(self.good - other.good, self.total - other.total)


def error_budget(target: Decimal) -> Fraction:
    """This will return the share of requests that may be bad; `target` is in percent."""
    return 1 - Fraction(target) / 100


def service_level(counts: Counts) -> Fraction | None:
    """This will return the share of good requests, None when there was none at all."""
    return Fraction(counts.good, counts.total) if counts.total else None


def burn_rate(counts: Counts, *, target: Decimal) -> Fraction | None:
    """This will return how many times faster than sustainable the budget is spent."""
    level = service_level(counts)
    return None if level is None else (1 - level) / error_budget(target)


def budget_remaining(counts: Counts, *, target: Decimal) -> Fraction | None:
    """This will return what is left of the budget; below zero when it is overspent.

    `counts` are those of the objective's whole window, where burn and consumption are
    the same number.
    """
    burn = burn_rate(counts, target=target)
    return None if burn is None else 1 - burn


def burn_factor(consumption: Decimal, *, window_days: int, long_minutes: int) -> Fraction:
    """This will return the burn that spends that share of the budget in the long window."""
    return Fraction(consumption) * window_days * MINUTES_A_DAY / long_minutes


def highest_burn(target: Decimal) -> Fraction:
    """This will return the burn of a total outage: no objective can burn faster."""
    return 1 / error_budget(target)


def can_fire(consumption: Decimal, *, window_days: int, long_minutes: int, target: Decimal) -> bool:
    """This will tell whether any outage could exceed the factor."""
    factor = burn_factor(consumption, window_days=window_days, long_minutes=long_minutes)
    return factor < highest_burn(target)
