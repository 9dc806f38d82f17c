"""Alerts of the exported rules, as Prometheus itself decides, and ours: at the same points.

Prometheus' own `promtool test rules` runs the exported rules over random counters. They are
sampled on the minute and begin at zero, and rules run on the minute, so that increase()
extrapolates nothing: then both count the same requests, and every decision must agree.

Compared is whether a pair of windows fires. What the portal does with that beyond
Prometheus is not: it freezes on too little data, and wakes nobody on too few requests.
"""

import random
from datetime import datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from itertools import accumulate
from pathlib import Path
from typing import Any

import pytest

from slo import selectors, services
from slo.models import Indicator, Objective
from slo.rules.alert_level import Level, PairState, WindowPair
from slo.rules.burn_rate import Counts, burn_factor, can_fire, error_budget
from slo.rules.definition import IndicatorDefinition, Series
from slo.rules.minute import MINUTE, shorthand
from slo.rules.prometheus_rules import ALERT
from slo.rules.request_outcome import Kind
from slo.rules.window import RollingWindow
from slo.services.stored_definitions import store_indicator
from tests.factories.catalog import ServiceFactory
from tests.oracle.promtool import promtool, run_rules

pytestmark = [pytest.mark.oracle, pytest.mark.django_db, pytest.mark.timeout(900)]

OBJECTIVES = 10
MINUTES = 15 * 60
POINTS = 120
LONG_RUN = 100_000
PAIRS = ((5, 1), (30, 5), (60, 5), (90, 7), (360, 30), (720, 60))
Labels = tuple[str, str, str, str]


def store_objective(
    slug: str, *, part: str, target: Decimal, days: int, pairs: list[WindowPair]
) -> Objective:
    total = f'requests_total{{shop="{slug}",outcome=~"good|bad"}}'
    counted = f'requests_total{{shop="{slug}",outcome="{part}"}}'
    series = Series(total, good=counted) if part == "good" else Series(total, bad=counted)
    definition = IndicatorDefinition(
        slug=slug, name=slug, service=slug, kind=Kind.COUNTS, report_minutes=1, series=series
    )
    store_indicator(definition, service=ServiceFactory.create(slug=slug))
    return services.create_objective(
        slug=slug,
        name=f"{slug} {{{{ answers }}}}",
        indicator=Indicator.objects.get(slug=slug),
        target=target,
        window=RollingWindow(days),
        burn_windows=pairs,
    )


def add_traffic(objective: Objective, traffic: list[Counts], at: datetime) -> None:
    minutes = {(objective.indicator_id, at + n * MINUTE): c for n, c in enumerate(traffic)}
    services.add_counts(counts=minutes)


def counters(slug: str, traffic: list[Counts]) -> dict[str, list[int]]:
    """What Prometheus scrapes: a sample of a minute holds all that came before it."""
    added = {"good": [c.good for c in traffic], "bad": [c.bad for c in traffic]}
    return {
        f'requests_total{{shop="{slug}",outcome="{outcome}"}}': list(accumulate(n, initial=0))
        for outcome, n in added.items()
    }


def firing(at: datetime) -> set[Labels]:
    """What fires by our own counts before the minute, which is not under way yet."""
    statuses = selectors.objective_statuses(
        selectors.all_objectives(), at=at - timedelta(seconds=1)
    )
    return {
        (
            status.slug,
            pair.pair.level.value,
            shorthand(pair.pair.long_minutes),
            shorthand(pair.pair.short_minutes),
        )
        for status in statuses
        for pair in status.pairs
        if pair.state is PairState.FIRING
    }


def case(minute: int, expected: set[Labels]) -> dict[str, Any]:
    samples = [
        f'ALERTS{{alertname="{ALERT}",alertstate="firing",slo="{slug}",service="{slug}",'
        f'level="{level}",window="{long}",short_window="{short}"}}'
        for slug, level, long, short in sorted(expected)
    ]
    return {
        "expr": 'ALERTS{alertstate="firing"}',
        "eval_time": f"{minute}m",
        "exp_samples": [{"labels": labels, "value": 1} for labels in samples],
    }


