"""Whether a budget burns just now, and for how long such burns have gone on before."""

from dataclasses import dataclass

import numpy as np

from slo.rules.history import Floats, Integers

# The grain in which a burn is seen to begin and to end.
BIN_MINUTES = 15
# Burning: above the sustainable pace, and this many times above what is usual.
TIMES_USUAL = 4.0
# Before an objective has burns of its own, it is as if it had seen so many, so long.
ASSUMED_RUNS = 2.0
ASSUMED_MINUTES = 60.0
# The burn that is under way is read from its latest so many bins.
LATEST_BINS = 4


@dataclass(frozen=True, slots=True)
class Ongoing:
    """A burn under way. `ended` earlier ones lasted longer than it has by now, and went on
    for `further_minutes` in all."""

    elapsed_minutes: int
    share: float
    ended: int
    further_minutes: float

    def remaining_minutes(self, paths: int, rng: np.random.Generator) -> Floats:
        """This will draw how long it goes on.

        The pace at which burns end is known only as well as there were burns, so that few of
        them make long ones likelier.
        """
        pace = rng.gamma(
            ASSUMED_RUNS + self.ended,
            1 / (ASSUMED_RUNS * ASSUMED_MINUTES + self.further_minutes),
            paths,
        )
        return rng.exponential(1 / pace)


def ongoing(shares: Floats, *, error_budget: float) -> Ongoing | None:
    """This will return the burn that is under way in the last bin, if there is one.

    `shares` are those of bad requests in each bin, the oldest first, NaN without requests.
    """
    known = shares[~np.isnan(shares)]
    if not known.size or np.isnan(shares[-1]):
        return None
    threshold = max(error_budget, TIMES_USUAL * float(np.median(known)))
    is_burning = np.nan_to_num(shares, nan=0.0) > threshold
    if not is_burning[-1]:
        return None
    lengths = run_lengths(is_burning)
    elapsed, earlier = int(lengths[-1]), lengths[:-1]
    longer = earlier[earlier >= elapsed]
    return Ongoing(
        elapsed_minutes=elapsed * BIN_MINUTES,
        share=float(np.nanmean(shares[-min(elapsed, LATEST_BINS) :])),
        ended=len(longer),
        further_minutes=float((longer - elapsed + 0.5).sum() * BIN_MINUTES),
    )


def run_lengths(is_burning: np.ndarray) -> Integers:
    """This will return the lengths of the runs of True, in their order."""
    padded = np.concatenate([[False], is_burning, [False]])
    edges = np.flatnonzero(padded[1:] != padded[:-1])
    return edges[1::2] - edges[::2]
