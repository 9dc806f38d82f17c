"""What a fresh portal promises, and a month of traffic to look at."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from fractions import Fraction

from django.conf import settings
from django.contrib.auth.models import User

from catalog.models import Service
from slo import selectors
from slo.models import Bucket, Indicator, Objective
from slo.rules.budget_step import step_reached
from slo.rules.burn_rate import Counts
from slo.rules.minute import MINUTE, minute_of
from slo.rules.request_outcome import Kind
from slo.services.objectives import create_indicator, create_objective

OWN_NAME = "Operations portal"


@dataclass(frozen=True, slots=True)
class Promise:
    kind: Kind
    name: str
    target: Decimal
    latency_threshold_ms: int | None = None

    @property
    def suffix(self) -> str:
        return self.kind.value.replace("_", "-")


AVAILABILITY = Promise(Kind.AVAILABILITY, "availability", Decimal("99.9"))
LATENCY = Promise(Kind.LATENCY, "latency under 500 ms", Decimal(99), latency_threshold_ms=500)
ERROR_RATE = Promise(Kind.ERROR_RATE, "error rate", Decimal("99.9"))


@dataclass(frozen=True, slots=True)
class Burn:
    """A past failure: from so long ago, for so long, that share of requests was bad."""

    ago: timedelta
    lasted: timedelta
    bad_share: float


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
        (Burn(timedelta(days=19, hours=3), timedelta(minutes=50), 0.28),),
    ),
    DemoTraffic(
        "payments",
        AVAILABILITY,
        180,
        0.0001,
        (
            Burn(timedelta(days=24, hours=7), timedelta(minutes=35), 0.3),
            Burn(timedelta(days=9, hours=2), timedelta(minutes=70), 0.12),
        ),
    ),
    DemoTraffic(
        "search",
        LATENCY,
        400,
        0.003,
        (Burn(timedelta(days=13, hours=5), timedelta(hours=24), 0.4),),
    ),
    DemoTraffic("catalog-api", AVAILABILITY, 600, 0.0002),
    DemoTraffic("notifications", ERROR_RATE, 60, 0.0003),
)
DEMO_SPAN = timedelta(days=30)
# Recent minutes are closer together, so that the shortest window holds data.
RECENT = timedelta(days=1)
RECENT_STEP, EARLIER_STEP = 5, 15


def sow_defaults(at: datetime, operator: User | None) -> list[str]:
    service, _made = Service.objects.get_or_create(
        slug=settings.SLO_OWN_SERVICE, defaults={"name": OWN_NAME}
    )
    made = [_make(service, promise) for promise in (AVAILABILITY, LATENCY, ERROR_RATE)]
    return [f"Objective {objective.name}." for objective in made if objective]


def sow_demo(at: datetime, operator: User | None) -> list[str]:
    services = {s.slug: s for s in Service.objects.filter(slug__in={d.service for d in DEMO})}
    sentences = []
    for traffic in DEMO:
        service = services.get(traffic.service)
        objective = _make(service, traffic.promise) if service else None
        if objective:
            _fill(objective, traffic, at=at)
            sentences.append(f"Objective {objective.name}, with a month of demo traffic.")
    return sentences


def _make(service: Service, promise: Promise) -> Objective | None:
    slug = f"{service.slug}-{promise.suffix}"
    if Indicator.objects.filter(slug=slug).exists() or selectors.find_objective(slug):
        return None
    name = f"{service.name}: {promise.name}"
    indicator = create_indicator(
        slug=slug,
        name=name,
        service=service,
        kind=promise.kind,
        latency_threshold_ms=promise.latency_threshold_ms,
    )
    return create_objective(slug=slug, name=name, indicator=indicator, target=promise.target)


def _fill(objective: Objective, traffic: DemoTraffic, *, at: datetime) -> None:
    running = Counts()
    buckets = []
    for minute, own in _history(traffic, until=minute_of(at)):
        running += own
        buckets.append(
            Bucket(
                indicator=objective.indicator,
                minute=minute,
                good=own.good,
                total=own.total,
                cumulative_good=running.good,
                cumulative_total=running.total,
            )
        )
    Bucket.objects.bulk_create(buckets, batch_size=2000)
    # What was consumed in the past is nobody's news.
    status = selectors.objective_status(objective.slug, at=at)
    objective.budget_step_announced = step_reached(status.consumed or Fraction(0))
    objective.save(update_fields=["budget_step_announced"])


def _history(traffic: DemoTraffic, *, until: datetime) -> Iterator[tuple[datetime, Counts]]:
    minute = until - DEMO_SPAN
    owed = 0.0
    while minute <= until:
        step = RECENT_STEP if minute >= until - RECENT else EARLIER_STEP
        total = max(round(traffic.requests_a_minute * step * _time_of_day(minute)), 1)
        owed += total * _bad_share(traffic, until - minute)
        bad = min(int(owed), total)
        owed -= bad
        yield minute, Counts(total - bad, total)
        minute += step * MINUTE


def _time_of_day(minute: datetime) -> float:
    """Traffic is lowest at four in the morning; a ripple keeps it from looking drawn."""
    hours = minute.hour + minute.minute / 60
    ripple = 0.06 * math.sin(minute.timetuple().tm_yday * 7 + hours * 5)
    return 0.6 - 0.4 * math.cos((hours - 4) / 24 * 2 * math.pi) + ripple


def _bad_share(traffic: DemoTraffic, ago: timedelta) -> float:
    for burn in traffic.burns:
        if burn.ago - burn.lasted <= ago <= burn.ago:
            return burn.bad_share
    return traffic.usual_bad_share
