"""What a fresh catalog holds, and a small believable shop for demonstrations."""

from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.contrib.auth.models import User
from django.db import transaction

from catalog.models import Environment, Service, Team

_ENVIRONMENTS = (
    ("development", "Development", 1),
    ("staging", "Staging", 2),
    ("production", "Production", 3),
)
_DEMO_TEAMS = (("shop", "Shop"), ("payments", "Payments"), ("platform", "Platform"))


@dataclass(frozen=True, slots=True)
class _DemoService:
    slug: str
    name: str
    description: str
    tier: int
    owner: str
    depends_on: tuple[str, ...] = ()


_DEMO_SERVICES = (
    _DemoService("payments", "Payments", "Takes money and gives it back.", 1, "payments"),
    _DemoService("catalog-api", "Catalog API", "Knows every article and its price.", 2, "platform"),
    _DemoService("notifications", "Notifications", "Sends mail and text messages.", 3, "platform"),
    _DemoService(
        "search", "Search", "Finds articles by what people type.", 2, "platform", ("catalog-api",)
    ),
    _DemoService(
        "checkout",
        "Checkout",
        "Turns a basket into an order.",
        1,
        "shop",
        ("payments", "catalog-api", "notifications"),
    ),
    _DemoService(
        "storefront",
        "Storefront",
        "The pages that customers see.",
        1,
        "shop",
        ("checkout", "search", "catalog-api"),
    ),
)


@transaction.atomic
def seed_defaults(_at: datetime, _operator: User | None) -> list[str]:
    """This will make the environments, the operations team and the portal's own service."""
    made = []
    for slug, name, position in _ENVIRONMENTS:
        if _is_environment_missing(slug, position):
            Environment.objects.create(
                slug=slug, name=name, position=position, is_production=slug == "production"
            )
            made.append(f"Environment {slug}.")
    operations, is_new = _team("operations", "Operations")
    if is_new:
        made.append("Team operations.")
    _portal, is_new = Service.objects.get_or_create(
        slug=settings.SLO_OWN_SERVICE,
        defaults={
            "name": "Operations portal",
            "description": "This portal.",
            "tier": Service.Tier.IMPORTANT,
            "owner": operations,
        },
    )
    if is_new:
        made.append(f"Service {settings.SLO_OWN_SERVICE}.")
    return made


@transaction.atomic
def seed_demo(_at: datetime, _operator: User | None) -> list[str]:
    """This will make the demo shop: three teams, six services and what they depend on."""
    found = {slug: _team(slug, name) for slug, name in _DEMO_TEAMS}
    teams = {slug: team for slug, (team, _is_new) in found.items()}
    made = [f"Demo team {slug}." for slug, (_team_row, is_new) in found.items() if is_new]
    new = [demo for demo in _DEMO_SERVICES if _make_demo_service(demo, owner=teams[demo.owner])]
    return made + [f"Demo service {demo.slug}." for demo in new]


def _is_environment_missing(slug: str, position: int) -> bool:
    """An operator who numbered the environments anew has them already."""
    return not (
        Environment.objects.filter(slug=slug).exists()
        or Environment.objects.filter(position=position).exists()
    )


def _team(slug: str, name: str) -> tuple[Team, bool]:
    team = Team.objects.filter(name__iexact=name).first()
    return (team, False) if team else Team.objects.get_or_create(slug=slug, defaults={"name": name})


def _make_demo_service(demo: _DemoService, *, owner: Team) -> bool:
    service, is_new = Service.objects.get_or_create(
        slug=demo.slug,
        defaults={
            "name": demo.name,
            "description": demo.description,
            "tier": demo.tier,
            "owner": owner,
            "runbook_url": f"https://runbooks.example.com/{demo.slug}",
        },
    )
    if is_new:
        service.depends_on.set(Service.objects.filter(slug__in=demo.depends_on))
    return is_new
