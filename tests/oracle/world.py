"""A random history in the database, and the same in the words of the definitions."""

import random
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from functools import partial
from zoneinfo import ZoneInfo

from catalog.models import Service
from slo import services
from slo.models import Correction, Indicator, Objective
from slo.rules.burn_rate import Counts
from slo.rules.composite import Blend
from slo.rules.time_slice import SLICE_MINUTES, Budgeting, Slices
from slo.rules.window import CalendarUnit, CalendarWindow, RollingWindow, Window
from tests.factories.catalog import ServiceFactory
from tests.factories.slo import IndicatorFactory
from tests.oracle import definition
from tests.oracle.definition import MINUTE, Exclusion, Period, Repeat

ZONES = (
    "UTC",
    "Europe/Berlin",
    "America/New_York",
    "America/Sao_Paulo",
    "America/St_Johns",
    "Asia/Beirut",
    "Asia/Kathmandu",
    "Africa/Cairo",
    "Australia/Lord_Howe",
    "Pacific/Apia",
    "Pacific/Kiritimati",
)
TARGETS = ("50", "90", "95.5", "99", "99.9", "99.99", "99.9999", "0.0001", "33.3333")
SIZES = (0, 1, 2, 7, 100, 5_000, 10**6, 10**10)
# An indicator, a minute, and the good and total requests that it is told.
Told = tuple[Indicator, datetime, tuple[int, int]]
DAYS = (2, 9, 70, 400)


@dataclass
class Promise:
    """One objective, and what the definitions need of it."""

    objective: Objective
    members: list[tuple[Indicator, int]]
    length: int | Period
    budgeting: Budgeting
    slices: Slices | None
    is_worst: bool
    exclusions: list[Exclusion] = field(default_factory=list)

    @property
    def budget(self) -> Fraction:
        return 1 - Fraction(self.objective.target) / 100


