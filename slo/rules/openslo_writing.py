"""Definitions as OpenSLO v1 documents that read back as the same definitions.

What OpenSLO has no field for stands in annotations, and requests that the portal counts
itself in metric sources of a type of its own.
"""

from collections.abc import Iterator

from slo.rules.alert_level import WindowPair
from slo.rules.burn_condition import threshold_of
from slo.rules.composite import Blend
from slo.rules.definition import (
    Definitions,
    IndicatorDefinition,
    ObjectiveDefinition,
    ServiceDefinition,
)
from slo.rules.minute import shorthand
from slo.rules.openslo_indicators import PROMETHEUS_REPORTS_EVERY
from slo.rules.openslo_objectives import METHOD_BY_BUDGETING
from slo.rules.openslo_objects import API_VERSION, OUR_TYPE, OURS
from slo.rules.openslo_windows import ALIGNED_START, DURATION_BY_UNIT
from slo.rules.request_outcome import Kind
from slo.rules.time_slice import Budgeting
from slo.rules.window import RollingWindow, Window
from slo.rules.yaml_writing import Document, plain

_TARGET = "operations-portal"


def openslo_documents(definitions: Definitions) -> Iterator[Document]:
    """This will write services, indicators and objectives, in this order."""
    indicators = {indicator.slug: indicator for indicator in definitions.indicators}
    for service in definitions.services:
        yield _service(service)
    for indicator in definitions.indicators:
        if indicator.kind is not Kind.COMPOSITE:
            yield _sli(indicator)
    for objective in definitions.objectives:
        yield _slo(objective, indicators[objective.indicator])
    if any(objective.burn_windows for objective in definitions.objectives):
        yield _notification_target()


def _object(kind: str, slug: str, name: str, spec: Document) -> Document:
    metadata = {"name": slug, "displayName": name}
    return {"apiVersion": API_VERSION, "kind": kind, "metadata": metadata, "spec": spec}


def _annotated(document: Document, annotations: dict[str, str]) -> Document:
    if annotations:
        document["metadata"]["annotations"] = {
            OURS + name: text for name, text in annotations.items()
        }
    return document


def _service(service: ServiceDefinition) -> Document:
    spec = {"description": service.description} if service.description else {}
    return _object("Service", service.slug, service.name, spec)


def _sli(indicator: IndicatorDefinition) -> Document:
    document = _object("SLI", indicator.slug, indicator.name, {"ratioMetric": _ratio(indicator)})
    annotations = {"service": indicator.service}
    usual = PROMETHEUS_REPORTS_EVERY if indicator.series else None
    if indicator.report_minutes != usual:
        annotations["report-minutes"] = str(indicator.report_minutes or "never")
    return _annotated(document, annotations)


def _ratio(indicator: IndicatorDefinition) -> Document:
    series = indicator.series
    if series is None:
        return {
            "counter": True,
            "good": _own_requests(indicator, "good"),
            "total": _own_requests(indicator, "all"),
        }
    role, part = ("good", series.good) if series.good else ("bad", series.bad)
    return {"counter": True, role: _query(part), "total": _query(series.total)}


def _query(selector: str) -> Document:
    query = f"sum(increase({selector}[{{{{.window}}}}]))"
    return {"metricSource": {"type": "Prometheus", "spec": {"query": query}}}


def _own_requests(indicator: IndicatorDefinition, requests: str) -> Document:
    spec: Document = {"kind": indicator.kind.value, "requests": requests}
    if indicator.endpoint != "*":
        spec["endpoint"] = indicator.endpoint
    if indicator.method:
        spec["method"] = indicator.method
    if indicator.latency_threshold_ms:
        spec["latencyThresholdMs"] = indicator.latency_threshold_ms
    return {"metricSource": {"type": OUR_TYPE, "spec": spec}}


def _slo(objective: ObjectiveDefinition, indicator: IndicatorDefinition) -> Document:
    is_composite = indicator.kind is Kind.COMPOSITE
    budgeting = objective.slices.budgeting if objective.slices else Budgeting.OCCURRENCES
    spec: Document = {"service": objective.service}
    if not is_composite:
        spec["indicatorRef"] = indicator.slug
    spec |= {
        "timeWindow": [_time_window(objective.window)],
        "budgetingMethod": METHOD_BY_BUDGETING[budgeting],
        "objectives": _objectives(objective, indicator),
    }
    if objective.burn_windows is not None:
        spec["alertPolicies"] = [_policy(objective, pair) for pair in objective.burn_windows]
    document = _object("SLO", objective.slug, objective.name, spec)
    return _annotated(document, _composite_annotations(indicator)) if is_composite else document


def _composite_annotations(indicator: IndicatorDefinition) -> dict[str, str]:
    annotations = {"composite": indicator.slug, "composite-name": indicator.name}
    if indicator.blend is not Blend.WEIGHTED_MEAN:
        annotations["blend"] = indicator.blend.value
    return annotations


def _time_window(window: Window) -> Document:
    if isinstance(window, RollingWindow):
        return {"duration": f"{window.days}d", "isRolling": True}
    calendar = {"startTime": ALIGNED_START, "timeZone": window.zone.key}
    return {"duration": DURATION_BY_UNIT[window.unit], "calendar": calendar, "isRolling": False}


def _objectives(objective: ObjectiveDefinition, indicator: IndicatorDefinition) -> list[Document]:
    target: Document = {"targetPercent": plain(objective.target)}
    if objective.slices:
        if objective.slices.target is not None:
            target["timeSliceTarget"] = plain(objective.slices.target / 100)
        target["timeSliceWindow"] = f"{objective.slices.minutes}m"
    if indicator.kind is not Kind.COMPOSITE:
        return [target]
    return [
        {**target, "indicatorRef": slug, "compositeWeight": weight}
        for slug, weight in indicator.components
    ]


def _policy(objective: ObjectiveDefinition, pair: WindowPair) -> Document:
    long, short = shorthand(pair.long_minutes), shorthand(pair.short_minutes)
    name = f"{objective.slug}-{pair.level.value}-{long}-{short}"
    condition = {
        "kind": "burnrate",
        "op": "gt",
        "threshold": plain(threshold_of(pair, window_minutes=objective.window.nominal_minutes)),
        "lookbackWindow": long,
        "alertAfter": short,
    }
    return {
        "kind": "AlertPolicy",
        "metadata": {"name": name},
        "spec": {
            "alertWhenBreaching": True,
            "alertWhenResolved": True,
            "conditions": [
                {
                    "kind": "AlertCondition",
                    "metadata": {"name": name},
                    "spec": {"severity": pair.level.value, "condition": condition},
                }
            ],
            "notificationTargets": [{"targetRef": _TARGET}],
        },
    }


def _notification_target() -> Document:
    """Policies must name one; schedules of incidents say who is told."""
    name = "Operations portal"
    document = _object("AlertNotificationTarget", _TARGET, name, {"target": _TARGET})
    return _annotated(document, {"is-this": "true"})
