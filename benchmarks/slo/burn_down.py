"""Thirty days of a budget, minute by minute, over REST with the encoding."""

import time
from datetime import UTC, datetime

from django.contrib.auth import get_user_model
from django.db import connection, transaction
from rest_framework.test import APIClient

from benchmarks.rounds import percentile
from benchmarks.slo.history import fill, make_objectives
from slo.models import Objective

ROUNDS, WANTED_MILLISECONDS = 40, 50
POINTS = 30 * 1440 + 1
END = datetime(2026, 3, 2, 12, tzinfo=UTC)


def run() -> None:
    (objective,) = make_objectives(1)
    with transaction.atomic():
        fill(objective.indicator_id, end=END, days=61, seed=1)
    user = get_user_model().objects.create_superuser("bench", "bench@example.com")
    client = APIClient(SERVER_NAME="localhost")
    client.force_authenticate(user)
    before = time.process_time()
    first = _milliseconds(client, objective)
    first_cpu = (time.process_time() - before) * 1000
    before = time.process_time()
    rest = [_milliseconds(client, objective) for _round in range(ROUNDS)]
    cpu = (time.process_time() - before) / ROUNDS * 1000
    print(
        f"  {connection.vendor}: {POINTS:,} points, {ROUNDS} rounds: median "
        f"{percentile(rest, 50):.1f} ms, p95 {percentile(rest, 95):.1f} ms "
        f"(wanted {WANTED_MILLISECONDS}); the first of a process, which reads 60 days, "
        f"{first:.0f} ms; CPU {cpu:.1f} ms with reading the answer, of the first {first_cpu:.0f} ms"
    )


def _milliseconds(client: APIClient, objective: Objective) -> float:
    before = time.perf_counter()
    response = client.get(
        f"/api/slo/objectives/{objective.slug}/burn-down",
        {"days": "30", "step": "1m", "at": END.isoformat()},
    )
    taken = (time.perf_counter() - before) * 1000
    assert response.status_code == 200
    assert len(response.json()["remaining"]) == POINTS
    return taken


if __name__ == "__main__":
    run()