class World:
    """Three indicators, eight objectives, up to four exclusions; minutes come in any order."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        pick = self.random
        self.days = pick.choice(DAYS)
        self.start = datetime(2008, 1, 1, tzinfo=UTC) + pick.randrange(18 * 525_600) * MINUTE
        self.end = self.start + timedelta(days=self.days)
        service = ServiceFactory.create()
        self.indicators = [
            IndicatorFactory.create(service=service, slug=f"w{seed}-{number}", kind="counts")
            for number in range(3)
        ]
        self.minutes: dict[int, dict[datetime, tuple[int, int]]] = {
            i.pk: {} for i in self.indicators
        }
        self.promises: list[Promise] = []
        self._tell(makers=[self._plain] * 2 + [self._sliced] * 4 + [self._composite] * 2)
        self._exclude(service)

    def _tell(self, makers: Sequence[Callable[[], None]]) -> None:
        """Minutes in random order, late ones too, with promises made before, amid and after."""
        pick = self.random
        told = [
            (indicator, self._minute(), self._counts())
            for indicator in self.indicators
            for _each in range(pick.randrange(20, 90))
        ]
        pick.shuffle(told)
        chunks = [told[place : place + 30] for place in range(0, len(told), 30)]
        acts: list[Callable[[], None]] = [*(partial(self._add, chunk) for chunk in chunks), *makers]
        pick.shuffle(acts)
        for act in acts:
            act()

    def _add(self, chunk: Sequence[Told]) -> None:
        counts: dict[tuple[int, datetime], Counts] = defaultdict(Counts)
        for indicator, minute, (good, total) in chunk:
            counts[indicator.pk, minute] += Counts(good, total)
            before = self.minutes[indicator.pk].get(minute, (0, 0))
            self.minutes[indicator.pk][minute] = (before[0] + good, before[1] + total)
        services.add_counts(counts=counts)

    def _minute(self) -> datetime:
        pick = self.random
        if pick.random() < 0.4:  # minutes that share slices, and slices that share hours
            return self.start + (self.days * 720 + pick.randrange(180)) * MINUTE
        return self.start + pick.randrange(self.days * 1440) * MINUTE

    def _counts(self) -> tuple[int, int]:
        total = self.random.choice(SIZES)
        return self.random.choice((total, total * 95 // 100, self.random.randint(0, total))), total

    def window(self) -> tuple[Window, int | Period]:
        pick = self.random
        if pick.random() < 0.5:
            days = pick.choice((1, 7, 28, 30, 90))
            return RollingWindow(days), days
        unit, zone = pick.choice(list(CalendarUnit)), pick.choice(ZONES)
        return CalendarWindow(unit, ZoneInfo(zone)), Period(unit.value, zone)

    def _plain(self) -> None:
        self._promise(self.random.choice(self.indicators), None)

    def _sliced(self) -> None:
        pick = self.random
        minutes = pick.choice(SLICE_MINUTES)
        if pick.random() < 0.5:
            slices = Slices(Budgeting.RATIO_TIMESLICES, minutes)
        else:
            slices = Slices(
                Budgeting.TIMESLICES, minutes, Decimal(pick.choice(("50", "95", "100")))
            )
        self._promise(pick.choice(self.indicators), slices)

    def _composite(self) -> None:
        pick = self.random
        parts = [(i, pick.choice((1, 2, 50))) for i in pick.sample(self.indicators, 3)]
        blend = pick.choice(list(Blend))
        composite = services.create_composite(
            slug=f"{self.indicators[0].slug}-composite-{len(self.promises)}",
            name="Journey",
            service=self.indicators[0].service,
            components=parts,
            blend=blend,
        )
        self._promise(composite, None, members=parts, is_worst=blend is Blend.WORST)

    def _promise(
        self,
        indicator: Indicator,
        slices: Slices | None,
        *,
        members: list[tuple[Indicator, int]] | None = None,
        is_worst: bool = False,
    ) -> None:
        window, length = self.window()
        objective = services.create_objective(
            slug=f"{self.indicators[0].slug}-{len(self.promises)}",
            name="Promise",
            indicator=indicator,
            target=Decimal(self.random.choice(TARGETS)),
            window=window,
            slices=slices,
        )
        self.promises.append(
            Promise(
                objective,
                members or [(indicator, 1)],
                length,
                slices.budgeting if slices else Budgeting.OCCURRENCES,
                slices,
                is_worst,
            )
        )

    def _exclude(self, service: Service) -> None:
        for _each in range(self.random.randrange(5)):
            exclusion, rule = self._exclusion()
            promise = self.random.choice([None, *self.promises])
            is_withdrawn = self.random.random() < 0.2
            Correction.objects.create(
                objective=promise.objective if promise else None,
                service=None if promise else service,
                reason="Maintenance",
                starts_at=exclusion.start,
                duration_minutes=exclusion.minutes,
                recurrence=rule,
                time_zone=exclusion.zone,
                entered_at=self.start,
                withdrawn_at=self.end if is_withdrawn else None,
            )
            if not is_withdrawn:
                for concerned in [promise] if promise else self.promises:
                    concerned.exclusions.append(exclusion)

    def _exclusion(self) -> tuple[Exclusion, str]:
        pick = self.random
        start = self.start + pick.randrange(-1440, self.days * 1440) * MINUTE
        repeat, rule = Repeat(), ""
        frequency = pick.choice(("", "DAILY", "WEEKLY", "MONTHLY"))
        if frequency:
            interval = pick.choice((1, 1, 2, 3))
            weekdays = tuple(sorted(pick.sample(range(7), 2))) if frequency == "WEEKLY" else ()
            month_day = pick.choice((1, 15, 31)) if frequency == "MONTHLY" else 0
            count = pick.choice((None, None, 3))
            until = None if count else pick.choice((None, start + timedelta(days=5)))
            repeat = Repeat(frequency, interval, weekdays, month_day, count, until)
            rule = _spelled(repeat)
        minutes = pick.choice((1, 7, 60, 240, 3000))
        return Exclusion(start, minutes, pick.choice(ZONES), repeat), rule

    def units(
        self, promise: Promise, indicator: Indicator
    ) -> dict[datetime, tuple[Fraction | int, int]]:
        """What the promise counts: requests a minute, or slices."""
        minutes = self.minutes[indicator.pk]
        if promise.slices is None:
            return dict(minutes)
        shares = definition.sliced(minutes, length=promise.slices.minutes)
        if promise.budgeting is Budgeting.RATIO_TIMESLICES:
            return {start: (share, 1) for start, share in shares.items()}
        least = Fraction(promise.slices.target or 0) / 100
        return {start: (int(share >= least), 1) for start, share in shares.items()}


def _spelled(repeat: Repeat) -> str:
    parts = [f"FREQ={repeat.frequency}", f"INTERVAL={repeat.interval}"]
    if repeat.weekdays:
        parts.append("BYDAY=" + ",".join(definition.WEEKDAYS[day] for day in repeat.weekdays))
    if repeat.month_day:
        parts.append(f"BYMONTHDAY={repeat.month_day}")
    if repeat.count:
        parts.append(f"COUNT={repeat.count}")
    if repeat.until:
        parts.append(f"UNTIL={repeat.until:%Y%m%dT%H%M%SZ}")
    return ";".join(parts)
