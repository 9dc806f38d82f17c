"""How good forecasts of error budgets are, beside the ones that others ship.

100 synthetic objectives over a rolling window of 14 days: traffic with a daily and a weekly
course, a share of errors that is always there, and incidents without memory, which nobody can
foresee. Each is looked at twice a day for a month, after 45 days of history.
"""

import time
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from slo.rules import forecast
from slo.rules.forecast_score import Judged, Score, score
from slo.rules.history import Floats, Integers
from slo.rules.projection import Horizon, horizon, widening_of

OBJECTIVES = 100
WINDOW_DAYS, HISTORY_DAYS, JUDGED_DAYS = 14, 45, 30
DAY = 1440
WINDOW = WINDOW_DAYS * DAY
MOMENTS_A_DAY = 2
ARMS = ("persistence", "linear burn", "linear + ageing out", "ours, not calibrated", "ours")


@dataclass(frozen=True, slots=True)
class Synthetic:
    """Cumulative counts of every minute."""

    bad: Integers
    total: Integers
    error_budget: float

    def consumed(self, places: Integers) -> Floats:
        starts = np.maximum(places - WINDOW, 0)
        total = np.maximum(self.total[places] - self.total[starts], 1)
        shares: Floats = (self.bad[places] - self.bad[starts]) / total / self.error_budget
        return shares

    def past(self, now: int) -> forecast.Past:
        since = now - HISTORY_DAYS * DAY
        known = slice(since, now + 1)
        series = forecast.Series(
            self.bad[known] - self.bad[since], self.total[known] - self.total[since]
        )
        return forecast.Past([series], since=0, error_budget=self.error_budget)


