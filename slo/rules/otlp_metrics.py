"""OpenTelemetry metrics as series of counters, named and labelled as Prometheus spells them.

A histogram is the counters name_count and name_bucket{le="…"}; attributes of the resource, the
scope and the point are labels, and what Prometheus has no character for becomes _.
"""

import math
import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Any

from google.protobuf.json_format import Parse, ParseError
from google.protobuf.message import DecodeError
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import (
    ExportMetricsServiceRequest,
)

from slo.rules.counter import Reason, Sample
from slo.rules.exponential_points import MOST_BUCKETS, SCALES, UNITS, Shape
from slo.rules.metric_routes import Role, Route, Routes, series_key
from slo.rules.readings import Readings
from slo.rules.refusal_tally import RefusalTally

DELTA, CUMULATIVE = 1, 2
NO_RECORDED_VALUE = 1
# The word that Prometheus writes for a unit, at the end of a name.
UNIT_WORDS = {"s": "seconds", "ms": "milliseconds", "us": "microseconds", "ns": "nanoseconds"}
_NO_NAME = re.compile(r"[^a-zA-Z0-9_:]")
_NO_LABEL = re.compile(r"[^a-zA-Z0-9_]")
_NANOSECONDS = 1000


class OtlpRefused(ValueError):
    """The body is no ExportMetricsServiceRequest."""


def read_protobuf(body: bytes) -> ExportMetricsServiceRequest:
    """This will read a request. Raises OtlpRefused."""
    try:
        return ExportMetricsServiceRequest.FromString(body)
    except DecodeError as error:
        raise OtlpRefused("The body is not protobuf of the kind that is expected.") from error


def read_json(body: bytes) -> ExportMetricsServiceRequest:
    """This will read a request in OTLP's JSON. Raises OtlpRefused."""
    try:
        return Parse(body.decode(), ExportMetricsServiceRequest(), ignore_unknown_fields=True)
    except (ParseError, ValueError, TypeError, AttributeError, RecursionError) as error:
        raise OtlpRefused(f"The body is not OTLP's JSON: {error}") from error


def readings_of(
    request: ExportMetricsServiceRequest, routes: Routes, refusals: RefusalTally, *, channel: str
) -> list[Readings]:
    """This will return the samples that somebody counts; the others join the refusals."""
    found: list[Readings] = []
    for resource in request.resource_metrics:
        of_resource = _labels(resource.resource.attributes)
        for scope in resource.scope_metrics:
            labels = {**of_resource, **_scope_labels(scope.scope)}
            for metric in scope.metrics:
                found += _of_metric(metric, labels, routes, refusals, channel=channel)
    return found


def _of_metric(
    metric: Any, labels: dict[str, str], routes: Routes, refusals: RefusalTally, *, channel: str
) -> list[Readings]:
    kind = metric.WhichOneof("data") or ""
    points = getattr(metric, kind).data_points if kind else ()
    names = spellings(metric.name, metric.unit, kind)
    candidates = [route for name in names for route in routes.by_metric.get(name, ())]
    reason = _unsuitable(kind, metric) if candidates else Reason.UNKNOWN_SERIES
    if reason:
        if points:
            refusals.add(reason, metric.name, count=len(points), example=str(labels))
        return []
    is_delta = getattr(metric, kind).aggregation_temporality == DELTA
    found = []
    for point in points:
        of_point = {**labels, **_labels(point.attributes)}
        taken = [r for r in candidates if _accepts(r, of_point, kind)]
        if not taken:
            refusals.add(Reason.UNKNOWN_SERIES, metric.name, example=str(of_point))
        for route in taken:
            reading = Readings(
                route,
                series_key(channel=channel, route=route, labels=of_point, is_delta=is_delta),
                of_point,
                [],
                is_delta,
                UNITS.get(metric.unit),
            )
            if _read_point(reading, point, kind, refusals):
                found.append(reading)
    return found


def _unsuitable(kind: str, metric: Any) -> Reason | None:
    """Only what rises can be counted, and only when it says from where it counts."""
    if kind not in {"sum", "histogram", "exponential_histogram"}:
        return Reason.NOT_A_COUNTER
    told = getattr(metric, kind)
    is_counter = told.aggregation_temporality in {DELTA, CUMULATIVE}
    if kind == "sum":
        is_counter = is_counter and told.is_monotonic
    return None if is_counter else Reason.NOT_A_COUNTER


