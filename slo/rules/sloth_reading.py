"""Sloth's specifications, as definitions: its own format, and the one for Kubernetes.

Its alerts are two pages and two tickets a window of 30 days, which the portal's pairs of
windows say exactly.
"""

from decimal import Decimal

from catalog.rules.yaml_document import Place
from slo.rules.alert_level import Level, WindowPair
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
    slug_of,
    slugged,
    spelled_value,
)
from slo.rules.window import RollingWindow

VERSION = "prometheus/v1"
KUBERNETES_VERSION = "sloth.slok.dev/v1"
KUBERNETES_KIND = "PrometheusServiceLevel"
WINDOW = RollingWindow(30)
PAGES = (
    WindowPair(60, 5, Decimal("0.02"), Level.CRITICAL),
    WindowPair(360, 30, Decimal("0.05"), Level.HIGH),
)
TICKETS = (
    WindowPair(1440, 120, Decimal("0.10"), Level.MEDIUM),
    WindowPair(4320, 360, Decimal("0.10"), Level.LOW),
)
_LONGEST_NAME = 120


def is_sloth(document: Place) -> bool:
    fields = document.fields() if document.is_mapping else {}
    return "slos" in fields or _version(fields) in {VERSION, KUBERNETES_VERSION}


def read_sloth(document: Place, reading: Reading) -> None:
    """This will add what the document promises to the reading; mistakes go to the notebook."""
    fields = document.fields()
    version = _version(fields)
    if version not in {VERSION, KUBERNETES_VERSION}:
        document.complain(f"is of version {version or 'none'}; {VERSION} is read.")
        return
    if version == KUBERNETES_VERSION:
        kind = required(document, fields, "kind")
        if kind and spelled_value(kind) != KUBERNETES_KIND:
            kind.complain(f"must be {KUBERNETES_KIND}.")
        document = required(document, fields, "spec") or document
        fields = document.fields()
    reading.report_unread(fields, ("version", "service", "slos"))
    service_place = required(document, fields, "service")
    service = slug_of(service_place) if service_place else None
    slos = required(document, fields, "slos")
    for item in slos.items() if slos else []:
        _read_slo(item, service, service_place, reading)


def _version(fields: Fields) -> str:
    place = fields.get("version") or fields.get("apiVersion")
    return (spelled_value(place) or "") if place else ""


def _read_slo(
    item: Place, service: str | None, service_place: Place | None, reading: Reading
) -> None:
    fields = item.fields()
    reading.report_unread(fields, ("name", "objective", "sli", "alerting"))
    name = required(item, fields, "name")
    slug = slug_of(name) if name else None
    goal = required(item, fields, "objective")
    target = percent(goal, is_share=False) if goal else None
    indicator = _indicator(item, fields)
    alerts = _burn_windows(fields, reading)
    if not (service and service_place and slug and goal and target and indicator):
        return
    # Sloth itself calls the promise so.
    full = slugged(f"{service}-{slug}")
    title = f"{service}: {slug}"[:_LONGEST_NAME]
    pointers = {"": item.pointer, "target": goal.pointer, "service": service_place.pointer}
    reading.indicators.append(
        IndicatorDefinition(
            slug=full,
            name=title,
            service=service,
            kind=Kind.COUNTS,
            report_minutes=PROMETHEUS_REPORTS_EVERY,
            series=indicator,
            pointers=pointers,
        )
    )
    reading.objectives.append(
        ObjectiveDefinition(
            slug=full,
            name=title,
            service=service,
            indicator=full,
            target=target,
            window=WINDOW,
            burn_windows=alerts,
            pointers=pointers,
        )
    )


def _indicator(item: Place, fields: Fields) -> Series | None:
    sli = required(item, fields, "sli")
    if sli is None:
        return None
    kinds = sli.fields()
    if "events" not in kinds:
        _refuse_other_sli(sli, kinds)
        return None
    events = kinds["events"]
    queries = events.fields()
    errors = _either(events, queries, "error_query", "errorQuery")
    total = _either(events, queries, "total_query", "totalQuery")
    return series_of(total, errors, role="bad") if errors and total else None


def _refuse_other_sli(sli: Place, kinds: Fields) -> None:
    if "raw" in kinds:
        kinds["raw"].complain(
            "is a ratio that Prometheus calculates; how many requests it is of cannot be known. "
            "Use events."
        )
    elif "plugin" in kinds:
        kinds["plugin"].complain("is code that writes queries; give its queries as events.")
    else:
        sli.complain("has no events.")


def _either(place: Place, fields: Fields, *names: str) -> Place | None:
    for name in names:
        if name in fields:
            return fields[name]
    return required(place, fields, names[0])


def _burn_windows(fields: Fields, reading: Reading) -> tuple[WindowPair, ...]:
    alerting = below(fields, "alerting")
    pages = PAGES if _is_on(alerting, "page_alert", "pageAlert", reading) else ()
    tickets = TICKETS if _is_on(alerting, "ticket_alert", "ticketAlert", reading) else ()
    reading.report_unread(
        alerting, ("name", "page_alert", "pageAlert", "ticket_alert", "ticketAlert")
    )
    return (*pages, *tickets)


def _is_on(alerting: Fields, name: str, other: str, reading: Reading) -> bool:
    place = alerting.get(name) or alerting.get(other)
    if place is None or place.is_nothing:
        return True
    alert = place.fields()
    reading.report_unread(alert, ("disable",))
    return "disable" not in alert or flag(alert["disable"]) is not True
