"""`make bench`, or `python -m benchmarks NAME …` for some of them."""

import sys
from collections.abc import Callable

from benchmarks.incidents import opened_to_page
from benchmarks.portal import first_page
from benchmarks.servers import on_postgresql
from benchmarks.slo import forecast, sample_to_alert

BENCHMARKS: dict[str, Callable[[], None]] = {
    "portal.first_page": first_page.run,
    "incidents.opened_to_page": opened_to_page.run,
    "events.append": on_postgresql("benchmarks.events.append"),
    "events.relay": on_postgresql(
        "benchmarks.events.relay", settings="benchmarks.events.relay_settings", rabbitmq=True
    ),
    "events.latency": on_postgresql("benchmarks.events.latency"),
    "events.retention": on_postgresql("benchmarks.events.retention"),
    "events.replay": on_postgresql("benchmarks.events.replay"),
    "events.state": on_postgresql("benchmarks.events.state"),
    "slo.windows": on_postgresql("benchmarks.slo.windows"),
    "slo.evaluate": on_postgresql("benchmarks.slo.evaluate"),
    "slo.burn_down": on_postgresql("benchmarks.slo.burn_down"),
    "slo.quantiles": on_postgresql("benchmarks.slo.quantiles"),
    "slo.record_request": on_postgresql("benchmarks.slo.record_request"),
    "slo.ingest": on_postgresql("benchmarks.slo.ingest"),
    "slo.sample_to_alert": sample_to_alert.run,
    "slo.forecast": forecast.run,
}


def main(names: list[str]) -> int:
    unknown = [name for name in names if name not in BENCHMARKS]
    if unknown:
        print(f"No benchmark {', '.join(unknown)}. Known: {', '.join(BENCHMARKS)}.")
        return 2
    for name in names or BENCHMARKS:
        print(f"\n{name}", flush=True)
        BENCHMARKS[name]()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