def _accepts(route: Route, labels: dict[str, str], kind: str) -> bool:
    if kind == "sum":
        return route.selector.accepts(labels)
    return route.selector.accepts_but_for_bound(labels)


def _read_point(reading: Readings, point: Any, kind: str, refusals: RefusalTally) -> bool:
    """Adds the sample of the point, and tells whether there is one."""
    if point.flags & NO_RECORDED_VALUE:
        return False
    value = _value(point, kind, reading.route.selector.bound)
    if isinstance(value, Reason):
        refusals.add(value, reading.metric, example=str(reading.labels))
        return False
    started = point.start_time_unix_nano // _NANOSECONDS or None
    shape = _shape_for(reading, point, kind, refusals)
    at = point.time_unix_nano // _NANOSECONDS
    reading.samples.append(Sample(at, value, started, shape))
    return True


def _value(point: Any, kind: str, bound: float | None) -> float | Reason:
    if kind == "sum":
        return point.as_int if point.WhichOneof("value") == "as_int" else point.as_double  # type: ignore[no-any-return]  # protobuf
    if bound is None or bound == math.inf:
        return point.count  # type: ignore[no-any-return]  # protobuf
    if kind == "histogram":
        found = _at_most(point.explicit_bounds, point.bucket_counts, bound)
    else:
        found = _exponential_at_most(point, bound)
    return Reason.NO_SUCH_BOUND if found is None else found


def _at_most(bounds: Sequence[float], counts: Sequence[int], bound: float) -> int | None:
    if bound not in bounds or len(counts) != len(bounds) + 1:
        return None
    return sum(counts[: list(bounds).index(bound) + 1])


def _exponential_at_most(point: Any, bound: float) -> int | None:
    shape = _shape(point)
    if shape is None or bound < point.zero_threshold:
        return None
    return shape.at_most(bound)


def _shape_for(reading: Readings, point: Any, kind: str, refusals: RefusalTally) -> Shape | None:
    route = reading.route
    is_kept = route.role is Role.TOTAL and route.source.takes_latencies
    if kind != "exponential_histogram" or not is_kept:
        return None
    if reading.unit_ms is None:
        refusals.add(Reason.UNKNOWN_UNIT, reading.metric)
        return None
    return _shape(point)


def _shape(point: Any) -> Shape | None:
    """None where the buckets cannot be those of latencies."""
    positive = point.positive
    is_right = point.scale in SCALES and len(positive.bucket_counts) <= MOST_BUCKETS
    if not is_right or any(point.negative.bucket_counts):
        return None
    shape = Shape.of(point.scale, point.zero_count, positive.offset, positive.bucket_counts)
    return shape if shape.total == point.count else None


@lru_cache(maxsize=10_000)
def spellings(name: str, unit: str, kind: str) -> tuple[str, ...]:
    """This will return the names that Prometheus may give the metric: with its unit and without."""
    plain = _NO_NAME.sub("_", name)
    word = UNIT_WORDS.get(unit)
    names = [plain]
    if word and not plain.endswith(f"_{word}"):
        names.append(f"{plain}_{word}")
    match kind:
        case "sum":
            return (*names, *(f"{n}_total" for n in names if not n.endswith("_total")))
        case "histogram" | "exponential_histogram":
            return tuple(f"{n}_{part}" for n in names for part in ("count", "bucket"))
    return tuple(names)


def _labels(attributes: Iterable[Any]) -> dict[str, str]:
    return {_label(a.key): _text(a.value) for a in attributes}


@lru_cache(maxsize=10_000)
def _label(key: str) -> str:
    name = _NO_LABEL.sub("_", key)
    return f"_{name}" if name[:1].isdigit() else name


def _scope_labels(scope: Any) -> dict[str, str]:
    return {"otel_scope_name": scope.name} if scope.name else {}


def _text(value: Any) -> str:
    match value.WhichOneof("value"):
        case None:
            return ""
        case "string_value":
            return str(value.string_value)
        case "bool_value":
            return "true" if value.bool_value else "false"
        case "int_value":
            return str(value.int_value)
        case "double_value":
            return f"{value.double_value:g}"
    # Lists and maps have no one spelling as a label; any that is always the same will do.
    return " ".join(str(value).split())
