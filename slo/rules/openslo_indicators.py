"""Indicators as OpenSLO says them: a ratio of two sums of series, or of requests we count."""

from collections.abc import Mapping
from dataclasses import dataclass

from catalog.rules.yaml_document import Place
from slo.rules.definition import IndicatorDefinition, Series
from slo.rules.openslo_objects import OUR_TYPE, Bundle, SpecObject, slug_of_object
from slo.rules.promql import QueryRefused, numerator
from slo.rules.request_outcome import REQUEST_KINDS, Kind
from slo.rules.spec_fields import (
    Reading,
    below,
    display_name,
    flag,
    required,
    selector,
    slug_of,
    spelled_value,
)

# Prometheus scrapes whether there are requests or not: a minute without a sample is a gap.
PROMETHEUS_REPORTS_EVERY = 1
_COUNTED_HERE = frozenset({*REQUEST_KINDS, Kind.COUNTS})


@dataclass(frozen=True, slots=True)
class Counted:
    """What a ratio counts: series, or the requests that the portal itself is told of."""

    kind: Kind
    series: Series | None = None
    endpoint: str = "*"
    method: str = ""
    latency_threshold_ms: int | None = None


def read_indicator(
    found: SpecObject, *, service: str, default_slug: str, bundle: Bundle, reading: Reading
) -> IndicatorDefinition | None:
    """This will return what an SLI counts, for the service that it is used by."""
    slug = slug_of_object(found) if found.name else default_slug
    reading.report_unread(found.spec, ("ratioMetric", "thresholdMetric"))
    counted = _counted(found, bundle)
    own_service = found.annotation("service")
    if own_service is not None:
        service = slug_of(own_service) or service
    if slug is None or counted is None:
        return None
    return IndicatorDefinition(
        slug=slug,
        name=display_name(found.metadata, "displayName", default=slug),
        service=service,
        kind=counted.kind,
        endpoint=counted.endpoint,
        method=counted.method,
        latency_threshold_ms=counted.latency_threshold_ms,
        report_minutes=_report_minutes(found, counted),
        series=counted.series,
        pointers={"": found.place.pointer or "/"},
    )


def _report_minutes(found: SpecObject, counted: Counted) -> int | None:
    said = found.annotation("report-minutes")
    if said is None:
        return PROMETHEUS_REPORTS_EVERY if counted.series else None
    text = spelled_value(said) or ""
    if text == "never":
        return None
    if not text.isdecimal() or not 1 <= int(text[:5]) <= 1440:
        said.complain("must be 1 to 1440 minutes, or never.")
        return None
    return int(text)


def _counted(found: SpecObject, bundle: Bundle) -> Counted | None:
    if "thresholdMetric" in found.spec:
        found.spec["thresholdMetric"].complain(
            "compares one value with a limit, which counts no requests; use ratioMetric with "
            "the good, or the bad, and all of them."
        )
        return None
    place = required(found.body, found.spec, "ratioMetric")
    return _ratio(place, bundle) if place else None


def _ratio(place: Place, bundle: Bundle) -> Counted | None:
    fields = place.fields()
    if "raw" in fields:
        fields["raw"].complain(
            "is a ratio that somebody calculated; how many requests it is of cannot be known. "
            "Give good or bad, and total."
        )
        return None
    if "counter" in fields and flag(fields["counter"]) is False:
        fields["counter"].complain(
            "is false, but only counters that go up can be counted minute by minute."
        )
        return None
    if ("good" in fields) == ("bad" in fields):
        place.complain("must have either good or bad.")
        return None
    total = required(place, fields, "total")
    role = "good" if "good" in fields else "bad"
    return _pair(total, fields[role], role, bundle) if total else None


def _pair(total: Place, part: Place, role: str, bundle: Bundle) -> Counted | None:
    if _type_of(total, bundle) == _type_of(part, bundle) == OUR_TYPE.lower():
        return _own_requests(total)
    all_query, part_query = _query(total, bundle), _query(part, bundle)
    if all_query is None or part_query is None:
        return None
    series = series_of(all_query, part_query, role=role)
    return Counted(Kind.COUNTS, series) if series else None


def series_of(total: Place, part: Place, *, role: str) -> Series | None:
    """This will return the series of two queries; all less the good ones are the bad ones."""
    whole, text = selector(total), part.text()
    if whole is None or text is None:
        return None
    try:
        same, other = numerator(text, total=whole)
    except QueryRefused as error:
        part.complain(f"{error}.")
        return None
    is_good = (role == "good") == bool(same)
    return Series(whole, good=same or other) if is_good else Series(whole, bad=same or other)


def _source(place: Place) -> Mapping[str, Place]:
    return below(place.fields(), "metricSource")


def _type_of(place: Place, bundle: Bundle) -> str:
    source = _source(place)
    if "type" in source:
        return (spelled_value(source["type"]) or "").lower()
    if "metricSourceRef" not in source:
        return ""
    data_source = bundle.find("DataSource", source["metricSourceRef"])
    kind = data_source.spec.get("type") if data_source else None
    return (spelled_value(kind) or "").lower() if kind else ""


def _query(place: Place, bundle: Bundle) -> Place | None:
    source = required(place, place.fields(), "metricSource")
    if source is None:
        return None
    kind = _type_of(place, bundle)
    if kind != "prometheus":
        named = source.fields().get("type", source)
        named.complain(
            f"is {kind[:60]!r}; series are counted of Prometheus alone."
            if kind
            else "does not say that its type is Prometheus; series are counted of that alone."
        )
        return None
    return required(source, below(source.fields(), "spec"), "query")


def _own_requests(total: Place) -> Counted | None:
    spec = below(_source(total), "spec")
    kind_place = required(total, spec, "kind")
    kind = spelled_value(kind_place) if kind_place else ""
    if kind_place is None or kind not in {known.value for known in _COUNTED_HERE}:
        total.complain(f"must be of one kind of {', '.join(sorted(_COUNTED_HERE))}.")
        return None
    threshold = spelled_value(spec["latencyThresholdMs"]) if "latencyThresholdMs" in spec else None
    if threshold is not None and not (threshold.isdecimal() and len(threshold) < 10):
        spec["latencyThresholdMs"].complain("must be whole milliseconds.")
        return None
    return Counted(
        Kind(kind),
        endpoint=(spelled_value(spec["endpoint"]) or "*") if "endpoint" in spec else "*",
        method=(spelled_value(spec["method"]) or "") if "method" in spec else "",
        latency_threshold_ms=int(threshold) if threshold else None,
    )
