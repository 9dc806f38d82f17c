"""What-ifs: the present settings replayed agree with the evaluation, changed ones differ."""

import random
from datetime import datetime, timedelta
from decimal import Decimal

import numpy as np
import pytest

from slo import selectors, services
from slo.errors import ObjectiveRefused, UnknownObjective
from slo.models import Correction, Objective
from slo.rules.alert_level import Level, WindowPair
from slo.rules.burn_rate import Counts
from slo.rules.exponential_histogram import bucket_of
from slo.rules.minute import MINUTE
from slo.rules.window import Span
from slo.selectors import Changes
from tests.factories.slo import BurnWindowFactory, IndicatorFactory, ObjectiveFactory
from tests.slo.traffic import serve, serve_days

pytestmark = pytest.mark.django_db
PAIRS = ((30, 5, "0.02", "critical"), (120, 10, "0.05", "high"), (360, 30, "0.1", "medium"))
REPLAYED_MINUTES = 240


def _random_history(objective: Objective, *, at: datetime, seed: int) -> None:
    """Silences, few requests and many, calm and outages."""
    rng = random.Random(seed)
    counts = {}
    share, rate = 0.0, 20
    for ago in range(3 * 1440, -1, -1):
        if rng.random() < 0.02:
            share, rate = rng.choice([0, 0.005, 0.05, 1]), rng.choice([0, 1, 20, 300])
        bad = sum(rng.random() < share for _request in range(rate))
        if rate:
            counts[objective.indicator_id, at - ago * MINUTE] = Counts(rate - bad, rate)
    services.add_counts(counts=counts)


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize(
    "settings",
    [
        {"window_days": 1},
        {"window_kind": "calendar", "calendar_unit": "day", "time_zone": "Europe/Berlin"},
        {"window_days": 2, "budgeting": "timeslices", "slice_minutes": 5, "slice_target": 95},
    ],
)
def test_unchanged_settings_agree_with_the_evaluation(
    settings: dict[str, object], seed: int, at: datetime
) -> None:
    objective = ObjectiveFactory.build(
        indicator=IndicatorFactory.create(), target=Decimal(99), **settings
    )
    services.save_objective(objective)
    for long, short, consumption, level in PAIRS:
        BurnWindowFactory.create(
            objective=objective,
            long_minutes=long,
            short_minutes=short,
            consumption=Decimal(consumption),
            level=level,
        )
    _random_history(objective, at=at, seed=seed)
    Correction.objects.create(
        objective=objective,
        reason="maintenance",
        starts_at=at - timedelta(hours=5),
        duration_minutes=37,
        entered_at=at,
    )

    found = selectors.what_if(objective.slug, Changes(), at=at, days=1)

    present = found.present.replay
    assert np.array_equal(present.levels, found.changed.replay.levels)
    loaded = selectors.get_objective(objective.slug)
    beginning = len(present.levels) - REPLAYED_MINUTES
    loaded.level = list(Level)[int(present.levels[beginning - 1])].value
    loaded.level_changed_at = at - timedelta(days=2)
    for place in range(beginning, len(present.levels)):
        moment = present.first + place * MINUTE
        status = selectors.objective_statuses([loaded], at=moment)[0]
        assert list(Level)[int(present.levels[place])] is status.level, moment
        expected = float("nan") if status.remaining is None else status.remaining
        assert present.remaining[place] == pytest.approx(expected, nan_ok=True)
        loaded.level = status.level.value
    assert present.levels.any()


@pytest.fixture
def objective(at: datetime) -> Objective:
    """One outage of twenty minutes, two days ago, of 100 requests a minute."""
    window = BurnWindowFactory.create(
        objective__slug="shop", objective__target=Decimal(99), objective__window_days=7
    )
    objective: Objective = window.objective
    serve_days(objective.indicator, at=at, days=20, good=1500, bad=0)
    for ago in range(2880, 2860, -1):
        serve(objective.indicator, at=at, good=0, bad=600, minutes_ago=ago)
    return objective


def test_each_alert_has_its_level_time_and_peak(objective: Objective, at: datetime) -> None:
    replay = selectors.what_if("shop", Changes(), at=at).present.replay

    (alert,) = replay.alerts
    assert alert.level is Level.CRITICAL
    assert at - 2880 * MINUTE <= alert.started_at <= at - 2875 * MINUTE
    assert alert.ended_at is not None
    assert at - 2865 * MINUTE <= alert.ended_at <= at - 2840 * MINUTE
    assert alert.peak_burn is not None
    assert alert.peak_burn > 50
    assert (replay.times_exhausted, replay.worst_at) == (1, at - 2861 * MINUTE)


