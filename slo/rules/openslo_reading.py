"""OpenSLO v1 documents, as definitions."""

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from catalog.rules.yaml_document import Place
from slo.rules.alert_level import WindowPair
from slo.rules.burn_condition import BurnCondition, consumption_of, nearest_thresholds
from slo.rules.composite import Blend
from slo.rules.definition import IndicatorDefinition, ObjectiveDefinition, ServiceDefinition
from slo.rules.minute import spelled
from slo.rules.openslo_alerts import check_alerts, read_conditions
from slo.rules.openslo_indicators import read_indicator
from slo.rules.openslo_objectives import Target, read_slicing, read_targets
from slo.rules.openslo_objects import (
    Bundle,
    SpecObject,
    gathered,
    object_within,
    report_unread_metadata,
    slug_of_object,
)
from slo.rules.openslo_windows import read_window
from slo.rules.request_outcome import Kind
from slo.rules.spec_fields import (
    Reading,
    display_name,
    required,
    slug_of,
    slugged,
    spelled_value,
)
from slo.rules.window import Window

_SLO_FIELDS = (
    "service", "indicator", "indicatorRef", "timeWindow", "budgetingMethod", "objectives",
    "alertPolicies",
)  # fmt: skip
_LARGEST_WEIGHT = 1_000_000


def read_openslo(documents: Sequence[Place], reading: Reading) -> None:
    """This will add what the documents promise to the reading; mistakes go to the notebook."""
    bundle = gathered(documents)
    report_unread_metadata(bundle, reading)
    for service in bundle.of_kind("Service"):
        _read_service(service, reading)
    for slo in bundle.of_kind("SLO"):
        _read_slo(slo, bundle, reading)
    for target in bundle.of_kind("AlertNotificationTarget"):
        if not target.annotation("is-this"):
            reading.skip(target.place, "is not read: schedules of incidents say who is told")
    check_alerts(bundle, reading)
    used = {definition.slug for definition in reading.indicators}
    for sli in bundle.of_kind("SLI"):
        if slug_of_object(sli) not in used:
            _read_unused(sli, bundle, reading)


def _read_service(found: SpecObject, reading: Reading) -> None:
    slug = slug_of_object(found)
    if slug is None:
        return
    description = found.spec["description"].text() if "description" in found.spec else ""
    reading.services.append(
        ServiceDefinition(
            slug=slug,
            name=display_name(found.metadata, "displayName", default=slug),
            description=description or "",
            pointer=found.place.pointer or "/",
        )
    )


def _read_unused(sli: SpecObject, bundle: Bundle, reading: Reading) -> None:
    """What is wrong with it is told, though only an annotation could say whose it is."""
    found = read_indicator(sli, service="", default_slug="", bundle=bundle, reading=reading)
    if sli.annotation("service") is None:
        reading.skip(sli.place, "is not kept: no SLO uses it, so it belongs to no service")
    elif found is not None:
        reading.indicators.append(found)


@dataclass(frozen=True, slots=True)
class _Promise:
    """One SLO while it is read."""

    found: SpecObject
    slug: str
    name: str
    service: str
    window: Window
    burn_windows: tuple[WindowPair, ...] | None
    bundle: Bundle
    reading: Reading

    @property
    def pointer(self) -> str:
        return self.found.place.pointer


def _read_slo(found: SpecObject, bundle: Bundle, reading: Reading) -> None:
    reading.report_unread(found.spec, _SLO_FIELDS)
    slug = slug_of_object(found)
    service_place = required(found.body, found.spec, "service")
    service = slug_of(service_place) if service_place else None
    window = read_window(found.body, dict(found.spec))
    burn_windows = _burn_windows(found, window, bundle, reading)
    slicing = read_slicing(found.body, found.spec)
    targets = read_targets(found.body, found.spec, slicing, reading)
    if slug is None or service is None or window is None or targets is None:
        return
    name = display_name(found.metadata, "displayName", default=slug)
    promise = _Promise(found, slug, name, service, window, burn_windows, bundle, reading)
    if any("indicator" in t.fields or "indicatorRef" in t.fields for t in targets):
        _read_composite(promise, targets)
    else:
        _read_plain(promise, targets)


def _burn_windows(
    found: SpecObject, window: Window | None, bundle: Bundle, reading: Reading
) -> tuple[WindowPair, ...] | None:
    place = found.spec.get("alertPolicies")
    if place is None:
        return None
    conditions = read_conditions(place, bundle, reading)
    if window is None:
        return ()
    pairs = (_pair(condition, at, window) for condition, at in conditions)
    return tuple(sorted((p for p in pairs if p), key=lambda p: (p.long_minutes, p.short_minutes)))


def _pair(condition: BurnCondition, at: Place, window: Window) -> WindowPair | None:
    lengths = {
        "long_minutes": condition.long_minutes,
        "window_minutes": window.nominal_minutes,
    }
    consumption = consumption_of(condition.threshold, **lengths)
    if consumption is None:
        nearest = " or ".join(nearest_thresholds(condition.threshold, **lengths))
        at.complain(
            f"is {condition.threshold:f} over {spelled(condition.long_minutes)} of "
            f"{spelled(window.nominal_minutes)}, which spends no whole hundredth of a percent of "
            f"the budget up to all of it. Nearest: {nearest or 'none'}."
        )
        return None
    return WindowPair(condition.long_minutes, condition.short_minutes, consumption, condition.level)


