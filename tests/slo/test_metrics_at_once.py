"""Two processes that are sent the same batches count them once, and wait for one another.

SQLite gives a whole transaction the database to itself; its test database is in memory,
which threads cannot share, so this runs on PostgreSQL.
"""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime

import pytest
from django.db import connection

from slo import services
from slo.models import Bucket, Refusal
from tests.factories.slo import MetricSourceFactory
from tests.slo.wire import block, millis

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(
        connection.vendor == "sqlite", reason="threads cannot share SQLite's test database"
    ),
]


def test_batches_from_many_writers_count_once(at: datetime) -> None:
    for number in range(3):
        MetricSourceFactory.create(total=f"total_{number}", good=f"good_{number}")
    names = [f"{role}_{number}" for role in ("total", "good") for number in range(3)]
    steps = range(6)

    def batch(step: int, *, is_backwards: bool) -> bytes:
        ordered = names[::-1] if is_backwards else names
        sent = (millis(at) - 60_000 + step * 10_000, 10.0 * step)
        unknown = [({"__name__": f"unknown_{n}"}, [sent]) for n in range(5)]
        return block(*(({"__name__": name}, [sent]) for name in ordered), *unknown)

    def send(writer: int) -> None:
        try:
            for step in steps:
                block_of_step = batch(step, is_backwards=bool(writer % 2))
                services.receive_remote_write(block=block_of_step, at=at)
        finally:
            connection.close()

    with ThreadPoolExecutor(max_workers=4) as threads:
        list(threads.map(send, range(8)))

    totals = [
        Bucket.objects.filter(indicator=pk).order_by("minute").last()
        for pk in Bucket.objects.values_list("indicator", flat=True).distinct()
    ]
    assert [(b.cumulative_good, b.cumulative_total) for b in totals if b] == [(50, 50)] * 3
    assert set(Refusal.objects.values_list("count", flat=True)) == {8 * len(steps)}
