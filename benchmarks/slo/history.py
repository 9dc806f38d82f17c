"""Objectives and their minutes, made quickly and the same every time."""

import random
from collections.abc import Iterator
from datetime import datetime, timedelta
from decimal import Decimal

from django.db import connection

from catalog.models import Service
from slo.models import Bucket, BurnWindow, Indicator, Objective
from slo.rules.alert_level import DEFAULT_PAIRS
from slo.rules.minute import MINUTE

_INSERT = """
    INSERT INTO {table} (indicator_id, minute, good, total, cumulative_good, cumulative_total,
        cumulative_minutes) VALUES (%s, %s, %s, %s, %s, %s, %s)
"""


def make_objectives(number: int, *, target: Decimal = Decimal("99.9")) -> list[Objective]:
    """This will make so many objectives of 30 days, with the default pairs of windows."""
    service, _is_new = Service.objects.get_or_create(slug="bench", defaults={"name": "Bench"})
    indicators = Indicator.objects.bulk_create(
        Indicator(slug=f"bench-{n}", name=f"Bench {n}", service=service, kind="counts")
        for n in range(number)
    )
    objectives = Objective.objects.bulk_create(
        Objective(slug=i.slug, name=i.name, indicator=i, target=target) for i in indicators
    )
    BurnWindow.objects.bulk_create(
        BurnWindow(
            objective=objective,
            long_minutes=pair.long_minutes,
            short_minutes=pair.short_minutes,
            consumption=pair.consumption,
            level=pair.level.value,
        )
        for objective in objectives
        for pair in DEFAULT_PAIRS
    )
    return objectives


def fill(indicator_id: int, *, end: datetime, days: int, seed: int, every: int = 1) -> None:
    """This will count requests of each minute before the end: some hundred, a few of them bad."""
    adapt = connection.ops.adapt_datetimefield_value
    start = end - timedelta(days=days)
    good = total = 0
    rows = []
    counts = own_counts(days=days, seed=seed, every=every)
    for number, (minute, own_good, own_total) in enumerate(counts, start=1):
        good, total = good + own_good, total + own_total
        moment = adapt(start + minute * MINUTE)
        rows.append((indicator_id, moment, own_good, own_total, good, total, number))
    with connection.cursor() as cursor:
        cursor.executemany(_INSERT.format(table=Bucket._meta.db_table), rows)


def own_counts(*, days: int, seed: int, every: int = 1) -> Iterator[tuple[int, int, int]]:
    """Minute, good and total, the same for the portal and for its peers."""
    pick = random.Random(seed)  # noqa: S311  (traffic, no secret)
    burns_from = pick.randrange(days * 1440)
    for minute in range(0, days * 1440, every):
        total = pick.randrange(200, 400)
        burns = burns_from <= minute < burns_from + 40
        bad = total // 20 if burns else pick.random() < 0.05
        yield minute, total - int(bad), total