def _read_plain(promise: _Promise, targets: Sequence[Target]) -> None:
    indicator = _indicator_of(promise, promise.found, default_slug=promise.slug)
    if indicator is None:
        return
    for slug, name, target in _named(promise, targets):
        _add_objective(promise, slug, name, target, indicator=indicator)


def _indicator_of(promise: _Promise, holder: SpecObject, *, default_slug: str) -> str | None:
    """The slug of the indicator that stands here or is named; one that is not in the document
    may be stored already, which the storing will tell."""
    spec = holder.spec
    if ("indicator" in spec) == ("indicatorRef" in spec):
        holder.body.complain("must have either indicator or indicatorRef.")
        return None
    if "indicator" in spec:
        sli = object_within(spec["indicator"])
    else:
        reference = spec["indicatorRef"]
        known = promise.bundle.named.get(("SLI", spelled_value(reference) or ""))
        if known is None:
            return slug_of(reference)
        sli = known
    definition = read_indicator(
        sli,
        service=promise.service,
        default_slug=default_slug,
        bundle=promise.bundle,
        reading=promise.reading,
    )
    if definition is None:
        return None
    _add_indicator(promise, definition)
    return definition.slug


def _add_indicator(promise: _Promise, definition: IndicatorDefinition) -> None:
    known = next((i for i in promise.reading.indicators if i.slug == definition.slug), None)
    if known is None:
        promise.reading.indicators.append(definition)
    elif known != definition:
        promise.found.place.complain(
            f"counts {definition.slug!r} otherwise, or for another service, than "
            f"{known.pointers.get('', '/')} does."
        )


def _named(promise: _Promise, targets: Sequence[Target]) -> list[tuple[str, str, Target]]:
    """Several objectives of one SLO become several of ours, told apart by name or target."""
    if len(targets) == 1:
        return [(promise.slug, promise.name, targets[0])]
    suffixes = [slugged(target.label.lower()) for target in targets]
    labels = [target.label for target in targets]
    if len(set(suffixes)) < len(targets) or "" in suffixes:
        labels = [f"{target.percent.normalize():f}" for target in targets]
        suffixes = [slugged(label) for label in labels]
    counts = Counter(suffixes)
    return [
        (
            f"{promise.slug}-{suffix}" + (f"-{position}" if counts[suffix] > 1 else ""),
            f"{promise.name}: {label}",
            target,
        )
        for position, (suffix, label, target) in enumerate(
            zip(suffixes, labels, targets, strict=True), start=1
        )
    ]


def _add_objective(
    promise: _Promise, slug: str, name: str, target: Target, *, indicator: str
) -> None:
    pointer = promise.pointer
    promise.reading.objectives.append(
        ObjectiveDefinition(
            slug=slug,
            name=name,
            service=promise.service,
            indicator=indicator,
            target=target.percent,
            window=promise.window,
            slices=target.slices,
            burn_windows=promise.burn_windows,
            pointers={
                "": pointer or "/",
                "service": f"{pointer}/spec/service",
                "target": target.place.pointer,
                "burn_windows": f"{pointer}/spec/alertPolicies",
                "indicator": f"{pointer}/spec",
            },
        )
    )


def _read_composite(promise: _Promise, targets: Sequence[Target]) -> None:
    """Every objective brings an indicator of its own: together they are one promise."""
    place = promise.found.spec["objectives"]
    if "indicator" in promise.found.spec or "indicatorRef" in promise.found.spec:
        place.complain("have indicators of their own, and the SLO has one too.")
        return
    if len({target.percent for target in targets}) > 1:
        place.complain("of a composite must have one target: the budget is one for all of them.")
        return
    members = [_member(promise, target, n) for n, target in enumerate(targets, start=1)]
    components = [(slug, weight) for slug, weight in members if slug and weight]
    if len(components) < len(targets):
        return
    composite = _composite(promise, components)
    _add_indicator(promise, composite)
    _add_objective(promise, promise.slug, promise.name, targets[0], indicator=composite.slug)


def _member(promise: _Promise, target: Target, number: int) -> tuple[str | None, Fraction | None]:
    holder = SpecObject(target.place, target.place, None, {}, target.fields)
    slug = _indicator_of(promise, holder, default_slug=f"{promise.slug}-{number}")
    return slug, target.weight


def _composite(
    promise: _Promise, components: Sequence[tuple[str, Fraction]]
) -> IndicatorDefinition:
    scale = math.lcm(*(weight.denominator for _slug, weight in components))
    weights = tuple((slug, int(weight * scale)) for slug, weight in components)
    if max(weight for _slug, weight in weights) > _LARGEST_WEIGHT:
        promise.found.spec["objectives"].complain(
            f"have weights whose ratio needs whole numbers above {_LARGEST_WEIGHT}."
        )
    named = promise.found.annotation("composite")
    titled = promise.found.annotation("composite-name")
    slug = promise.slug
    if slug in {member for member, _weight in components}:
        slug = f"{slug}-composite"
    return IndicatorDefinition(
        slug=(slug_of(named) if named else None) or slug,
        name=(titled.text(longest=120) if titled else None) or promise.name,
        service=promise.service,
        kind=Kind.COMPOSITE,
        components=weights,
        blend=_blend(promise),
        pointers={"": f"{promise.pointer}/spec/objectives"},
    )


def _blend(promise: _Promise) -> Blend:
    place = promise.found.annotation("blend")
    text = spelled_value(place) if place else Blend.WEIGHTED_MEAN.value
    if text in set(Blend):
        return Blend(text)
    if place:
        place.complain(f"must be one of {', '.join(Blend)}.")
    return Blend.WEIGHTED_MEAN
