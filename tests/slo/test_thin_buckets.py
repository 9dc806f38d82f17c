"""Old counts are kept coarser, and no window that begins and ends between intervals changes."""

from datetime import datetime, timedelta
from decimal import Decimal

import pytest
import time_machine
from django.core.management import call_command
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pytest_django import Settings

from slo import selectors, services, tasks
from slo.models import Bucket, Indicator, LatencyBucket
from slo.rules.burn_rate import Counts
from slo.rules.minute import MINUTE
from slo.rules.time_slice import Budgeting, Slices, slice_start
from slo.rules.window import Span
from slo.selectors.latencies import latency_histogram
from slo.services import retention
from tests.conftest import NOON
from tests.factories.slo import IndicatorFactory

pytestmark = pytest.mark.django_db
TIERS = [(1, 100), (15, 400), (1440, None)]
# Midnights at which the default tiers begin.
QUARTERS = NOON.replace(hour=0) - timedelta(days=100)
DAYS = NOON.replace(hour=0) - timedelta(days=400)

# Minutes around both beginnings, with neighbours in one interval.
minutes = st.one_of(
    st.integers(-2000, 2000).map(lambda n: QUARTERS + n * MINUTE),
    st.integers(-4000, 2000).map(lambda n: DAYS + n * MINUTE),
    st.integers(0, 44).map(lambda n: QUARTERS - timedelta(days=9) + n * MINUTE),
)
counts = st.tuples(st.integers(0, 9), st.integers(0, 9)).map(lambda n: Counts(n[0], sum(n)))
batches = st.dictionaries(minutes, counts, min_size=1, max_size=40)


def add(indicator: Indicator, own: dict[datetime, Counts]) -> None:
    services.add_counts(counts={(indicator.pk, m): c for m, c in own.items()})


def before(indicator: Indicator, moment: datetime) -> Counts:
    place = (indicator.pk, moment)
    return selectors.cumulative_counts([place])[place]


def aligned(minute: datetime) -> datetime:
    length = 1440 if minute < DAYS else 15 if minute < QUARTERS else 1
    return slice_start(minute, length=length)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(early=batches, late=batches)
def test_keeps_every_aligned_window(
    early: dict[datetime, Counts], late: dict[datetime, Counts]
) -> None:
    indicator = IndicatorFactory.create()
    truth: dict[datetime, Counts] = {}
    for own in (early, late):
        add(indicator, own)
        truth = {m: truth.get(m, Counts()) + own.get(m, Counts()) for m in {*truth, *own}}
        services.forget_thinning()
        services.thin_buckets(at=NOON)

        for bound in {NOON, *(aligned(m) for m in truth)}:
            expected = sum((c for m, c in truth.items() if m < bound), start=Counts())
            found = before(indicator, bound)
            assert found == expected
            # A minute that is told of again after it was thinned is one more: nobody knows.
            reported = sum(m < bound for m in truth)
            assert found.minutes == reported if own is early else found.minutes >= reported
        rows = list(Bucket.objects.order_by("minute"))
        assert len({aligned(row.minute) for row in rows}) == len(rows)
        assert sum((row.counts for row in rows), start=Counts()) == before(indicator, NOON)
    Bucket.objects.all().delete()
    indicator.delete()


def test_keeps_the_default_tiers_of_the_settings(settings: Settings) -> None:
    assert settings.SLO_BUCKET_TIERS == TIERS
    assert settings.SLO_LATENCY_MINUTE_DAYS == 14


def test_never_touches_what_a_window_of_90_days_reads(at: datetime) -> None:
    indicator = IndicatorFactory.create()
    span = Span(at - timedelta(days=92), at)
    add(indicator, {span.start + n * MINUTE: Counts(1, 2) for n in range(40)})

    done = services.thin_buckets(at=at)

    assert (done.rows, done.is_finished) == (0, True)
    assert Bucket.objects.count() == 40


def test_rounds_an_end_amid_an_interval_down_to_its_start() -> None:
    indicator = IndicatorFactory.create()
    start = QUARTERS - timedelta(days=1)
    add(indicator, {start + n * MINUTE: Counts(1, 1) for n in range(15)})
    services.thin_buckets(at=NOON)

    assert before(indicator, start + 7 * MINUTE).total == 0
    assert before(indicator, start + 15 * MINUTE).total == 15


