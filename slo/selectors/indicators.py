from collections import defaultdict

from django.db.models import QuerySet

from catalog.selectors import all_services
from portal.shared.errors import FieldError
from slo.errors import UnknownIndicator, UnknownObjective
from slo.models import Indicator, Objective
from slo.rules.request_outcome import REQUEST_KINDS, Watch


def all_indicators() -> QuerySet[Indicator]:
    """This will return what is counted; slices of other indicators are left out."""
    counted = Indicator.objects.exclude(kind=Indicator.Kind.SLICES)
    return counted.select_related("service").order_by("slug")


def all_objectives() -> QuerySet[Objective]:
    return (
        Objective.objects.select_related("indicator__service", "slicing")
        .prefetch_related("burn_windows")
        .order_by("slug")
    )


def find_objective(slug: str) -> Objective | None:
    return all_objectives().filter(slug=slug).first()


def get_objective(slug: str) -> Objective:
    """This will return the objective; raises UnknownObjective."""
    objective = find_objective(slug)
    if objective is None:
        raise UnknownObjective(
            "There is no such objective. GET /api/slo/objectives lists the known ones."
        )
    return objective


def get_indicators(slugs: list[str], *, field: str) -> list[Indicator]:
    """This will return the indicators in the order asked for; raises UnknownIndicator."""
    found = {indicator.slug: indicator for indicator in all_indicators().filter(slug__in=slugs)}
    missing = [
        FieldError(field if len(slugs) == 1 else f"{field}/{place}", f"No indicator {slug!r}.")
        for place, slug in enumerate(slugs)
        if slug not in found
    ]
    if missing:
        raise UnknownIndicator(
            "There is no such indicator. GET /api/slo/indicators lists the known ones.",
            fields=missing,
        )
    return [found[slug] for slug in slugs]


def watches_by_service() -> dict[str, list[Watch]]:
    """This will return what every indicator looks at, keyed by the slug of its service."""
    watches: dict[str, list[Watch]] = defaultdict(list)
    for indicator in all_indicators().filter(kind__in=REQUEST_KINDS):
        watches[indicator.service.slug].append(indicator.watch)
    return dict(watches)


def known_service_slugs() -> set[str]:
    return set(all_services().values_list("slug", flat=True))
