"""Corrected budgets, beside brute force that walks every minute and every wall clock."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from dateutil.rrule import rrulestr
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from slo import selectors, services
from slo.rules.burn_rate import Counts, error_budget
from slo.rules.minute import MINUTE, minute_of, window_end
from slo.rules.time_slice import Budgeting, Slices
from slo.services import TimeTakenOut
from tests.cast import Cast
from tests.factories.slo import IndicatorFactory
from tests.slo.traffic import serve

# Around a change of clocks: on 29 March 2026 Berlin has no half past two.
SPRING = datetime(2026, 3, 30, 12, 0, tzinfo=UTC)
HOURS = 72


class AgainstBruteForce(TestCase):
    """Each minute is asked whether any correction, walked by its wall clock, holds it."""

    @settings(max_examples=15, deadline=None)
    @given(
        st.lists(
            st.tuples(
                st.integers(-HOURS, 4),
                st.integers(1, 400),
                st.sampled_from(
                    ["", "FREQ=DAILY", "FREQ=HOURLY;INTERVAL=20", "FREQ=DAILY;COUNT=2"]
                ),
                st.sampled_from(["UTC", "Europe/Berlin", "Australia/Lord_Howe"]),
                st.booleans(),
            ),
            max_size=4,
        ),
        st.dictionaries(st.integers(0, HOURS * 60), st.integers(0, 5), min_size=1, max_size=60),
        st.sampled_from([None, 5, 60]),
    )
    def test_budgets_are_as_brute_force_says(
        self,
        entered: list[tuple[int, int, str, str, bool]],
        bad: dict[int, int],
        slice_minutes: int | None,
    ) -> None:
        indicator = IndicatorFactory.create()
        slug = f"o-{indicator.pk}"
        services.create_objective(
            slug=slug,
            name=slug,
            indicator=indicator,
            target=Decimal(50),
            slices=_slices(slice_minutes),
        )
        user = Cast().bob
        for minutes_ago, count in bad.items():
            serve(indicator, at=SPRING, good=2, bad=count, minutes_ago=minutes_ago)
        held = []
        for hours, length, rule, zone, is_withdrawn in entered:
            asked = TimeTakenOut(
                objective=slug,
                reason="Maintenance",
                starts_at=SPRING + timedelta(hours=hours),
                duration_minutes=length,
                recurrence=rule,
                time_zone=zone,
            )
            correction = services.enter_correction(wanted=asked, acting_user=user, at=SPRING)
            if is_withdrawn:
                services.withdraw_correction(
                    correction_id=correction.pk, acting_user=user, at=SPRING
                )
            else:
                held.append(asked)

        found = selectors.objective_status(slug, at=SPRING).consumed

        counts = _brute_force(held, bad, slice_minutes)
        expected = None
        if counts.total:
            expected = counts.bad / error_budget(Decimal(50)) / counts.total
        assert found == expected


def _slices(minutes: int | None) -> Slices | None:
    return Slices(Budgeting.TIMESLICES, minutes, Decimal(50)) if minutes else None


def _brute_force(
    held: list[TimeTakenOut], bad: dict[int, int], slice_minutes: int | None
) -> Counts:
    out = {minute for one in held for minute in _minutes_out(one)}
    slices: dict[datetime, list[tuple[datetime, int]]] = {}
    length = slice_minutes or 1
    for minutes_ago, count in bad.items():
        minute = minute_of(SPRING) - minutes_ago * MINUTE
        start = minute - timedelta(minutes=minute.minute % length)
        slices.setdefault(start, []).append((minute, count))
    whole = Counts()
    for start, own in slices.items():
        if any(start + number * MINUTE in out for number in range(length)):
            continue
        good, count = 2 * len(own), sum(count for _minute, count in own)
        if slice_minutes:
            whole += Counts(int(good * 2 >= good + count), 1)
        else:
            whole += Counts(good, good + count)
    return whole


def _minutes_out(one: TimeTakenOut) -> list[datetime]:
    zone = ZoneInfo(one.time_zone)
    starts = [one.starts_at]
    if one.recurrence:
        local = one.starts_at.astimezone(zone).replace(tzinfo=None)
        limit = window_end(SPRING).astimezone(zone).replace(tzinfo=None) + timedelta(days=1)
        walls = rrulestr(one.recurrence, dtstart=local).between(local, limit, inc=True)
        starts = [wall.replace(tzinfo=zone).astimezone(UTC) for wall in walls]
    return [
        minute_of(start) + number * MINUTE
        for start in starts
        for number in range(one.duration_minutes)
    ]
