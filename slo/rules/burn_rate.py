"""How fast an error budget is spent, in whole numbers and fractions: nothing is rounded."""

from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from typing import Self


@dataclass(frozen=True, slots=True)
class Counts:
    """Requests that were good, of all that were counted.

    `minutes` is in how many minutes anything was reported; it tells how far counts can be
    trusted and is no part of what they are.
    """

    good: int = 0
    total: int = 0
    minutes: int = field(default=0, compare=False)

    @property
    def bad(self) -> int:
        return self.total - self.good

    def __add__(self, other: Self) -> "Counts":
        return Counts(
            self.good + other.good, self.total + other.total, self.minutes + other.minutes
        )

    def __sub__(self, other: Self) -> "Counts":
        return Counts(
            self.good - other.good, self.total - other.total, self.minutes - other.minutes
        )


@lru_cache(maxsize=4096)
def error_budget(target: Decimal) -> Fraction:
    """This will return the share of requests that may be bad; `target` is in percent."""
    return 1 - Fraction(target) / 100


def service_level(counts: Counts) -> Fraction | None:
    """This will return the share of good requests, None when there was none at all."""
    return Fraction(counts.good, counts.total) if counts.total else None


def bad_share(counts: Counts) -> Fraction | None:
    """This will return the share of bad requests, None when there was none at all."""
    return Fraction(counts.bad, counts.total) if counts.total else None


def burn_rate(counts: Counts, *, target: Decimal) -> Fraction | None:
    """This will return how many times faster than sustainable the budget is spent."""
    share = bad_share(counts)
    return None if share is None else share / error_budget(target)


def budget_remaining(counts: Counts, *, target: Decimal) -> Fraction | None:
    """This will return what is left of the budget; below zero when it is overspent.

    `counts` are those of the objective's whole window, where burn and consumption are
    the same number.
    """
    burn = burn_rate(counts, target=target)
    return None if burn is None else 1 - burn


@lru_cache(maxsize=4096)
def burn_factor(consumption: Decimal, *, window_minutes: int, long_minutes: int) -> Fraction:
    """This will return the burn that spends that share of the budget in the long window."""
    return Fraction(consumption) * window_minutes / long_minutes


def highest_burn(target: Decimal) -> Fraction:
    """This will return the burn of a total outage: no objective can burn faster."""
    return 1 / error_budget(target)


def can_fire(
    consumption: Decimal, *, window_minutes: int, long_minutes: int, target: Decimal
) -> bool:
    """This will tell whether any outage could exceed the factor."""
    factor = burn_factor(consumption, window_minutes=window_minutes, long_minutes=long_minutes)
    return factor < highest_burn(target)
