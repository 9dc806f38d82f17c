"""Counting what a Prometheus sends."""

from collections import Counter
from datetime import datetime

from slo import selectors
from slo.errors import MetricsRefused
from slo.models import Refusal
from slo.rules.counter import Reason
from slo.rules.metric_routes import Routes, Way
from slo.rules.readings import Readings
from slo.rules.refusal_tally import RefusalTally
from slo.rules.remote_write import WireRefused, WireSeries, labels_of, series_of, unpacked
from slo.services.metrics import take_in

CHANNEL = Refusal.Channel.REMOTE_WRITE.value


def receive_remote_write(*, block: bytes, at: datetime) -> RefusalTally:
    """This will count a compressed WriteRequest, and return what was refused of it.

    Raises MetricsRefused when it is none; nothing is counted then.
    """
    routes, refusals = selectors.pushed_routes(), RefusalTally()
    try:
        readings = _readings(unpacked(block), routes, refusals)
    except WireRefused as error:
        raise MetricsRefused(f"The body is no WriteRequest: {error}") from error
    take_in(channel=CHANNEL, readings=readings, refusals=refusals, at=at)
    return refusals


def _readings(message: bytes, routes: Routes, refusals: RefusalTally) -> list[Readings]:
    readings: list[Readings] = []
    unknown: Counter[str] = Counter()
    examples: dict[str, bytes] = {}
    for series in series_of(message):
        way = routes.remembered(series.labels)
        if way is None:
            way = routes.remember(series.labels, labels_of(series.labels), channel=CHANNEL)
        if way.routes:
            readings += _of_series(series, way, refusals)
        else:
            unknown[way.metric] += series.sample_count()
            examples[way.metric] = series.labels
    for metric, count in unknown.items():
        labels = str(labels_of(examples[metric]))
        refusals.add(Reason.UNKNOWN_SERIES, metric, count=count, example=labels)
    return readings


def _of_series(series: WireSeries, way: Way, refusals: RefusalTally) -> list[Readings]:
    samples, histograms = series.samples()
    if histograms:
        refusals.add(Reason.NATIVE_HISTOGRAM, way.metric, count=histograms)
    return [
        Readings(route, key, way.labels, samples)
        for route, key in zip(way.routes, way.keys, strict=True)
    ]
