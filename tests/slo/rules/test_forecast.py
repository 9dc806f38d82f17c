"""What may become of a budget: distributions, chances, intervals, scores."""

import numpy as np
import pytest

from slo.rules.composite import Blend
from slo.rules.forecast import Past, Series, outlook, step_minutes
from slo.rules.forecast_score import Judged, score
from slo.rules.history import Integers
from slo.rules.incident_run import BIN_MINUTES, Ongoing, ongoing, run_lengths
from slo.rules.period_outlook import expected_requests
from slo.rules.projection import Horizon, depletion, horizon, widening_of

DAYS, DAY = 20, 1440
WINDOW = 7 * DAY
STARTS = np.arange(0, 72 * 60 + 1, 60) - WINDOW


def cumulative(own: Integers) -> Integers:
    return np.concatenate([np.zeros(1, dtype=np.int64), np.cumsum(own)])


def past(bad: Integers | None = None, *, each: int = 100, budget: float = 0.01) -> Past:
    minutes = DAYS * DAY
    own = np.zeros(minutes, dtype=np.int64) if bad is None else bad
    total = np.full(minutes, each, dtype=np.int64)
    return Past([Series(cumulative(own), cumulative(total))], since=0, error_budget=budget)


def test_nothing_bad_stays_nothing() -> None:
    found = outlook(past(), STARTS, step=60, seed=1)

    assert found is not None
    assert not found.consumed.any()
    assert found.depletion_chance(72) == 0
    assert depletion(found).early is None


def test_chance_comes_from_the_seed_alone() -> None:
    bad = np.random.default_rng(1).poisson(0.5, DAYS * DAY)
    one, same, other = (outlook(past(bad), STARTS, step=60, seed=s) for s in (1, 1, 2))

    assert one is not None
    assert same is not None
    assert other is not None
    assert np.array_equal(one.consumed, same.consumed)
    assert not np.array_equal(one.consumed, other.consumed)


def test_what_ages_out_is_subtracted_exactly() -> None:
    bad = np.zeros(DAYS * DAY, dtype=np.int64)
    bad[-WINDOW + 600] = 5000
    found = outlook(past(bad), STARTS, step=60, seed=1)

    assert found is not None
    before, after = found.consumed[:, 10], found.consumed[:, 11]
    fallen = 5000 / (WINDOW * 100) / 0.01
    # The window that ends 600 minutes from now still begins with that minute.
    # Some paths draw that minute again.
    assert np.median(before - after) == pytest.approx(fallen)


def test_a_window_that_begins_ahead_of_now_counts_what_is_ahead_alone() -> None:
    bad = np.zeros(DAYS * DAY, dtype=np.int64)
    bad[-600:-300] = 90
    starts = np.where(np.arange(73) < 10, -DAY, 600)
    found = outlook(past(bad), starts, step=60, seed=1)

    assert found is not None
    assert found.consumed[:, 0].min() > 1
    assert np.median(found.consumed[:, 11]) == 0


def test_a_composite_is_blended() -> None:
    clean, dirty = past().series[0], past(np.full(DAYS * DAY, 2, dtype=np.int64)).series[0]
    worst = Past([clean, dirty], since=0, error_budget=0.01, blend=Blend.WORST)
    mean = Past([clean, dirty], since=0, error_budget=0.01)

    shares = [outlook(one, STARTS, step=60, seed=1) for one in (worst, mean)]

    assert shares[0] is not None
    assert shares[1] is not None
    assert shares[0].consumed[0, 0] == pytest.approx(2)
    assert shares[1].consumed[0, 0] == pytest.approx(1)


def test_a_day_of_data_is_needed() -> None:
    known = past()
    young = Past(known.series, since=known.now - DAY + 1, error_budget=0.01)

    assert outlook(young, STARTS, step=60, seed=1) is None


@pytest.mark.parametrize(
    ("hours", "step"), [(1, 60), (72, 60), (288, 60), (289, 120), (8760, 1440)]
)
def test_far_horizons_are_coarser(hours: int, step: int) -> None:
    assert step_minutes(hours) == step


def test_runs_are_measured() -> None:
    assert run_lengths(np.array([True, False, True, True, False])).tolist() == [1, 2]
    assert run_lengths(np.array([False])).tolist() == []


