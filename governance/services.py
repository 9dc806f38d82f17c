from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.contrib.auth.models import User

from catalog import selectors as catalog
from governance.models import Api, ApiVersion, ClientType

_CLIENT_TYPES = {
    "anonymous": "Anonymous",
    "authenticated": "Authenticated",
    "premium": "Premium",
}


def seed_client_types(_at: datetime, _operator: User | None) -> list[str]:
    """This will make the shipped client types that are missing."""
    made = []
    for slug, name in _CLIENT_TYPES.items():
        _client_type, is_new = ClientType.objects.get_or_create(slug=slug, defaults={"name": name})
        if is_new:
            made.append(f"Client type {slug}.")
    return made


@dataclass(frozen=True, slots=True)
class _DemoVersion:
    """Days are counted from the day of the demonstration."""

    version: str
    lifecycle: ApiVersion.Lifecycle
    released_in_days: int | None = None
    sunset_in_days: int | None = None


_DEMO = {
    "payments": (
        _DemoVersion("1", ApiVersion.Lifecycle.SUNSET, -700, 40),
        _DemoVersion("2", ApiVersion.Lifecycle.ACTIVE, -210),
        _DemoVersion("3", ApiVersion.Lifecycle.DRAFT),
    ),
    "search": (_DemoVersion("1", ApiVersion.Lifecycle.ACTIVE, -400),),
}


def seed_demo_apis(at: datetime, _operator: User | None) -> list[str]:
    """This will register APIs of the demonstration's services, with versions of all ages."""
    made = []
    for slug, versions in _DEMO.items():
        service = catalog.find_service(slug)
        if service is None or Api.objects.filter(slug=slug).exists():
            continue
        api = Api.objects.create(
            slug=slug, name=f"{service.name} API", service=service, owner=service.owner
        )
        _register(api, versions, today=at.date())
        made.append(f"API {slug}: {len(versions)} versions.")
    return made


def _register(api: Api, versions: Iterable[_DemoVersion], *, today: date) -> None:
    ApiVersion.objects.bulk_create(
        ApiVersion(
            api=api,
            version=demo.version,
            lifecycle=demo.lifecycle,
            released_on=_day(demo.released_in_days, today=today),
            sunset_on=_day(demo.sunset_in_days, today=today),
        )
        for demo in versions
    )


def _day(in_days: int | None, *, today: date) -> date | None:
    return None if in_days is None else today + timedelta(days=in_days)
