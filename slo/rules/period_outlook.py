"""A calendar period as a whole: what is spent of the budget that it will have had in the end.

A budget in requests is known only when the period is over. What traffic is still to come is
taken from the same weekday and time of the weeks before.
"""

from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from slo.rules.burn_rate import Counts
from slo.rules.history import Integers

WEEK_MINUTES = 7 * 1440
# So many weeks before are asked, as far as there are counts.
WEEKS = 4


@dataclass(frozen=True, slots=True)
class PeriodOutlook:
    """`spent_so_far` is a share of the budget of the requests so far, `spent_of_whole` of
    all requests that the period is expected to have; both None without requests."""

    spent_so_far: Fraction | None
    spent_of_whole: Fraction | None
    requests_so_far: int
    requests_expected: int


def period_outlook(counts: Counts, *, expected: int, error_budget: Fraction) -> PeriodOutlook:
    """This will set what was spent against the budget so far and against the whole one.

    `expected` is the number of requests that are still to come.
    """
    so_far, whole = counts.total, counts.total + expected
    return PeriodOutlook(
        spent_so_far=counts.bad / (so_far * error_budget) if so_far else None,
        spent_of_whole=counts.bad / (whole * error_budget) if whole else None,
        requests_so_far=so_far,
        requests_expected=expected,
    )


def expected_requests(total: Integers, *, since: int, minutes: int) -> int:
    """This will return how many requests are to be expected in so many minutes from now.

    `total` are cumulative counts up to now, with data from the place `since` on. Every minute
    to come is the mean of the same minutes of the weeks before; with less than a week of
    data, traffic goes on at its mean.
    """
    now = len(total) - 1
    weeks = min((now - since) // WEEK_MINUTES, WEEKS)
    if weeks < 1:
        seen = now - since
        return round(int(total[now] - total[since]) / seen * minutes) if seen > 0 else 0
    whole, rest = divmod(minutes, WEEK_MINUTES)
    begins = now - np.arange(1, weeks + 1) * WEEK_MINUTES
    a_week = int(total[now] - total[begins[-1]]) / weeks
    part = float(np.mean(total[begins + rest] - total[begins]))
    return round(whole * a_week + part)
