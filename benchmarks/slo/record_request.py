"""What a call of `record_request` costs, beside a counter and a histogram of prometheus_client."""

import time
from collections.abc import Callable, Sequence

from prometheus_client import CollectorRegistry, Counter, Histogram

from benchmarks.rounds import Arm, interleaved, ratio, report
from portal.shared import clock
from slo.models import Indicator
from slo.rules.minute import window_end
from slo.selectors import cumulative_counts
from slo.services import record_request, stop_recorder

CALLS = 100_000
ROUNDS = 15
WANTED = 1.0

# Endpoint, method, status and milliseconds of requests that differ, as a service sees them.
REQUESTS = [
    (f"/orders/<int:pk>/{part}", method, status, 0.7 * 1.13**step)
    for step, (part, method, status) in enumerate(
        (part, method, status)
        for part in ("", "items", "payments", "history")
        for method in ("GET", "POST")
        for status in (200, 200, 200, 304, 404, 500)
    )
]


def run() -> None:
    record_request("/", "GET", 200, 1.0)
    measured = interleaved(
        {"record_request": _ours(), "Counter + Histogram": _theirs()}, rounds=ROUNDS
    )
    report("calls a second, one thread", measured, unit="/s", targets={"Counter + Histogram": 1})
    nanoseconds = {name: sorted(1e9 / rate for rate in rates) for name, rates in measured.items()}
    for name, each in nanoseconds.items():
        print(f"    {name:<44} {each[len(each) // 2]:>9,.0f} ns a call")
    ours, theirs = measured.values()
    print(f"    cost of ours {1 / ratio(ours, theirs):.2f}x of theirs (wanted <= {WANTED:.1f}x)")
    _check()


def _ours() -> Arm:
    def call(requests: Sequence[tuple[str, str, int, float]]) -> None:
        for endpoint, method, status, milliseconds in requests:
            record_request(endpoint, method, status, milliseconds)

    return _timed(call)


def _theirs() -> Arm:
    registry = CollectorRegistry()
    counter = Counter("requests", "Requests.", ["endpoint", "method", "status"], registry=registry)
    seconds = Histogram("seconds", "Their time.", ["endpoint", "method"], registry=registry)

    def call(requests: Sequence[tuple[str, str, int, float]]) -> None:
        for endpoint, method, status, milliseconds in requests:
            counter.labels(endpoint, method, status).inc()
            seconds.labels(endpoint, method).observe(milliseconds / 1000)

    return _timed(call)


def _timed(call: Callable[[Sequence[tuple[str, str, int, float]]], None]) -> Arm:
    requests = (REQUESTS * (CALLS // len(REQUESTS) + 1))[:CALLS]

    def arm() -> float:
        started = time.perf_counter()
        call(requests)
        return CALLS / (time.perf_counter() - started)

    return arm


def _check() -> None:
    """Fast and wrong would be no use: every call must be in the buckets."""
    stop_recorder()
    indicator = Indicator.objects.get(slug="portal-availability")
    place = (indicator.pk, window_end(clock.now()))
    counted = cumulative_counts([place])[place].total
    assert counted == CALLS * (ROUNDS + 1) + 1, counted
