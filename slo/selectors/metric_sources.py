"""Which series are counted, and what was refused."""

from collections.abc import Iterable

from django.db.models import Q, QuerySet, Sum

from slo.models import Indicator, MetricSource, Refusal
from slo.rules.metric_routes import Role, Routes, SourceDefinition, routes_of


def pushed_routes() -> Routes:
    """This will return the ways of series that are sent to the portal.

    What a source reads for itself does not count a second time when it is sent too.
    """
    return routes_of(tuple(_definitions(MetricSource.objects.filter(pull_url=""))))


def pulled_sources() -> QuerySet[MetricSource]:
    """This will return the sources that are read, the one that waits longest first."""
    pulled = MetricSource.objects.filter(~Q(pull_url="")).select_related("indicator")
    return pulled.order_by("pulled_until", "pk")


def definition_of(source: MetricSource) -> SourceDefinition:
    (definition,) = _definitions(MetricSource.objects.filter(pk=source.pk))
    return definition


def refused_counts() -> dict[tuple[str, str], int]:
    """This will return how much was refused, by channel and reason."""
    rows = Refusal.objects.values_list("channel", "reason").annotate(refused=Sum("count"))
    return {(channel, reason): refused for channel, reason, refused in rows}


def _definitions(sources: QuerySet[MetricSource]) -> Iterable[SourceDefinition]:
    rows = sources.order_by("pk").values_list(
        "pk", "indicator_id", "indicator__kind", "total", "good", "bad"
    )
    for pk, indicator_id, kind, *texts in rows:
        selectors = zip((Role.TOTAL, Role.GOOD, Role.BAD), texts, strict=True)
        yield SourceDefinition(
            source_id=pk,
            indicator_id=indicator_id,
            takes_latencies=kind == Indicator.Kind.LATENCY,
            selectors=tuple((role, text) for role, text in selectors if text),
        )
