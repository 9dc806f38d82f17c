"""SIGKILL while batches of samples are taken in: sent again, they come to the truth."""

import random
import re
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest

from portal.shared import clock
from slo.rules.minute import minute_of
from tests.faults.processes import PortalProcesses, pause, record
from tests.faults.test_pages_survive_kills import portal as portal
from tests.slo.wire import HEADERS, block, millis

pytestmark = [pytest.mark.faults, pytest.mark.timeout(600)]

SERIES, STEPS, KILLS = 20, 40, 3
SOURCE = """
from catalog.models import Service
from django.contrib.auth.models import User
from slo import services
from slo.rules.request_outcome import Kind
User.objects.create_superuser("sender", "", "only-for-this-test")
service, _made = Service.objects.get_or_create(slug="portal", defaults={"name": "Portal"})
indicator = services.create_indicator(
    slug="counted", name="Counted", service=service, kind=Kind.COUNTS
)
services.create_metric_source(indicator=indicator, total="requests_total", good="good_total")
"""
FOUND = """
from slo.models import Bucket, UnmatchedCount
found = Bucket.objects.filter(indicator__slug="counted").order_by("minute")
print("FOUND", sum(b.good for b in found), sum(b.total for b in found),
      found.last().cumulative_good, found.last().cumulative_total,
      UnmatchedCount.objects.count())
"""


class Truth:
    """Counters that rise at random and begin anew now and then, sent in batches."""

    def __init__(self, chance: random.Random, *, end: datetime) -> None:
        self.good = self.total = 0
        self.batches: list[bytes] = []
        begin = end - timedelta(seconds=15 * STEPS)
        counters = {"requests_total": [0] * SERIES, "good_total": [0] * SERIES}
        for step in range(STEPS):
            at = millis(begin + timedelta(seconds=15 * step))
            self._rise(chance, counters, is_first=step == 0)
            for metric in chance.sample(sorted(counters), k=2):
                series = [
                    ({"__name__": metric, "pod": str(pod)}, [(at, value)])
                    for pod, value in enumerate(counters[metric])
                ]
                self.batches.append(block(*series))

    def _rise(
        self, chance: random.Random, counters: dict[str, list[int]], *, is_first: bool
    ) -> None:
        for pod in range(SERIES):
            total = chance.randint(0, 50)
            good = chance.randint(0, total)
            if chance.random() < 0.05:
                # A restart that a scrape sees: each counter is lower than it was.
                self._begin_anew(counters, pod)
            counters["requests_total"][pod] += total
            counters["good_total"][pod] += good
            if not is_first:
                self.total += total
                self.good += good

    def _begin_anew(self, counters: dict[str, list[int]], pod: int) -> None:
        if counters["requests_total"][pod] > 50 and counters["good_total"][pod] > 50:
            counters["requests_total"][pod] = counters["good_total"][pod] = 0


def send(portal: PortalProcesses, token: str, body: bytes) -> bool:
    """Whether the batch was told to be committed; it may be without being told."""
    try:
        answer = httpx.post(
            f"{portal.address}/api/slo/prometheus/write",
            content=body,
            headers={**HEADERS, "Authorization": f"Bearer {token}"},
            timeout=20,
            trust_env=False,
        )
    except httpx.HTTPError:
        return False
    assert answer.status_code == 204 or answer.status_code >= 500, answer.text
    return answer.status_code == 204


def test_counts_are_the_truth_when_it_is_killed_at_random(
    portal: PortalProcesses, tmp_path: Path, faults_seed: int
) -> None:
    chance = random.Random(faults_seed)
    portal.start()
    portal.wait_until_it_answers()
    portal.manage("shell", "-v0", "-c", SOURCE)
    token = re.search(r"\b[0-9A-Za-z]{64}\b", portal.manage("issue_api_token", "sender"))
    assert token
    truth = Truth(chance, end=minute_of(clock.now()).astimezone(UTC))
    kills = sorted(chance.sample(range(1, len(truth.batches)), k=KILLS))
    resent = 0

    for number, batch in enumerate(truth.batches):
        if number in kills:
            resent += _killed_while_sending(portal, token.group(), batch, chance)
        while not send(portal, token.group(), batch):
            resent += 1
        if chance.random() < 0.2:
            # A sender that missed the answer sends what it sent before.
            resent += 1
            send(portal, token.group(), chance.choice(truth.batches[: number + 1]))

    printed = portal.manage("shell", "-v0", "-c", FOUND)
    found = [int(word) for word in printed.partition("FOUND")[2].split()]
    record("metrics", {"seed": faults_seed, "kills": KILLS, "resent": resent, "found": found})
    assert found == [truth.good, truth.total, truth.good, truth.total, 0]


def _killed_while_sending(
    portal: PortalProcesses, token: str, batch: bytes, chance: random.Random
) -> int:
    """Kills the portal at some moment of a batch, and starts it again."""
    with ThreadPoolExecutor(1) as threads:
        sending = threads.submit(send, portal, token, batch)
        pause(chance.uniform(0, 0.03))
        portal.kill()
        portal.start()
        was_told = sending.result()
    portal.wait_until_it_answers()
    return int(not was_told)