def random_traffic(chance: random.Random) -> list[Counts]:
    """Calm, silent or failing for a while at a time."""
    traffic: list[Counts] = []
    usual = chance.choice([1, 8, 60, 400])
    while len(traffic) < MINUTES:
        share = chance.choice([0, 0, 0.001, 0.01, 0.0144, 0.05, 0.3, 1])
        is_silent = chance.random() < 0.15
        for _minute in range(chance.choice([1, 7, 40, 200])):
            total = 0 if is_silent else chance.randint(0, 2 * usual)
            bad = sum(chance.random() < share for _request in range(total))
            traffic.append(Counts(total - bad, total))
    return traffic[:MINUTES]


def random_objective(slug: str, chance: random.Random) -> Objective:
    targets = ["90", "95", "99", "99.5", "99.9", "99.95", "98.7654"]
    target, days = Decimal(chance.choice(targets)), chance.choice([1, 7, 28, 30, 90])
    pairs = []
    for long, short in chance.sample(PAIRS, 3):
        share = Decimal(chance.choice([1, 2, 7, 33, 50, 100, 200, 1000, 2500])) / 10_000
        if can_fire(share, window_minutes=days * 1440, long_minutes=long, target=target):
            level = chance.choice([Level.LOW, Level.MEDIUM, Level.HIGH, Level.CRITICAL])
            pairs.append(WindowPair(long, short, share, level))
    part = chance.choice(["good", "bad"])
    return store_objective(slug, part=part, target=target, days=days, pairs=pairs)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """One seed is about 3000 decisions; the long run has ten."""
    if "seed" in metafunc.fixturenames:
        is_long = metafunc.config.getoption("--oracle-windows", 0) >= LONG_RUN
        metafunc.parametrize("seed", range(1, 11 if is_long else 2))


def test_prometheus_decides_as_we_do(tmp_path: Path, at: datetime, seed: int) -> None:
    promtool()
    chance = random.Random(seed)
    series: dict[str, list[int]] = {}
    for number in range(OBJECTIVES):
        objective, traffic = random_objective(f"shop-{number}", chance), random_traffic(chance)
        add_traffic(objective, traffic, at)
        series |= counters(objective.slug, traffic)
    points = sorted(chance.sample(range(3, MINUTES), POINTS))
    decided = {minute: firing(at + minute * MINUTE) for minute in points}
    rules, left_out = selectors.prometheus_text()

    disagreement = run_rules(
        tmp_path, rules, series=series, cases=[case(*found) for found in decided.items()]
    )

    assert left_out == ()
    assert disagreement == ""
    pairs = sum(objective.burn_windows.count() for objective in selectors.all_objectives())
    fired = sum(map(len, decided.values()))
    assert 0.02 < fired / (pairs * POINTS) < 0.98


THRESHOLDS = [
    ("99.9", 30, "0.02"),
    ("99.9", 28, "0.02"),
    ("99", 30, "0.0007"),
    ("98.7654", 90, "0.0033"),
    ("99.95", 7, "0.3"),
    ("66.6667", 1, "0.1234"),
    ("99.9999", 30, "0.05"),
    ("90", 30, "0.0101"),
]


def test_prometheus_decides_as_we_do_at_the_very_threshold(tmp_path: Path, at: datetime) -> None:
    """A burn of exactly the factor does not fire, and one bad request more does."""
    promtool()
    series: dict[str, list[int]] = {}
    for number, (target, days, consumption) in enumerate(THRESHOLDS):
        pair = WindowPair(60, 5, Decimal(consumption), Level.LOW)
        objective = store_objective(
            f"shop-{number}", part="bad", target=Decimal(target), days=days, pairs=[pair]
        )
        share = _share(objective, pair)
        just = Counts(share.denominator - share.numerator, share.denominator)
        traffic = [*[just] * 61, Counts(just.good - 1, just.total), *[just] * 3]
        add_traffic(objective, traffic, at)
        series |= counters(objective.slug, traffic)
    decided = {minute: firing(at + minute * MINUTE) for minute in (61, 62)}
    rules, _left_out = selectors.prometheus_text()

    disagreement = run_rules(
        tmp_path, rules, series=series, cases=[case(*found) for found in decided.items()]
    )

    assert [len(found) for found in decided.values()] == [0, len(THRESHOLDS)]
    assert disagreement == ""


def _share(objective: Objective, pair: WindowPair) -> Fraction:
    factor = burn_factor(
        pair.consumption, window_minutes=objective.window_minutes, long_minutes=pair.long_minutes
    )
    return factor * error_budget(objective.target)