def synthetic(number: int, *, seed: int = 1) -> Synthetic:
    rng = np.random.default_rng([seed, number])
    clock = np.arange((HISTORY_DAYS + JUDGED_DAYS + 3) * DAY)
    rate = 10 ** rng.uniform(1, 3)
    daily = 1 + 0.6 * np.sin((clock % DAY) / DAY * 2 * np.pi + rng.uniform(0, 6))
    weekly = np.where(clock // DAY % 7 >= 5, 0.6, 1.0)
    total = rng.poisson(rate * daily * weekly)
    error_budget = float(rng.choice([0.01, 0.005, 0.001]))
    bad = rng.binomial(total, _shares(len(clock), error_budget, rng))
    zero = np.zeros(1, dtype=np.int64)
    return Synthetic(
        np.concatenate([zero, np.cumsum(bad)]),
        np.concatenate([zero, np.cumsum(total)]),
        error_budget,
    )


def _shares(minutes: int, error_budget: float, rng: np.random.Generator) -> Floats:
    """Incidents that spend half of the budget to a little more than all of it, on average."""
    share = np.full(minutes, error_budget * rng.uniform(0.02, 0.5))
    gap, length = rng.uniform(1.0, 8.0) * DAY, rng.uniform(20, 180)
    burn = rng.uniform(0.5, 1.2) * gap / length
    begins = 0.0
    while (begins := begins + rng.exponential(gap)) < minutes:
        lasted = max(rng.exponential(length), 2)
        how_bad = burn * rng.lognormal(-0.5, 1.0)
        part = slice(int(begins), int(begins + lasted))
        share[part] = np.maximum(share[part], min(how_bad * error_budget, 1.0))
    np.minimum(share, 1.0, out=share)
    return share


def linear(one: Synthetic, now: int, hours: int) -> tuple[float, float]:
    """The burn of the last day goes on: without, and with, what ages out of the window."""
    bad, total = one.bad[now] - one.bad[now - DAY], one.total[now] - one.total[now - DAY]
    burn = bad / max(total, 1) / one.error_budget
    plain = one.consumed(np.array([now]))[0] + burn * hours / 24 / WINDOW_DAYS
    kept = now - WINDOW + hours * 60
    kept_bad, kept_total = one.bad[now] - one.bad[kept], one.total[now] - one.total[kept]
    days = hours / 24
    aged = (kept_bad + bad * days) / max(kept_total + total * days, 1) / one.error_budget
    return float(plain), float(aged)


def moments() -> Iterator[int]:
    for number in range(JUDGED_DAYS * MOMENTS_A_DAY):
        yield HISTORY_DAYS * DAY + number * DAY // MOMENTS_A_DAY + 7 * number


def told(one: Synthetic, name: str) -> Iterator[tuple[int, str, Judged]]:
    """What every arm says of one objective at every moment, and what came."""
    starts = np.arange(0, forecast.LONGEST_HORIZON * 60 + 1, 60) - WINDOW
    earlier: dict[int, list[tuple[int, Horizon, float]]] = defaultdict(list)
    for now in moments():
        outlook = forecast.outlook(one.past(now), starts, step=60, seed=now)
        if outlook is None:
            continue
        consumed = float(one.consumed(np.array([now]))[0])
        for hours in forecast.HORIZONS:
            course = one.consumed(np.arange(now, now + hours * 60 + 1, 5))
            came = float(course[-1])
            known = [(t, c) for due, t, c in earlier[hours] if due <= now]
            ours = horizon(outlook, hours=hours, widening=widening_of(known))
            earlier[hours].append((now + hours * 60, ours, came))
            plain, aged = linear(one, now, hours)
            said = {
                "persistence": _point(consumed),
                "linear burn": _point(plain),
                "linear + ageing out": _point(aged),
                "ours, not calibrated": horizon(outlook, hours=hours),
                "ours": ours,
            }
            for arm, told_by in said.items():
                yield (
                    hours,
                    arm,
                    Judged(
                        name,
                        consumed,
                        told_by.depletion_chance,
                        told_by.median,
                        told_by.low,
                        told_by.high,
                        bool((course >= 1).any()),
                        came,
                    ),
                )


def _point(value: float) -> Horizon:
    """What has no interval: it happens, or it does not."""
    return Horizon(0, float(value >= 1), value, value, value)


def run() -> None:
    found: dict[tuple[int, str], list[Judged]] = defaultdict(list)
    for number in range(OBJECTIVES):
        for hours, arm, judged in told(synthetic(number), f"{number}"):
            found[hours, arm].append(judged)
    for hours in forecast.HORIZONS:
        any_arm = found[hours, "ours"]
        with_budget = sum(one.consumed < 1 for one in any_arm)
        print(f"\n{hours} h: {len(any_arm)} forecasts, {with_budget} of them with budget left")
        print(f"{'':22}{'MAE, points':>12}{'coverage':>10}{'skill':>8}{'in hindsight':>14}")
        for arm in ARMS:
            print(_line(arm, found[hours, arm]))
        for one in _scored(found[hours, "ours"]).bins:
            print(f"  told {one.said:4.0%}, came {one.came:4.0%} ({one.count})")
    print(f"\none forecast: {_milliseconds():.1f} ms of CPU, without reading the counts")


def _line(arm: str, judged: list[Judged]) -> str:
    """Skill against the base rate of all, and against the one of each, known in hindsight."""
    each = _scored(judged)
    pooled = _scored([replace(one, group="all") for one in judged])
    coverage = f"{each.coverage:.1%}" if arm.startswith("ours") else "none"
    return (
        f"{arm:22}{each.mean_error * 100:12.1f}{coverage:>10}"
        f"{pooled.skill or 0:8.2f}{each.skill or 0:14.2f}"
    )


def _scored(judged: list[Judged]) -> Score:
    found = score(judged)
    assert found is not None, "there are forecasts"
    return found


def _milliseconds() -> float:
    past = synthetic(0).past(HISTORY_DAYS * DAY)
    starts = np.arange(0, forecast.LONGEST_HORIZON * 60 + 1, 60) - WINDOW
    rounds = 50
    began = time.process_time()
    for seed in range(rounds):
        forecast.outlook(past, starts, step=60, seed=seed)
    return (time.process_time() - began) / rounds * 1000


if __name__ == "__main__":
    run()
