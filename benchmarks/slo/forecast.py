"""How good forecasts of error budgets are, beside the ones that others ship.

100 synthetic objectives over a rolling window of 14 days: traffic with a daily and a weekly
course, a share of errors that is always there, and incidents without memory, which nobody can
foresee. Each is looked at twice a day for a month, after 45 days of history.
"""

import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from slo.rules import forecast
from slo.rules.history import Floats, Integers

OBJECTIVES = 100
WINDOW_DAYS, HISTORY_DAYS, JUDGED_DAYS = 14, 45, 30
DAY = 1440
MOMENTS_A_DAY = 2


@dataclass(frozen=True, slots=True)
class Synthetic:
    bad: Integers
    total: Integers
    error_budget: float


def synthetic(number: int, *, seed: int = 1) -> Synthetic:
    rng = np.random.default_rng([seed, number])
    minutes = (HISTORY_DAYS + JUDGED_DAYS + 3) * DAY
    clock = np.arange(minutes)
    rate = 10 ** rng.uniform(1, 3)
    daily = 1 + 0.6 * np.sin((clock % DAY) / DAY * 2 * np.pi + rng.uniform(0, 6))
    weekly = np.where(clock // DAY % 7 >= 5, 0.6, 1.0)
    total = rng.poisson(rate * daily * weekly)
    error_budget = float(rng.choice([0.01, 0.005, 0.001]))
    share = np.full(minutes, error_budget * rng.uniform(0.02, 0.5))
    # An incident of the average length and burn costs so much of the budget, so often.
    gap = rng.uniform(1.0, 8.0) * DAY
    length = rng.uniform(20, 180)
    cost = rng.uniform(0.5, 1.2) * gap / (WINDOW_DAYS * DAY)
    burn = cost * WINDOW_DAYS * DAY / length
    begins = 0.0
    while (begins := begins + rng.exponential(gap)) < minutes:
        lasted = max(rng.exponential(length), 2)
        how_bad = burn * rng.lognormal(-0.5, 1.0)
        part = slice(int(begins), int(begins + lasted))
        share[part] = np.maximum(share[part], min(how_bad * error_budget, 1.0))
    bad = rng.binomial(total, np.minimum(share, 1.0))
    zero = np.zeros(1, dtype=np.int64)
    return Synthetic(
        np.concatenate([zero, np.cumsum(bad)]), np.concatenate([zero, np.cumsum(total)]), error_budget
    )


@dataclass(slots=True)
class Told:
    """What one arm said of one horizon, and what came."""

    point: list[float]
    low: list[float]
    high: list[float]
    chance: list[float]


ARMS = ("persistence", "linear", "linear + ageing out", "ours")


def consumed_at(one: Synthetic, places: Integers) -> Floats:
    starts = np.maximum(places - WINDOW_DAYS * DAY, 0)
    bad, total = one.bad[places] - one.bad[starts], one.total[places] - one.total[starts]
    return bad / np.maximum(total, 1) / one.error_budget


def cut(one: Synthetic, now: int) -> forecast.Past:
    since = now - HISTORY_DAYS * DAY
    series = forecast.Series(
        one.bad[since : now + 1] - one.bad[since], one.total[since : now + 1] - one.total[since]
    )
    return forecast.Past([series], since=0, error_budget=one.error_budget)


def linear(one: Synthetic, now: int, hours: int) -> tuple[float, float]:
    """The burn of the last day goes on: without, and with, what ages out of the window."""
    start = now - WINDOW_DAYS * DAY
    bad, total = one.bad[now] - one.bad[now - DAY], one.total[now] - one.total[now - DAY]
    burn = bad / max(total, 1) / one.error_budget
    consumed = float(consumed_at(one, np.array([now]))[0])
    plain = consumed + burn * hours / 24 / WINDOW_DAYS
    ahead = hours * 60
    kept_bad = one.bad[now] - one.bad[start + ahead]
    kept_total = one.total[now] - one.total[start + ahead]
    days = hours / 24
    aged = (kept_bad + bad * days) / max(kept_total + total * days, 1) / one.error_budget
    return plain, float(aged)


def moments() -> Iterator[int]:
    for number in range(JUDGED_DAYS * MOMENTS_A_DAY):
        yield HISTORY_DAYS * DAY + number * DAY // MOMENTS_A_DAY + 7 * number


def judged(objectives: int = OBJECTIVES, *, seed: int = 1) -> dict[int, dict[str, np.ndarray]]:
    rows: dict[int, list[list[float]]] = {hours: [] for hours in forecast.HORIZONS}
    starts = np.arange(0, forecast.LONGEST_HORIZON * 60 + 1, 60) - WINDOW_DAYS * DAY
    for number in range(objectives):
        one = synthetic(number, seed=seed)
        for now in moments():
            found = forecast.outlook(cut(one, now), starts, step=60, seed=now)
            now_consumed = float(consumed_at(one, np.array([now]))[0])
            for hours in forecast.HORIZONS:
                course = consumed_at(one, np.arange(now, now + hours * 60 + 1, 5))
                paths = found.at(hours)
                low, mid, high = np.quantile(paths, [0.1, 0.5, 0.9])
                plain, aged = linear(one, now, hours)
                rows[hours].append([
                    number, now_consumed, course[-1], float((course >= 1).any()),
                    plain, aged, mid, low, high, found.depletion_chance(hours),
                    float(plain >= 1), float(aged >= 1), paths.mean(), found.ongoing is not None,
                ])
    names = ("number", "now", "then", "was", "plain", "aged", "mid", "low", "high", "chance",
             "plain_chance", "aged_chance", "mean", "burning")
    return {h: dict(zip(names, np.array(r).T, strict=True)) for h, r in rows.items()}


def skill(chance, was, reference):
    return 1 - np.mean((chance - was) ** 2) / np.mean((reference - was) ** 2)


def report(found):
    for hours, r in found.items():
        print(f"{hours} h: n={len(r['now'])}")
        for name in ("now", "plain", "aged", "mid"):
            print(f"   MAE {name:6} {np.abs(r[name]-r['then']).mean()*100:6.1f}")
        cov = (r["low"] <= r["then"]) & (r["then"] <= r["high"])
        print(f"   coverage {cov.mean():.3f}  below {np.mean(r['then']<r['low']):.3f} above {np.mean(r['then']>r['high']):.3f}; burning {np.mean(cov[r['burning']>0]):.3f} n={int(r['burning'].sum())}")
        left = r["now"] < 1
        was = r["was"][left]
        own = np.zeros(len(was))
        nums = r["number"][left]
        for n in set(nums):
            own[nums == n] = was[nums == n].mean()
        print(f"   with budget left {left.sum()}, base rate {was.mean():.3f}")
        for label, ref in (("own", own), ("pooled", np.full(len(was), was.mean()))):
            print(f"   skill vs {label}: ours {skill(r['chance'][left],was,ref):.2f} linear {skill(r['plain_chance'][left],was,ref):.2f} aged {skill(r['aged_chance'][left],was,ref):.2f}")
        c = r["chance"][left]
        for lo in np.arange(0, 1, .2):
            m = (c >= lo) & (c < lo + .2 + (lo > .7))
            if m.sum(): print(f"      {lo:.1f}: n={m.sum()} said {c[m].mean():.2f} was {was[m].mean():.2f}")


def run() -> None:
    began = time.process_time()
    report(judged(int(sys.argv[-1]) if sys.argv[-1].isdigit() else OBJECTIVES))
    print(f"{time.process_time()-began:.1f} s")


if __name__ == "__main__":
    run()
