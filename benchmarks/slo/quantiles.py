"""The 99th percentile of any window, against the values themselves."""

import statistics
import time
from datetime import UTC, datetime

import numpy as np
import numpy.typing as npt
from django.db import connection

from benchmarks.slo.history import make_objectives
from slo import selectors, services
from slo.rules.burn_rate import Counts
from slo.rules.exponential_histogram import bucket_of
from slo.rules.minute import MINUTE
from slo.rules.window import Span

END = datetime(2026, 3, 2, 12, tzinfo=UTC)
MINUTES, EACH = 2880, 100
WINDOWS = (30, 60, 360, 1440, 2880)
Values = npt.NDArray[np.float64]


def run() -> None:
    pick = np.random.default_rng(1)
    number = MINUTES * EACH
    samples: dict[str, Values] = {
        "log-normal": pick.lognormal(4, 0.8, number),
        "Pareto tail": 20 * (1 + pick.pareto(1.6, number)),
        "bimodal": np.where(
            pick.random(number) < 0.94,
            pick.normal(30, 4, number),
            pick.normal(900, 80, number),
        ),
    }
    for objective, (name, values) in zip(make_objectives(3), samples.items(), strict=True):
        _measure(name, values.reshape(MINUTES, EACH), objective.indicator_id)


def _measure(name: str, values: Values, indicator_id: int) -> None:
    latencies = {}
    for minute, own in enumerate(values):
        indexes, counts = np.unique([bucket_of(v) for v in own], return_counts=True)
        key = (indicator_id, END - (MINUTES - minute) * MINUTE)
        latencies[key] = dict(zip(indexes.tolist(), counts.tolist(), strict=True))
    services.add_counts(counts=dict.fromkeys(latencies, Counts(EACH, EACH)), latencies=latencies)
    errors, seconds = [], []
    for minutes in WINDOWS:
        for shift in range(0, MINUTES - minutes + 1, 47):
            span = Span.ending(END - shift * MINUTE, minutes)
            true = np.quantile(
                values[MINUTES - shift - minutes : MINUTES - shift], 0.99, method="inverted_cdf"
            )
            before = time.perf_counter()
            found = selectors.latency_histogram(indicator_id, span).quantile(0.99)
            seconds.append(time.perf_counter() - before)
            errors.append(abs((found or 0) / float(true) - 1))
    print(
        f"  {connection.vendor}, {name}: p99 of {len(errors)} windows, error median "
        f"{statistics.median(errors):.3%}, worst {max(errors):.3%} (wanted 1 %), "
        f"{statistics.median(seconds) * 1000:.2f} ms a query"
    )


if __name__ == "__main__":
    run()