@pytest.mark.parametrize(
    ("changes", "alerts", "exhausted"),
    [
        (Changes(target=Decimal(90)), 1, 0),
        (Changes(target=Decimal("99.9")), 1, 1),
        (Changes(window_days=1), 1, 1),
        (Changes(calendar_unit="month", time_zone="Asia/Tokyo"), 1, 0),
        (Changes(burn_windows=()), 0, 1),
    ],
)
def test_changes_are_replayed(
    objective: Objective, at: datetime, changes: Changes, alerts: int, exhausted: int
) -> None:
    found = selectors.what_if("shop", changes, at=at)

    replay = found.changed.replay
    assert (len(replay.alerts), min(replay.times_exhausted, 1)) == (alerts, exhausted)
    assert len(found.present.replay.alerts) == 1


def test_excluded_time_does_not_count(objective: Objective, at: datetime) -> None:
    outage = Span(at - 2880 * MINUTE, at - 2860 * MINUTE)

    found = selectors.what_if("shop", Changes(exclusions=(outage,)), at=at)

    assert found.changed.replay.worst == 1
    assert found.changed.replay.alerts == ()
    assert found.present.replay.worst is not None
    assert found.present.replay.worst < 0


def test_pairs_that_could_never_fire_are_left_out(objective: Objective, at: datetime) -> None:
    pairs = (WindowPair(60, 5, Decimal("0.5"), Level.CRITICAL),)

    found = selectors.what_if(
        "shop", Changes(target=Decimal(90), burn_windows=pairs), at=at
    ).changed

    assert (found.pairs, found.left_out) == ((), pairs)


def test_another_threshold_is_read_from_the_latencies(at: datetime) -> None:
    indicator = IndicatorFactory.create(kind="latency", latency_threshold_ms=100)
    objective = ObjectiveFactory.create(indicator=indicator, target=Decimal(50))
    minutes = [at - ago * MINUTE for ago in range(3000)]
    services.add_counts(
        counts={(indicator.pk, minute): Counts(3, 10) for minute in minutes},
        latencies={
            (indicator.pk, minute): {bucket_of(50): 3, bucket_of(200): 5, bucket_of(900): 2}
            for minute in minutes
        },
    )

    found = selectors.what_if(objective.slug, Changes(latency_threshold_ms=300), at=at)

    assert found.present.replay.remaining[-1] == pytest.approx(1 - 0.7 / 0.5)
    assert found.changed.replay.remaining[-1] == pytest.approx(1 - 0.2 / 0.5)


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        (Changes(target=Decimal(100)), "/target"),
        (Changes(window_days=0), "/window_days"),
        (Changes(window_days=7, calendar_unit="week"), "/calendar_unit"),
        (Changes(calendar_unit="fortnight"), "/calendar_unit"),
        (Changes(time_zone="Mars/Olympus"), "/time_zone"),
        (Changes(latency_threshold_ms=300), "/latency_threshold_ms"),
    ],
)
def test_senseless_changes_are_refused(
    objective: Objective, at: datetime, changes: Changes, pointer: str
) -> None:
    with pytest.raises(ObjectiveRefused) as caught:
        selectors.what_if("shop", changes, at=at)

    assert [error.field for error in caught.value.fields] == [pointer]


def test_an_unknown_objective_is_refused(at: datetime) -> None:
    with pytest.raises(UnknownObjective):
        selectors.what_if("nothing", Changes(), at=at)


@pytest.mark.parametrize(
    "slices", [{}, {"budgeting": "timeslices", "slice_minutes": 15, "slice_target": Decimal(95)}]
)
def test_a_new_objective_over_old_counts_has_its_past_at_once(
    slices: dict[str, object], at: datetime
) -> None:
    indicator = IndicatorFactory.create()
    serve_days(indicator, at=at, days=90, good=95, bad=5)

    objective = ObjectiveFactory.build(
        slug="new", indicator=indicator, target=Decimal(80), **slices
    )
    services.save_objective(objective)

    replay = selectors.what_if("new", Changes(), at=at).present.replay
    share = 0.0 if slices else 0.05
    assert not np.isnan(replay.remaining[30:]).any()
    assert replay.remaining[40_000] == pytest.approx(1 - share / 0.2)
    assert selectors.forecast_of("new", at=at).horizons
