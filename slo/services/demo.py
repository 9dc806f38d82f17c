"""A month of traffic to look at: past burns, a journey, a month of the calendar, slices."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from zoneinfo import ZoneInfo

from django.contrib.auth.models import User

from catalog.models import Service
from slo import selectors
from slo.models import Bucket, Indicator, Objective
from slo.rules.budget_step import step_reached
from slo.rules.burn_rate import Counts
from slo.rules.exponential_histogram import bucket_of
from slo.rules.minute import MINUTE, minute_of
from slo.rules.request_outcome import Kind
from slo.rules.time_slice import Budgeting, Slices
from slo.rules.window import CalendarUnit, CalendarWindow
from slo.services.latencies import add_latencies
from slo.services.objectives import create_composite, create_objective
from slo.services.seeds import AVAILABILITY, ERROR_RATE, LATENCY, Promise, make_promise


@dataclass(frozen=True, slots=True)
class Burn:
    """A past failure: so many days ago, from an hour on, that share of requests was bad.

    The demo's incidents tell of the same failures.
    """

    days_ago: int
    hour: int
    lasted: timedelta
    bad_share: float

    def is_under_way(self, minute: datetime, *, until: datetime) -> bool:
        day = until - timedelta(days=self.days_ago)
        start = day.replace(hour=self.hour, minute=5, second=0, microsecond=0)
        return start <= minute <= start + self.lasted


@dataclass(frozen=True, slots=True)
class DemoTraffic:
    service: str
    promise: Promise
    requests_a_minute: int
    usual_bad_share: float
    burns: tuple[Burn, ...] = ()


DEMO = (
    DemoTraffic("storefront", AVAILABILITY, 900, 0.00015),
    DemoTraffic("storefront", LATENCY, 900, 0.002),
    DemoTraffic(
        "checkout",
        AVAILABILITY,
        240,
        0.0001,
        (Burn(27, 2, timedelta(minutes=55), 0.28),),
    ),
    DemoTraffic(
        "payments",
        AVAILABILITY,
        180,
        0.0001,
        (
            Burn(27, 2, timedelta(minutes=55), 0.1),
            Burn(12, 17, timedelta(minutes=130), 0.08),
        ),
    ),
    DemoTraffic(
        "search",
        LATENCY,
        400,
        0.003,
        (Burn(19, 14, timedelta(hours=24), 0.4),),
    ),
    DemoTraffic("catalog-api", AVAILABILITY, 600, 0.0002),
    DemoTraffic("notifications", ERROR_RATE, 60, 0.0003),
)
# Browsing, paying at the till, paying for real: the last weighs most.
JOURNEY = (
    ("storefront-availability", 1),
    ("checkout-availability", 2),
    ("payments-availability", 3),
)
DEMO_SPAN = timedelta(days=30)
# Recent minutes are closer together, so that the shortest window holds data.
RECENT = timedelta(days=1)
RECENT_STEP, EARLIER_STEP = 5, 15


def sow_demo(at: datetime, operator: User | None) -> list[str]:
    services = {s.slug: s for s in Service.objects.filter(slug__in={d.service for d in DEMO})}
    sentences = []
    for traffic in DEMO:
        service = services.get(traffic.service)
        objective = make_promise(service, traffic.promise) if service else None
        if objective:
            _fill(objective, traffic, at=at)
            sentences.append(f"Objective {objective.name}, with a month of demo traffic.")
    return sentences + [f"Objective {made.name}." for made in _derived(at=at)]


def _derived(*, at: datetime) -> Iterator[Objective]:
    """Promises over what the others count: a journey, slices, a month of the calendar."""
    found = {i.slug: i for i in selectors.all_indicators()}
    known = set(Objective.objects.values_list("slug", flat=True))
    parts = [(found[slug], weight) for slug, weight in JOURNEY if slug in found]
    if len(parts) == len(JOURNEY) and "buying" not in known:
        journey = create_composite(
            slug="buying", name="Buying: journey", service=parts[1][0].service, components=parts
        )
        yield _promised(
            create_objective(
                slug="buying", name=journey.name, indicator=journey, target=Decimal("99.8")
            ),
            at=at,
        )
    if "search-latency" in found and "search-latency-slices" not in known:
        yield _promised(
            create_objective(
                slug="search-latency-slices",
                name="Search: 95th percentile, quarter hours",
                indicator=found["search-latency"],
                target=Decimal(98),
                slices=Slices(Budgeting.TIMESLICES, 15, Decimal(95)),
            ),
            at=at,
        )
    if "checkout-availability" in found and "checkout-month" not in known:
        yield _promised(
            create_objective(
                slug="checkout-month",
                name="Checkout: availability, by month",
                indicator=found["checkout-availability"],
                target=Decimal("99.9"),
                window=CalendarWindow(CalendarUnit.MONTH, ZoneInfo("Europe/Berlin")),
            ),
            at=at,
        )


def _promised(objective: Objective, *, at: datetime) -> Objective:
    _let_the_past_be(objective, at=at)
    return objective


def _fill(objective: Objective, traffic: DemoTraffic, *, at: datetime) -> None:
    running = Counts()
    buckets = []
    for minute, own in _history(traffic, until=minute_of(at)):
        running += Counts(own.good, own.total, minutes=1)
        buckets.append(
            Bucket(
                indicator=objective.indicator,
                minute=minute,
                good=own.good,
                total=own.total,
                cumulative_good=running.good,
                cumulative_total=running.total,
                cumulative_minutes=running.minutes,
            )
        )
    Bucket.objects.bulk_create(buckets, batch_size=2000)
    Indicator.objects.filter(pk=objective.indicator_id).update(first_minute=buckets[0].minute)
    if objective.indicator.kind == Kind.LATENCY:
        add_latencies({(b.indicator_id, b.minute): _latencies(b.counts) for b in buckets[::8]})
    _let_the_past_be(objective, at=at)


def _let_the_past_be(objective: Objective, *, at: datetime) -> None:
    """What was consumed before the demo is nobody's news."""
    status = selectors.objective_status(objective.slug, at=at)
    objective.budget_step_announced = step_reached(status.consumed or Fraction(0))
    objective.save(update_fields=["budget_step_announced"])


