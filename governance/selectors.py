from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Count

from governance.models import Api, ApiVersion
from governance.rules import owasp
from governance.rules.sunset import days_left, is_near_sunset

Lifecycle = ApiVersion.Lifecycle

NO_AUDIT = "No audit has run."
EVERYTHING_UNKNOWN = "No audit has run: every category is unknown, and unknown is not pass."


@dataclass(frozen=True, slots=True)
class NearSunset:
    """`days_left` is below zero when the day has passed and the version still serves."""

    api: str
    version: str
    lifecycle: str
    sunset_on: date
    days_left: int


@dataclass(frozen=True, slots=True)
class Dashboard:
    """Counts of what is registered. `score` is None as long as nothing was audited."""

    apis: int
    versions: int
    versions_by_lifecycle: dict[str, int]
    near_sunset: list[NearSunset]
    score: float | None
    score_reason: str


@dataclass(frozen=True, slots=True)
class OwaspCompliance:
    edition: str
    score: float | None
    score_reason: str
    categories: list[owasp.Verdict]


def dashboard(*, at: datetime) -> Dashboard:
    by_lifecycle = _versions_by_lifecycle()
    return Dashboard(
        apis=Api.objects.count(),
        versions=sum(by_lifecycle.values()),
        versions_by_lifecycle=by_lifecycle,
        near_sunset=versions_near_sunset(today=at.date()),
        score=None,
        score_reason=NO_AUDIT,
    )


def versions_near_sunset(*, today: date) -> list[NearSunset]:
    """This will return the versions in use whose last day is near or past, soonest first."""
    in_use = (
        ApiVersion.objects.filter(
            lifecycle__in=[Lifecycle.ACTIVE, Lifecycle.DEPRECATED, Lifecycle.SUNSET],
            sunset_on__isnull=False,
        )
        .select_related("api")
        .order_by("sunset_on", "api__slug", "version")
    )
    return [
        NearSunset(
            api=version.api.slug,
            version=version.version,
            lifecycle=version.lifecycle,
            sunset_on=version.sunset_on,
            days_left=days_left(version.sunset_on, today=today),
        )
        for version in in_use
        if version.sunset_on and is_near_sunset(version.sunset_on, today=today)
    ]


def owasp_compliance() -> OwaspCompliance:
    return OwaspCompliance(
        edition=owasp.EDITION,
        score=None,
        score_reason=EVERYTHING_UNKNOWN,
        categories=owasp.verdicts_without_evidence(),
    )


def _versions_by_lifecycle() -> dict[str, int]:
    counts = {
        row["lifecycle"]: row["count"]
        for row in ApiVersion.objects.values("lifecycle").annotate(count=Count("id"))
    }
    return {lifecycle: counts.get(lifecycle, 0) for lifecycle in Lifecycle.values}