def test_goes_on_where_a_bounded_run_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retention, "PIECE", timedelta(hours=1))
    indicator = IndicatorFactory.create()
    start = QUARTERS - timedelta(days=3)
    add(indicator, {start + n * MINUTE: Counts(1, 1) for n in range(240)})

    runs: list[retention.Thinning] = []
    while not runs or not runs[-1].is_finished:
        runs.append(services.thin_buckets(at=NOON, most_rows=1))

    assert [run.rows for run in runs] == [56, 56, 56, 56, 0]
    assert Bucket.objects.count() == 16
    assert services.thin_buckets(at=NOON).rows == 0


def test_stops_after_so_many_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retention, "MOST_PIECES", 2)
    indicator = IndicatorFactory.create()
    add(indicator, {QUARTERS - timedelta(days=20 * n): Counts(1, 1) for n in range(1, 6)})

    assert [services.thin_buckets(at=NOON).is_finished for _run in range(4)] == [
        False,
        False,
        True,
        True,
    ]


def test_adds_late_counts_to_thinned_time_and_thins_them_again() -> None:
    indicator = IndicatorFactory.create(report_minutes=1)
    start = QUARTERS - timedelta(days=1)
    add(indicator, {start + n * MINUTE: Counts(1, 1) for n in range(15)})
    services.thin_buckets(at=NOON)

    add(indicator, {start + 3 * MINUTE: Counts(0, 5), start + 14 * MINUTE: Counts(0, 1)})
    add(indicator, {NOON: Counts(1, 1)})

    assert before(indicator, start + 15 * MINUTE) == Counts(15, 21)
    with time_machine.travel(NOON, tick=False):
        tasks.thin_buckets()
        assert Bucket.objects.count() == 3
        call_command("thin_buckets", "--again")
    assert [(b.good, b.total) for b in Bucket.objects.order_by("minute")] == [(15, 21), (1, 1)]


def test_leaves_alone_what_is_cut_into_slices() -> None:
    indicator = IndicatorFactory.create()
    services.create_objective(
        slug="cut",
        name="Cut",
        indicator=indicator,
        target=Decimal(99),
        slices=Slices(Budgeting.RATIO_TIMESLICES, 5),
    )
    start = QUARTERS - timedelta(days=1)
    add(indicator, {start + n * MINUTE: Counts(1, 1) for n in range(15)})
    rows = Bucket.objects.count()

    assert services.thin_buckets(at=NOON).rows == 0
    assert Bucket.objects.count() == rows


def test_cuts_no_slices_out_of_thinned_time() -> None:
    indicator = IndicatorFactory.create()
    start = QUARTERS - timedelta(days=1)
    add(indicator, {start + n * MINUTE: Counts(1, 1) for n in range(15)})
    add(indicator, {NOON - timedelta(days=1): Counts(1, 1)})
    services.thin_buckets(at=NOON)

    objective = services.create_objective(
        slug="cut",
        name="Cut",
        indicator=indicator,
        target=Decimal(99),
        slices=Slices(Budgeting.TIMESLICES, 5, Decimal(95)),
    )
    add(indicator, {start: Counts(0, 1)})

    series = Bucket.objects.filter(indicator=objective.series_id)
    assert [bucket.total for bucket in series] == [1]


def test_keeps_latencies_by_the_hour() -> None:
    indicator = IndicatorFactory.create(kind=Indicator.Kind.LATENCY, latency_threshold_ms=100)
    day = NOON.replace(hour=0) - timedelta(days=15)
    places = [(indicator.pk, day + n * MINUTE) for n in range(0, 600, 7)]
    services.add_counts(
        counts=dict.fromkeys(places, Counts(1, 1)),
        latencies={place: {n % 50: 1} for n, place in enumerate(places)},
    )
    spans = [
        Span(day + timedelta(hours=a), day + timedelta(hours=b))
        for a in range(11)
        for b in range(a)
    ]
    found = [latency_histogram(indicator.pk, span) for span in spans]

    services.thin_buckets(at=NOON)

    assert [latency_histogram(indicator.pk, span) for span in spans] == found
    assert LatencyBucket.objects.filter(grain=LatencyBucket.Grain.MINUTE).count() == 10
    assert Bucket.objects.count() == len(places)

    services.add_counts(
        counts={(indicator.pk, day): Counts(1, 1)}, latencies={(indicator.pk, day): {3: 1}}
    )
    assert latency_histogram(indicator.pk, Span(day, day + timedelta(hours=1))).total == 10