def test_a_burn_under_way_is_seen_in_the_last_bin() -> None:
    shares = np.zeros(100)
    shares[10:14], shares[50:58], shares[97:] = 0.5, 0.5, 0.25

    found = ongoing(shares, error_budget=0.01)

    expected = ((4 - 3) + 0.5 + (8 - 3) + 0.5) * BIN_MINUTES
    assert found == Ongoing(45, 0.25, ended=2, further_minutes=expected)
    assert ongoing(shares[:-3], error_budget=0.01) is None
    assert ongoing(np.full(5, np.nan), error_budget=0.01) is None


def test_what_burns_always_is_no_burn_under_way() -> None:
    assert ongoing(np.full(100, 0.05), error_budget=0.01) is None


def test_longer_burns_before_are_longer_burns_to_come() -> None:
    rng = np.random.default_rng(1)
    short = Ongoing(30, 0.5, ended=20, further_minutes=20 * 30)
    long = Ongoing(30, 0.5, ended=20, further_minutes=20 * 600)

    assert np.median(short.remaining_minutes(400, rng)) < 40
    assert np.median(long.remaining_minutes(400, rng)) > 200


def judged(**changed: object) -> Judged:
    usual = {
        "group": "a",
        "consumed": 0.5,
        "depletion_chance": 0.5,
        "median": 0.6,
        "low": 0.5,
        "high": 0.9,
        "was_depleted": False,
        "consumed_then": 0.7,
    }
    return Judged(**{**usual, **changed})  # type: ignore[arg-type]  # some fields changed


def test_scores_are_those_of_the_textbook() -> None:
    found = score(
        [
            judged(depletion_chance=0.9, was_depleted=True, consumed_then=1.5),
            judged(depletion_chance=0.1),
            judged(group="b", depletion_chance=0.2),
            # Made when all was gone: no art.
            judged(group="b", consumed=1.2, depletion_chance=1, was_depleted=True),
        ]
    )

    assert found is not None
    assert (found.judged, found.with_budget, found.coverage) == (4, 3, 0.75)
    assert found.brier == pytest.approx((0.01 + 0.01 + 0.04) / 3)
    # The base rate of a is a half; b was never depleted.
    assert found.skill == pytest.approx(1 - (0.06 / 3) / (0.5 / 3))
    assert found.mean_error == pytest.approx((0.9 + 3 * 0.1) / 4)
    assert [(one.count, one.came) for one in found.bins] == [(1, 0), (1, 0), (1, 1)]


def test_skill_is_unknown_where_nothing_ever_happens() -> None:
    found = score([judged(), judged()])

    assert found is not None
    assert found.skill is None
    assert score([]) is None


def test_widening_makes_four_of_five_fit() -> None:
    told = Horizon(24, 0.0, 0.5, 0.4, 0.6)
    outcomes = [0.5 + 0.006 * number for number in range(50)]
    learned = widening_of([(told, came) for came in outcomes] * 40)

    width = (told.high - told.low) * learned
    inside = [told.low - width <= came <= told.high + width for came in outcomes]
    assert 0.65 <= sum(inside) / len(inside) <= 0.82
    assert widening_of([]) == 0


def test_widening_is_learned_of_intervals_as_they_were_before() -> None:
    plain = Horizon(24, 0.0, 0.5, 0.4, 0.6)
    wide = Horizon(24, 0.0, 0.5, 0.3, 0.7, widening=0.5)

    assert widening_of([(plain, 0.75)] * 100) == pytest.approx(widening_of([(wide, 0.75)] * 100))


def test_an_interval_holds_its_median_and_nothing_negative() -> None:
    found = outlook(past(np.full(DAYS * DAY, 1, dtype=np.int64)), STARTS, step=60, seed=1)

    assert found is not None
    narrow = horizon(found, hours=24, widening=-0.3)
    wide = horizon(found, hours=24, widening=1.0)
    assert narrow.low <= narrow.median <= narrow.high
    assert 0 <= wide.low <= narrow.low


def test_traffic_to_come_is_that_of_the_same_weekdays() -> None:
    weekday = np.arange(28 * DAY) // DAY % 7
    total = cumulative(np.where(weekday < 5, 100, 10).astype(np.int64))

    two_days = expected_requests(total, since=0, minutes=2 * DAY)
    a_week = expected_requests(total, since=0, minutes=7 * DAY)

    assert two_days == 2 * DAY * 100
    assert a_week == DAY * (5 * 100 + 2 * 10)
    assert expected_requests(total[: 2 * DAY + 1], since=0, minutes=DAY) == DAY * 100
    assert expected_requests(total[:1], since=0, minutes=DAY) == 0
