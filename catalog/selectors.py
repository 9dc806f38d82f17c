from django.db.models import Prefetch, QuerySet

from catalog.errors import UnknownService
from catalog.models import Environment, Membership, Service, Team
from portal.shared.errors import FieldError


def all_services() -> QuerySet[Service]:
    return Service.objects.select_related("owner").order_by("slug")


def services_with_dependencies() -> QuerySet[Service]:
    """This will read needed and dependent services with two queries, however many."""
    return all_services().prefetch_related(
        Prefetch("depends_on", Service.objects.order_by("slug")),
        Prefetch("dependents", Service.objects.order_by("slug")),
    )


def services_depending_on(service: Service) -> QuerySet[Service]:
    return service.dependents.order_by("tier", "slug")


def all_teams() -> QuerySet[Team]:
    return Team.objects.order_by("slug")


def teams_with_members() -> QuerySet[Team]:
    memberships = Membership.objects.select_related("user").order_by("user__username")
    return all_teams().prefetch_related(Prefetch("memberships", memberships))


def all_environments() -> QuerySet[Environment]:
    return Environment.objects.order_by("position")


def find_service(slug: str) -> Service | None:
    return Service.objects.filter(slug=slug).first()


def get_service(slug: str, *, field: str = "/service") -> Service:
    """This will return the service; raises UnknownService naming the input's field."""
    service = find_service(slug)
    if service is None:
        raise UnknownService(
            f"The catalog has no service {slug!r}. Add it there, or run "
            "`manage.py import_catalog FILE`.",
            fields=[FieldError(field, "Unknown service.")],
        )
    return service


def get_services(slugs: list[str], *, field: str) -> list[Service]:
    """This will return the services in the order asked for; raises UnknownService."""
    found = {s.slug: s for s in Service.objects.filter(slug__in=slugs)}
    missing = [
        FieldError(f"{field}/{index}", f"The catalog has no service {slug!r}.")
        for index, slug in enumerate(slugs)
        if slug not in found
    ]
    if missing:
        raise UnknownService("The catalog does not know every service named.", fields=missing)
    return [found[slug] for slug in dict.fromkeys(slugs)]
