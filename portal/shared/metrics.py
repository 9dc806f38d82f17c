"""Numbers for /metrics: each app registers gauges that are read from rows at scrape time."""

from collections.abc import Callable, Iterable, Iterator

import structlog
from prometheus_client import CollectorRegistry
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.exposition import generate_latest
from prometheus_client.registry import Collector

log = structlog.get_logger(__name__)

Sample = tuple[dict[str, str], float]

registry = CollectorRegistry(auto_describe=False)


class _Gauge(Collector):
    def __init__(self, name: str, help_text: str, read: Callable[[], Iterable[Sample]]) -> None:
        self._name = name
        self._help = help_text
        self._read = read

    def collect(self) -> Iterator[Metric]:
        try:
            samples = list(self._read())
        except Exception:
            log.exception("gauge_not_read", gauge=self._name)
            return
        names = sorted({name for labels, _value in samples for name in labels})
        family = GaugeMetricFamily(self._name, self._help, labels=names)
        for labels, value in samples:
            family.add_metric([labels.get(name, "") for name in names], value)
        yield family

    def describe(self) -> Iterator[Metric]:
        yield GaugeMetricFamily(self._name, self._help)


def register_gauge(name: str, help_text: str, read: Callable[[], Iterable[Sample]]) -> None:
    """This will expose `portal_<name>`; `read` gives (labels, value) pairs.

    A value that is unknown is left out, never given as zero.
    """
    registry.register(_Gauge(f"portal_{name}", help_text, read))


def exposition() -> bytes:
    return generate_latest(registry)