def _history(traffic: DemoTraffic, *, until: datetime) -> Iterator[tuple[datetime, Counts]]:
    minute = until - DEMO_SPAN
    owed = 0.0
    while minute <= until:
        step = RECENT_STEP if minute >= until - RECENT else EARLIER_STEP
        total = max(round(traffic.requests_a_minute * step * _time_of_day(minute)), 1)
        owed += total * _bad_share(traffic, minute, until=until)
        bad = min(int(owed), total)
        owed -= bad
        yield minute, Counts(total - bad, total)
        minute += step * MINUTE


def _time_of_day(minute: datetime) -> float:
    """Traffic is lowest at four in the morning; a ripple keeps it from looking drawn."""
    hours = minute.hour + minute.minute / 60
    ripple = 0.06 * math.sin(minute.timetuple().tm_yday * 7 + hours * 5)
    return 0.6 - 0.4 * math.cos((hours - 4) / 24 * 2 * math.pi) + ripple


def _bad_share(traffic: DemoTraffic, minute: datetime, *, until: datetime) -> float:
    for burn in traffic.burns:
        if burn.is_under_way(minute, until=until):
            return burn.bad_share
    return traffic.usual_bad_share


def _latencies(counts: Counts) -> dict[int, int]:
    """Most answers take 80 ms, more or less; the bad ones twice what is promised."""
    shares = {40: 2, 80: 5, 160: 2, 320: 1}
    parts = sum(shares.values())
    usual = {bucket_of(ms): counts.good * share // parts for ms, share in shares.items()}
    return {**usual, bucket_of(1000): counts.bad}
