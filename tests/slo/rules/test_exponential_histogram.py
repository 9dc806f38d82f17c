"""Histograms that add and subtract, and quantiles within their bound."""

import math
import random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from slo.rules.exponential_histogram import (
    BUCKETS_A_DOUBLING,
    HIGHEST,
    LOWEST,
    Histogram,
    bucket_of,
    upper_bound,
)

buckets = st.dictionaries(st.integers(LOWEST, HIGHEST), st.integers(1, 10**12), max_size=30)
BOUND = 2 ** (1 / BUCKETS_A_DOUBLING) - 1


@given(st.floats(0.001, 1e8))
def test_a_latency_lies_in_its_bucket(milliseconds: float) -> None:
    index = bucket_of(milliseconds)
    edge = 1 + 1e-12

    assert upper_bound(index - 1) / edge < milliseconds or index == LOWEST
    assert milliseconds <= upper_bound(index) * edge


@pytest.mark.parametrize("power", range(-9, 27))
def test_a_power_of_two_is_the_upper_bound_of_its_bucket(power: int) -> None:
    assert bucket_of(2.0**power) == power * BUCKETS_A_DOUBLING - 1
    assert upper_bound(bucket_of(2.0**power)) == 2.0**power


@pytest.mark.parametrize(
    ("milliseconds", "index"), [(0, LOWEST), (-1, LOWEST), (1e-9, LOWEST), (1e12, HIGHEST)]
)
def test_what_is_beyond_the_ends_is_in_the_last_bucket(milliseconds: float, index: int) -> None:
    assert bucket_of(milliseconds) == index


@given(buckets)
def test_unpacks_what_was_packed(found: dict[int, int]) -> None:
    histogram = Histogram.of(found)

    assert dict(histogram.buckets()) == found
    assert Histogram.unpacked(histogram.packed()) == histogram
    assert Histogram.unpacked(memoryview(histogram.packed())) == histogram
    assert hash(Histogram.unpacked(histogram.packed())) == hash(histogram)


@given(buckets, buckets)
def test_adds_bucket_by_bucket_and_subtracts_back(
    one: dict[int, int], other: dict[int, int]
) -> None:
    total = Histogram.of(one) + Histogram.of(other)

    assert dict(total.buckets()) == {
        index: one.get(index, 0) + other.get(index, 0) for index in {*one, *other}
    }
    assert total - Histogram.of(other) == Histogram.of(one)
    assert total.total == sum(one.values()) + sum(other.values())


@pytest.mark.parametrize("share", [0.0, 0.01, 0.5, 0.9, 0.99, 0.999, 1.0])
@given(values=st.lists(st.floats(0.01, 1e7), min_size=1, max_size=60))
def test_a_quantile_is_within_its_bound(share: float, values: list[float]) -> None:
    histogram = sum((Histogram.of({bucket_of(v): 1}) for v in values), start=Histogram.of({}))
    rank = max(math.ceil(share * len(values)), 1)

    found = histogram.quantile(share)

    assert found == pytest.approx(sorted(values)[rank - 1], rel=BOUND * 1.001)


@pytest.mark.parametrize("name", ["log-normal", "Pareto", "bimodal"])
@pytest.mark.parametrize("share", [0.5, 0.9, 0.99])
def test_a_quantile_of_many_is_within_one_percent(name: str, share: float) -> None:
    pick = np.random.default_rng(7)
    samples = {
        "log-normal": pick.lognormal(4, 0.8, 50_000),
        "Pareto": 20 * (1 + pick.pareto(1.6, 50_000)),
        "bimodal": np.concatenate([pick.normal(30, 4, 47_000), pick.normal(900, 80, 3_000)]),
    }
    values = samples[name]
    indexes, counts = np.unique([bucket_of(v) for v in values], return_counts=True)

    found = Histogram.of(dict(zip(indexes.tolist(), counts.tolist(), strict=True))).quantile(share)

    assert found == pytest.approx(np.quantile(values, share, method="inverted_cdf"), rel=0.01)


def test_no_latency_has_no_quantile() -> None:
    assert Histogram.of({}).quantile(0.99) is None
    assert Histogram.unpacked(b"") == Histogram.of({})


def test_counts_what_is_at_most_a_bound() -> None:
    pick = random.Random(3)
    histogram = Histogram.of({index: pick.randrange(1, 9) for index in range(-50, 250, 3)})

    for index in range(-60, 260):
        below = sum(count for place, count in histogram.buckets() if place <= index)
        assert histogram.at_most(upper_bound(index) * (1 - 1e-9)) == below
