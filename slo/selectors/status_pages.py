"""What anybody may see of a service, where its status page is switched on."""

from dataclasses import dataclass
from datetime import datetime

from slo.models import StatusPage
from slo.selectors.objectives import ObjectiveStatus, statuses_of_services


@dataclass(frozen=True, slots=True)
class PublicStanding:
    service_slug: str
    service_name: str
    headline: str
    statuses: tuple[ObjectiveStatus, ...]


def public_standing(service_slug: str, *, at: datetime) -> PublicStanding | None:
    """This will return how the service stands, or None where its page is not public."""
    page = (
        StatusPage.objects.filter(service__slug=service_slug, is_public=True)
        .select_related("service")
        .first()
    )
    if page is None:
        return None
    statuses = statuses_of_services([service_slug], at=at)
    return PublicStanding(
        service_slug=page.service.slug,
        service_name=page.service.name,
        headline=page.headline,
        statuses=tuple(sorted(statuses, key=lambda status: status.name)),
    )
