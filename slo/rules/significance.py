"""Whether so few requests can prove that a service burns: an exact binomial test."""

import math
from fractions import Fraction

# A page needs this much confidence that the true error share is above the threshold.
CONFIDENCE = 0.95
# What a further term may still add is below what the decision can notice.
_NEGLIGIBLE = 1e-12


def exceeds_surely(
    bad: int, total: int, *, share: Fraction, confidence: float = CONFIDENCE
) -> bool:
    """This will tell whether the true share of bad requests is above `share`.

    True when the lower bound of Clopper and Pearson is above it: were the true share just
    `share`, so many bad requests or more would be seen with a chance below 1 − confidence.
    """
    if not total or Fraction(bad, total) <= share:
        return False
    return chance_of_at_least(bad, total, share=share) < 1 - confidence


def chance_of_at_least(bad: int, total: int, *, share: Fraction) -> float:
    """This will return P(X ≥ bad) of a binomial X, for a `bad` above its mean.

    The terms fall from the first on, so a sum that ends early is short of nothing.
    """
    if share >= 1:
        return 1.0
    odds = float(share / (1 - share))
    term = math.exp(
        math.lgamma(total + 1)
        - math.lgamma(bad + 1)
        - math.lgamma(total - bad + 1)
        + bad * math.log(float(share))
        + (total - bad) * math.log1p(-float(share))
    )
    chance = 0.0
    for seen in range(bad, total + 1):
        chance += term
        # Equal where both are too small for a float: no later term is larger.
        if term <= chance * _NEGLIGIBLE:
            break
        term *= (total - seen) / (seen + 1) * odds
    return min(chance, 1.0)
