"""Bringing one stored indicator or objective to what a definition says of it."""

from enum import Enum

from catalog.models import Service
from portal.shared.errors import FieldError
from slo.errors import ObjectiveRefused
from slo.models import Component, Indicator, MetricSource, Objective
from slo.rules.definition import IndicatorDefinition, ObjectiveDefinition
from slo.rules.request_outcome import Kind
from slo.selectors import find_objective
from slo.selectors.definitions import (
    indicator_definition,
    objective_definition,
    series_of_indicator,
)
from slo.services.objectives import (
    add_burn_window,
    create_composite,
    create_indicator,
    create_objective,
    objective_fields,
    refuse_invalid,
    save_objective,
)


class Fate(Enum):
    CREATED = "created"
    CHANGED = "changed"
    UNCHANGED = "unchanged"


def store_indicator(definition: IndicatorDefinition, *, service: Service) -> Fate:
    """This will create the indicator, or change what may change. Raises ObjectiveRefused."""
    stored = Indicator.objects.filter(slug=definition.slug).first()
    if stored is None:
        _create_indicator(definition, service=service)
        return Fate.CREATED
    known = indicator_definition(stored, series=series_of_indicator(stored))
    if known == definition:
        return Fate.UNCHANGED
    _refuse_other_counting(stored, known, definition)
    stored.name = definition.name
    stored.service = service
    stored.endpoint = definition.endpoint
    stored.method = definition.method
    stored.latency_threshold_ms = definition.latency_threshold_ms
    stored.report_minutes = definition.report_minutes
    stored.blend = definition.blend.value
    refuse_invalid(stored)
    stored.save()
    _store_source(stored, definition)
    if definition.components != known.components:
        stored.components.all().delete()
        _add_components(stored, definition)
    return Fate.CHANGED


def store_objective(definition: ObjectiveDefinition) -> Fate:
    """This will create the objective, or change what may change. Raises ObjectiveRefused."""
    indicator = _indicator_named(definition)
    # An evaluation that comes meanwhile waits, and writes its level after this.
    Objective.objects.select_for_update(no_key=True).filter(slug=definition.slug).first()
    stored = find_objective(definition.slug)
    if stored is None:
        create_objective(
            slug=definition.slug,
            name=definition.name,
            indicator=indicator,
            target=definition.target,
            window=definition.window,
            slices=definition.slices,
            burn_windows=definition.burn_windows,
        )
        return Fate.CREATED
    if stored.indicator_id != indicator.pk:
        raise _refused(
            "indicator",
            f"The objective is about {stored.indicator.slug!r}, and what it is about never "
            "changes. Give the document another name, or switch the objective off.",
        )
    known = objective_definition(stored)
    if _says_the_same(definition, known):
        return Fate.UNCHANGED
    _change_objective(stored, definition)
    return Fate.CHANGED


def _create_indicator(definition: IndicatorDefinition, *, service: Service) -> None:
    if definition.kind is Kind.COMPOSITE:
        create_composite(
            slug=definition.slug,
            name=definition.name,
            service=service,
            components=[(_member(slug), weight) for slug, weight in definition.components],
            blend=definition.blend,
        )
        return
    indicator = create_indicator(
        slug=definition.slug,
        name=definition.name,
        service=service,
        kind=definition.kind,
        endpoint=definition.endpoint,
        method=definition.method,
        latency_threshold_ms=definition.latency_threshold_ms,
        report_minutes=definition.report_minutes,
    )
    _store_source(indicator, definition)


def _store_source(indicator: Indicator, definition: IndicatorDefinition) -> None:
    if definition.series is None:
        MetricSource.objects.filter(indicator=indicator).delete()
        return
    source = MetricSource.objects.filter(indicator=indicator).first()
    source = source or MetricSource(indicator=indicator)
    source.total = definition.series.total
    source.good = definition.series.good
    source.bad = definition.series.bad
    refuse_invalid(source)
    source.save()


def _add_components(composite: Indicator, definition: IndicatorDefinition) -> None:
    for slug, weight in definition.components:
        component = Component(composite=composite, member=_member(slug), weight=weight)
        refuse_invalid(component)
        component.save()


def _member(slug: str) -> Indicator:
    found = Indicator.objects.filter(slug=slug).first()
    if found is None:
        raise _refused("components", f"There is no indicator {slug!r}.")
    return found


def _refuse_other_counting(
    stored: Indicator, known: IndicatorDefinition, definition: IndicatorDefinition
) -> None:
    """What was counted stays what it was counted as; a composite counts nothing itself."""
    if known.kind is not definition.kind:
        raise _refused(
            "kind",
            f"The indicator {stored.slug!r} is of kind {known.kind.value}, which never changes. "
            "Give it another name.",
        )
    counts = ("endpoint", "method", "latency_threshold_ms", "series", "service")
    changed = [name for name in counts if getattr(known, name) != getattr(definition, name)]
    if changed and stored.buckets.exists():
        raise _refused(
            "",
            f"The indicator {stored.slug!r} has counted already, and what it counts cannot "
            f"change then ({', '.join(changed)}). Give it another name.",
        )


def _indicator_named(definition: ObjectiveDefinition) -> Indicator:
    found = Indicator.objects.select_related("service").filter(slug=definition.indicator).first()
    if found is None or found.kind == Kind.SLICES.value:
        raise _refused(
            "indicator",
            f"There is no indicator {definition.indicator!r}, in the document or in the portal.",
        )
    if found.service.slug != definition.service:
        raise _refused(
            "service",
            f"The indicator {found.slug!r} is of the service {found.service.slug!r}, and so are "
            "its objectives.",
        )
    return found


def _says_the_same(definition: ObjectiveDefinition, known: ObjectiveDefinition) -> bool:
    """A document that says nothing of alerts leaves them as they are."""
    if definition.burn_windows is not None:
        return definition == known
    names = ("name", "target", "window", "slices")
    return all(getattr(definition, name) == getattr(known, name) for name in names)


def _change_objective(stored: Objective, definition: ObjectiveDefinition) -> None:
    wanted = definition.burn_windows
    if wanted is not None:
        # First, because a new target or window is refused for pairs that it strands.
        gone = [w.pk for w in stored.burn_windows.all() if w.pair not in wanted]
        stored.burn_windows.filter(pk__in=gone).delete()
        stored = Objective.objects.select_related("indicator__service", "slicing").get(pk=stored.pk)
    stored.name = definition.name
    stored.target = definition.target
    for name, value in objective_fields(definition.window, definition.slices).items():
        setattr(stored, name, value)
    refuse_invalid(stored)
    save_objective(stored)
    kept = [window.pair for window in stored.burn_windows.all()]
    for pair in wanted or ():
        if pair not in kept:
            add_burn_window(
                objective=stored,
                long_minutes=pair.long_minutes,
                short_minutes=pair.short_minutes,
                consumption=pair.consumption,
                level=pair.level,
            )


def _refused(field: str, detail: str) -> ObjectiveRefused:
    return ObjectiveRefused(
        "The definition was not stored.", fields=[FieldError(f"/{field}", detail)]
    )
