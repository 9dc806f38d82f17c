"""Nine exact windows of a hundred objectives: two seeks each, beside a scan of the samples.

Prometheus holds the counts of some of them as five instances each have them, good and bad: ten
series a service, a sample each half minute. Its exact window is the increase of the counters.
Beside it the same by two reads of each counter (which a restart makes wrong), and the rules that
a generator of multi-window alerts writes: a ratio of rates for each window. Figures are of one
objective.
"""

import os
import statistics
import time
from collections.abc import Callable
from datetime import UTC, datetime
from itertools import product
from pathlib import Path

from django.db import connection, transaction

from benchmarks.rounds import interleaved
from benchmarks.slo.history import fill, make_objectives, own_counts
from benchmarks.slo.prometheus import Prometheus, prometheus_or_none
from slo import selectors
from slo.models import Objective
from slo.rules.window import Span

OBJECTIVES, DAYS, ROUNDS = int(os.environ.get("BENCHMARK_OBJECTIVES", "100")), 30, 5
# A sample of Prometheus takes as long to make as one of ours, and there are twenty times as many.
PEERS = min(OBJECTIVES, 20)
INSTANCES = 5
WINDOWS = {
    "5m": 5,
    "30m": 30,
    "1h": 60,
    "2h": 120,
    "6h": 360,
    "24h": 1440,
    "3d": 4320,
    "7d": 10080,
    "30d": 43200,
}
WANTED_MILLISECONDS, WANTED_RATIO = 25, 500
END = datetime(2026, 3, 2, 12, tzinfo=UTC)


def run() -> None:
    with transaction.atomic():
        for number, objective in enumerate(make_objectives(OBJECTIVES)):
            fill(objective.indicator_id, end=END, days=DAYS, seed=number)
    loaded = list(selectors.all_objectives().filter(slug__startswith="bench-"))
    arms: dict[str, Callable[[], float]] = {
        f"portal, {connection.vendor}": lambda: portal_seconds(loaded),
    }
    with prometheus_or_none(_open_metrics, end=END) as prometheus:
        if prometheus:
            arms["prometheus, exact"] = lambda: _asked(prometheus, _increases)
            arms["prometheus, two reads"] = lambda: _asked(prometheus, _differences)
            arms["prometheus, ratios of rates"] = lambda: _asked(prometheus, _rates)
        measured = interleaved(arms, rounds=ROUNDS)
    ours, *others = measured
    print(
        f"  {OBJECTIVES} objectives, {len(WINDOWS)} windows, {DAYS} days of minutes, "
        f"{ROUNDS} rounds, CPU"
    )
    for name, seconds in measured.items():
        print(f"    {name:<32} {statistics.median(seconds) * 1e6:>12,.0f} µs an objective")
    whole = statistics.median(measured[ours]) * OBJECTIVES * 1000
    print(f"    the portal, all: {whole:,.1f} ms (wanted: at most {WANTED_MILLISECONDS} ms)")
    for name in others:
        times = [t / o for o, t in zip(measured[ours], measured[name], strict=True)]
        print(f"    {name}: {statistics.median(times):,.0f} times ours (wanted {WANTED_RATIO})")


def portal_seconds(objectives: list[Objective]) -> float:
    """Through the selector, and the CPU of PostgreSQL's process for this connection too."""
    before = time.process_time() + _server_seconds()
    readings = selectors.Readings()
    accounts = selectors.accounts(
        objectives, within=Span.ending(END, max(WINDOWS.values())), readings=readings
    )
    spans = [Span.ending(END, minutes) for minutes in WINDOWS.values()]
    for account in accounts:
        for span in spans:
            account.ask(span)
    readings.read()
    burns = [account.burn(span) for account in accounts for span in spans]
    assert all(burn is not None for burn in burns)
    return (time.process_time() + _server_seconds() - before) / len(objectives)


def _server_seconds() -> float:
    if connection.vendor != "postgresql":
        return 0.0
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        pid = cursor.fetchone()[0]
    user, system = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[11:13]
    return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")


def _asked(prometheus: Prometheus, expression: Callable[[str], str]) -> float:
    before = prometheus.cpu_seconds()
    for window in WINDOWS:
        found = prometheus.query(expression(window), at=END)
        assert len(found) == PEERS, f"{len(found)} answers for {window}"
    return (prometheus.cpu_seconds() - before) / PEERS


def _increases(window: str) -> str:
    return _burn(
        f"increase(requests_total{{code='500'}}[{window}])", f"increase(requests_total[{window}])"
    )


def _differences(window: str) -> str:
    if window == "30d":  # there is nothing before the first sample to take away
        return _increases(window)
    bad = "requests_total{code='500'}"
    return _burn(
        f"{bad} - {bad} offset {window}", f"requests_total - requests_total offset {window}"
    )


def _rates(window: str) -> str:
    return _burn(f"rate(requests_total{{code='500'}}[{window}])", f"rate(requests_total[{window}])")


def _burn(bad: str, total: str) -> str:
    return f"sum by (slo) ({bad}) / sum by (slo) ({total}) / 0.001"


def _open_metrics(path: Path) -> None:
    """The counters of all instances as text, a series after another."""
    start = int(END.timestamp()) - DAYS * 86_400
    with path.open("w") as text:
        text.write("# TYPE requests counter\n")
        for number in range(PEERS):
            own = list(own_counts(days=DAYS, seed=number))
            for instance, code in product(range(INSTANCES), ("200", "500")):
                labels = f'slo="{number}",instance="{instance}",code="{code}"'
                value = 0
                for minute, good, total in own:
                    counted = good if code == "200" else total - good
                    share = counted // INSTANCES + (instance < counted % INSTANCES)
                    for half, part in ((0, share // 2), (30, share - share // 2)):
                        value += part
                        text.write(
                            f"requests_total{{{labels}}} {value} {start + minute * 60 + half}\n"
                        )
        text.write("# EOF\n")


if __name__ == "__main__":
    run()
