from django.db.models import QuerySet

from catalog.errors import UnknownService
from catalog.models import Environment, Service, Team
from portal.shared.errors import FieldError


def all_services() -> QuerySet[Service]:
    return Service.objects.select_related("owner").order_by("slug")


def all_teams() -> QuerySet[Team]:
    return Team.objects.order_by("slug")


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
