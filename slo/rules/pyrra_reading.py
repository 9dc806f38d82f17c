"""Pyrra's specifications, as definitions: objects of Kubernetes, each one objective."""

from catalog.rules.yaml_document import Place
from slo.rules.alert_level import WindowPair
from slo.rules.definition import IndicatorDefinition, ObjectiveDefinition, Series
from slo.rules.openslo_indicators import PROMETHEUS_REPORTS_EVERY, series_of
from slo.rules.request_outcome import Kind
from slo.rules.spec_fields import (
    Fields,
    Reading,
    below,
    flag,
    percent,
    required,
    rolling_days,
    slug_of,
)
from slo.rules.window import RollingWindow

GROUP = "pyrra.dev/"
KIND = "ServiceLevelObjective"
# Where a specification may say whose it is; it has no field for that.
SERVICE_LABELS = ("pyrra.dev/service", "service", "app.kubernetes.io/name", "app")
_PARTS = {"ratio": ("errors", "bad"), "latency": ("success", "good")}
_WHY_NOT = {
    "latencyNative": "estimates from a native histogram; use latency with a bucket's series.",
    "latency_native": "estimates from a native histogram; use latency with a bucket's series.",
    "bool_gauge": "is a state and counts no requests; use ratio or latency.",
    "boolGauge": "is a state and counts no requests; use ratio or latency.",
}


def is_pyrra(document: Place) -> bool:
    fields = document.fields() if document.is_mapping else {}
    version = fields["apiVersion"].node.value if "apiVersion" in fields else ""
    return isinstance(version, str) and version.startswith(GROUP)


def read_pyrra(document: Place, reading: Reading, *, default_service: str = "") -> None:
    """This will add what the document promises to the reading; mistakes go to the notebook.

    `default_service` is whose an objective is that does not say so by a label.
    """
    fields = document.fields()
    kind = required(document, fields, "kind")
    if kind and kind.text() != KIND:
        kind.complain(f"must be {KIND}.")
        return
    metadata, spec_place = below(fields, "metadata"), required(document, fields, "spec")
    reading.report_unread(metadata, ("name", "labels"))
    if "name" not in metadata:
        document.complain("has no metadata.name.")
    slug = slug_of(metadata["name"]) if "name" in metadata else None
    service = _service(document, metadata, default_service)
    if spec_place is None:
        return
    spec = spec_place.fields()
    reading.report_unread(spec, ("target", "window", "indicator", "alerting"))
    goal, window = required(spec_place, spec, "target"), required(spec_place, spec, "window")
    target = percent(goal, is_share=False) if goal else None
    days = rolling_days(window) if window else None
    series = _series(spec_place, spec)
    burn_windows = _burn_windows(spec, reading)
    if not (slug and service and goal and target and days and series):
        return
    pointers = {
        "": document.pointer or "/",
        "service": f"{document.pointer}/metadata/labels",
        "target": goal.pointer,
    }
    reading.indicators.append(
        IndicatorDefinition(
            slug=slug,
            name=slug,
            service=service,
            kind=Kind.COUNTS,
            report_minutes=PROMETHEUS_REPORTS_EVERY,
            series=series,
            pointers=pointers,
        )
    )
    reading.objectives.append(
        ObjectiveDefinition(
            slug=slug,
            name=slug,
            service=service,
            indicator=slug,
            target=target,
            window=RollingWindow(days),
            burn_windows=burn_windows,
            pointers=pointers,
        )
    )


def _service(document: Place, metadata: Fields, default_service: str) -> str | None:
    labels = below(metadata, "labels")
    for name in SERVICE_LABELS:
        if name in labels:
            return slug_of(labels[name])
    if default_service:
        return default_service
    document.complain(
        "does not say whose it is: give it a label "
        f"{SERVICE_LABELS[0]}, or name the service of all such objectives with the import."
    )
    return None


def _series(spec_place: Place, spec: Fields) -> Series | None:
    place = required(spec_place, spec, "indicator")
    if place is None:
        return None
    indicator = place.fields()
    for name, why in _WHY_NOT.items():
        if name in indicator:
            indicator[name].complain(why)
            return None
    known = [name for name in _PARTS if name in indicator]
    if len(known) != 1:
        place.complain(f"must have one of {', '.join(_PARTS)}.")
        return None
    return _ratio(indicator[known[0]], *_PARTS[known[0]])


def _ratio(place: Place, part: str, role: str) -> Series | None:
    fields = place.fields()
    grouping = fields.get("grouping")
    if grouping and not grouping.is_nothing and grouping.items():
        grouping.complain(
            "makes an objective of each group; an objective here is one, so select its series."
        )
        return None
    metrics = [_metric(place, fields, name) for name in ("total", part)]
    total, counted = metrics
    return series_of(total, counted, role=role) if total and counted else None


def _metric(place: Place, fields: Fields, name: str) -> Place | None:
    found = required(place, fields, name)
    return required(found, found.fields(), "metric") if found else None


def _burn_windows(spec: Fields, reading: Reading) -> tuple[WindowPair, ...] | None:
    """Pyrra chooses its windows itself, so the portal chooses its own; or there are none."""
    alerting = below(spec, "alerting")
    reading.report_unread(alerting, ("disabled", "burnrates"))
    is_off = "disabled" in alerting and flag(alerting["disabled"])
    has_no_rates = "burnrates" in alerting and flag(alerting["burnrates"]) is False
    return () if is_off or has_no_rates else None
