"""What is promised now, in the form that is exchanged with others."""

from collections.abc import Collection, Iterable

from catalog.models import Service
from slo.errors import UnknownObjective
from slo.models import Component, Indicator, MetricSource, Objective
from slo.rules.composite import Blend
from slo.rules.definition import (
    Definitions,
    IndicatorDefinition,
    ObjectiveDefinition,
    Series,
    ServiceDefinition,
)
from slo.rules.openslo_writing import openslo_documents
from slo.rules.prometheus_rules import (
    LeftOut,
    left_out_comments,
    rule_group,
    rules_document,
    why_left_out,
)
from slo.rules.request_outcome import Kind
from slo.rules.time_slice import Budgeting, Slices
from slo.rules.yaml_writing import yaml_text
from slo.selectors.indicators import all_objectives


def openslo_text(slugs: Collection[str] = ()) -> str:
    """This will write objectives as OpenSLO v1: those named, or all that are active.

    Raises UnknownObjective.
    """
    return yaml_text(openslo_documents(stored_definitions(slugs)))


def prometheus_text(slugs: Collection[str] = ()) -> tuple[str, tuple[LeftOut, ...]]:
    """This will write objectives as rules of Prometheus, and return those that have none.

    Comments at the head of the text name them too. Raises UnknownObjective.
    """
    definitions = stored_definitions(slugs)
    indicators = {indicator.slug: indicator for indicator in definitions.indicators}
    groups, left_out = [], []
    for objective in definitions.objectives:
        indicator = indicators[objective.indicator]
        reason = why_left_out(objective, indicator)
        if reason is None and indicator.series is not None:
            groups.append(rule_group(objective, indicator.series))
        else:
            left_out.append(LeftOut(objective.slug, reason or ""))
    text = yaml_text([rules_document(groups)], comments=left_out_comments(left_out))
    return text, tuple(left_out)


def stored_definitions(slugs: Collection[str] = ()) -> Definitions:
    """This will return objectives with all they stand on; raises UnknownObjective."""
    objectives = _objectives(slugs)
    indicators = _indicators({objective.indicator_id for objective in objectives})
    services = {indicator.service_id for indicator in indicators}
    sources = _series(indicators)
    return Definitions(
        services=tuple(
            ServiceDefinition(slug=s.slug, name=s.name, description=s.description.strip())
            for s in Service.objects.filter(pk__in=services).order_by("slug")
        ),
        indicators=tuple(indicator_definition(i, series=sources.get(i.pk)) for i in indicators),
        objectives=tuple(objective_definition(objective) for objective in objectives),
    )


def indicator_definition(indicator: Indicator, *, series: Series | None) -> IndicatorDefinition:
    return IndicatorDefinition(
        slug=indicator.slug,
        name=indicator.name,
        service=indicator.service.slug,
        kind=Kind(indicator.kind),
        endpoint=indicator.endpoint,
        method=indicator.method,
        latency_threshold_ms=indicator.latency_threshold_ms,
        report_minutes=indicator.report_minutes,
        series=series,
        components=tuple(
            (component.member.slug, component.weight)
            for component in sorted(indicator.components.all(), key=lambda found: found.pk)
        ),
        blend=Blend(indicator.blend),
    )


def objective_definition(objective: Objective) -> ObjectiveDefinition:
    slices = None
    if objective.slice_minutes:
        slices = Slices(
            Budgeting(objective.budgeting), objective.slice_minutes, objective.slice_target
        )
    pairs = sorted(
        (window.pair for window in objective.burn_windows.all()),
        key=lambda pair: (pair.long_minutes, pair.short_minutes),
    )
    return ObjectiveDefinition(
        slug=objective.slug,
        name=objective.name,
        service=objective.indicator.service.slug,
        indicator=objective.indicator.slug,
        target=objective.target,
        window=objective.window,
        slices=slices,
        burn_windows=tuple(pairs),
    )


def series_of_indicator(indicator: Indicator) -> Series | None:
    """This will return which series the indicator counts, None when it counts none."""
    return _series([indicator]).get(indicator.pk)


def _objectives(slugs: Collection[str]) -> list[Objective]:
    if not slugs:
        return list(all_objectives().filter(is_active=True))
    found = list(all_objectives().filter(slug__in=slugs))
    missing = sorted(set(slugs) - {objective.slug for objective in found})
    if missing:
        raise UnknownObjective(
            f"There is no objective {', '.join(missing)}. GET /api/slo/objectives lists the "
            "known ones."
        )
    return found


def _indicators(ids: Collection[int]) -> list[Indicator]:
    """The indicators and, of composites, the components."""
    members = Component.objects.filter(composite__in=ids).values_list("member_id", flat=True)
    concerned = Indicator.objects.filter(pk__in={*ids, *members})
    loaded = concerned.select_related("service").prefetch_related("components__member")
    return list(loaded.order_by("slug"))


def _series(indicators: Iterable[Indicator]) -> dict[int, Series]:
    sources = MetricSource.objects.filter(indicator__in=[i.pk for i in indicators])
    return {s.indicator_id: Series(s.total, good=s.good, bad=s.bad) for s in sources}
