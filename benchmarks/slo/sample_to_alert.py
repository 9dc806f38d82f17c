"""From a sample sent over REST to the alert it raises, in the tree of `make run`, on SQLite."""

import statistics
import tempfile
import time
from pathlib import Path
from typing import Any

import httpx

from benchmarks.rounds import percentile
from tests.faults.processes import PortalProcesses, embedded_portal, pause
from tests.faults.test_pages_survive_kills import make_responder

OBJECTIVES = 100
# Coprime to the beat of ten seconds, so that samples fall on every part of it.
SECONDS_BETWEEN_SAMPLES = 0.93
WANTED_SECONDS = 15
PATIENCE_SECONDS = 60


def run() -> None:
    with (
        tempfile.TemporaryDirectory() as folder,
        embedded_portal(Path(folder)) as portal,
    ):
        portal.start()
        portal.wait_until_it_answers()
        token = make_responder(portal, "http://127.0.0.1:9/pages")
        with _client(portal, token) as client:
            slugs = [_promise(client, number) for number in range(OBJECTIVES)]
            seconds = _measure(client, slugs)
    print(
        f"  {OBJECTIVES} objectives, a failing sample each: median "
        f"{statistics.median(seconds):.1f} s, p99 {percentile(seconds, 99):.1f} s "
        f"(wanted within {WANTED_SECONDS} s)"
    )


def _measure(client: httpx.Client, slugs: list[str]) -> list[float]:
    sent: dict[str, float] = {}
    seen: dict[str, float] = {}
    started = time.monotonic()
    while len(seen) < len(slugs):
        now = time.monotonic()
        if len(sent) < len(slugs) and now - started >= len(sent) * SECONDS_BETWEEN_SAMPLES:
            slug = slugs[len(sent)]
            _fail(client, slug)
            sent[slug] = time.monotonic()
        for slug in _alerting(client) - seen.keys():
            seen[slug] = time.monotonic()
        if now - started > len(slugs) * SECONDS_BETWEEN_SAMPLES + PATIENCE_SECONDS:
            break
        pause(0.1)
    return [seen.get(slug, float("inf")) - at for slug, at in sent.items()]


def _client(portal: PortalProcesses, token: str) -> httpx.Client:
    return httpx.Client(
        base_url=portal.address,
        headers={"Authorization": f"Bearer {token}"},
        timeout=20,
        trust_env=False,
    )


def _promise(client: httpx.Client, number: int) -> str:
    slug = f"bench-{number}"
    # An endpoint of its own, so that a sample concerns one objective.
    counted = {"slug": slug, "name": slug, "service": "portal", "kind": "availability"}
    _post(client, "/api/slo/indicators", {**counted, "endpoint": f"/{slug}"})
    promised = {"slug": slug, "name": slug, "indicator": slug, "target": "99.9"}
    _post(client, "/api/slo/objectives", promised)
    return slug


def _fail(client: httpx.Client, slug: str) -> None:
    request = {"endpoint": f"/{slug}", "method": "GET", "status_code": 503}
    _post(client, "/api/slo/requests", {"requests": [request] * 20})


def _alerting(client: httpx.Client) -> set[str]:
    answer = client.get("/api/slo/objectives", params={"level": "critical", "page_size": 500})
    return {objective["slo_id"] for objective in answer.raise_for_status().json()["results"]}


def _post(client: httpx.Client, path: str, body: dict[str, Any]) -> None:
    answer = client.post(path, json=body)
    assert answer.is_success, answer.text


if __name__ == "__main__":
    run()
