"""A burn that alerts, as others say it, by its threshold: as a share of the budget here."""

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from slo.rules.alert_level import Level, WindowPair
from slo.rules.burn_rate import burn_factor

# Shares of the budget are kept to so many decimals.
_KEPT = 10**4
# So many decimals of a threshold that never ends are enough to know it by.
ENOUGH_DECIMALS = 6
# A threshold that does not end is written so far.
DECIMALS_WRITTEN = 12

LEVELS_BY_SEVERITY = {
    **{level.value: level for level in Level if level is not Level.NORMAL},
    "page": Level.CRITICAL,
    "sev1": Level.CRITICAL,
    "sev2": Level.HIGH,
    "sev3": Level.MEDIUM,
    "sev4": Level.LOW,
    "error": Level.HIGH,
    "ticket": Level.MEDIUM,
    "warning": Level.MEDIUM,
    "info": Level.LOW,
}


@dataclass(frozen=True, slots=True)
class BurnCondition:
    """The burn over `long_minutes`, and over the short ones that end the alarm, is above."""

    threshold: Decimal
    long_minutes: int
    short_minutes: int
    level: Level


def consumption_of(threshold: Decimal, *, long_minutes: int, window_minutes: int) -> Decimal | None:
    """This will return the share of the budget that the threshold spends in the long window.

    None when no share that can be kept gives just this threshold. One whose decimals never
    end is known by the first of them.
    """
    exact = Fraction(threshold) * long_minutes / window_minutes
    share = Decimal(round(exact * _KEPT)) / _KEPT
    if not 0 < share <= 1:
        return None
    factor = burn_factor(share, window_minutes=window_minutes, long_minutes=long_minutes)
    decimals = -int(threshold.as_tuple().exponent)
    is_exact = factor == Fraction(threshold)
    is_near = decimals >= ENOUGH_DECIMALS and _rounded(factor, decimals) == threshold
    return share if is_exact or is_near else None


def threshold_of(pair: WindowPair, *, window_minutes: int) -> Decimal:
    """This will return the burn above which the pair fires, as a decimal.

    `consumption_of` leads back to the pair's share, whether the decimals end or not.
    """
    factor = burn_factor(
        pair.consumption, window_minutes=window_minutes, long_minutes=pair.long_minutes
    )
    exact = exact_decimal(factor)
    return _rounded(factor, DECIMALS_WRITTEN) if exact is None else exact


def exact_decimal(value: Fraction) -> Decimal | None:
    """This will return the decimal that is the fraction, None when it never ends."""
    rest, decimals = value.denominator, 0
    for prime in (2, 5):
        power = 0
        while rest % prime == 0:
            rest, power = rest // prime, power + 1
        decimals = max(decimals, power)
    if rest != 1:
        return None
    return _scaled(int(value * 10**decimals), decimals)


def _rounded(value: Fraction, decimals: int) -> Decimal:
    return _scaled(round(value * 10**decimals), decimals)


def _scaled(digits: int, decimals: int) -> Decimal:
    """Built from its digits: arithmetic with decimals rounds to the context's precision."""
    sign, text = int(digits < 0), str(abs(digits))
    return Decimal((sign, tuple(map(int, text)), -decimals))


def nearest_thresholds(
    threshold: Decimal, *, long_minutes: int, window_minutes: int
) -> tuple[str, ...]:
    """This will write the thresholds next below and above that a share of the budget gives."""
    below = int(Fraction(threshold) * long_minutes / window_minutes * _KEPT)
    found = (
        Fraction(step, _KEPT) * window_minutes / long_minutes
        for step in (below, below + 1)
        if 0 < step <= _KEPT
    )
    return tuple(f"{_rounded(factor, DECIMALS_WRITTEN).normalize():f}" for factor in found)
