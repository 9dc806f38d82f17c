"""Whether a service may be changed now, and which leave to do so all the same is in force."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db.models import Q, QuerySet

from catalog.models import Service
from catalog.selectors import get_service
from slo.errors import UnknownFreezeOverride
from slo.models import FreezeOverride
from slo.rules.gate import Risk, Standing, Verdict, is_spent, verdict
from slo.selectors.objectives import (
    ObjectiveStatus,
    all_objective_statuses,
    statuses_of_services,
)


@dataclass(frozen=True, slots=True)
class Gate:
    """`override` is the leave that is in force, whether or not the answer needed it."""

    service: Service
    risk: Risk
    at: datetime
    verdict: Verdict
    statuses: tuple[ObjectiveStatus, ...]
    override: FreezeOverride | None

    def status_of(self, objective: str) -> ObjectiveStatus | None:
        return next((status for status in self.statuses if status.slug == objective), None)


def gate(service_slug: str, *, risk: Risk, at: datetime) -> Gate:
    """This will judge a change of the service; raises UnknownService."""
    service = get_service(service_slug)
    needed = set(service.depends_on.values_list("slug", flat=True)) - {service.slug}
    statuses = statuses_of_services({service.slug, *needed}, at=at)
    override = overrides_in_force(at=at).filter(service=service).first()
    return Gate(
        service=service,
        risk=risk,
        at=at,
        verdict=verdict(
            [_standing(s) for s in statuses if s.service_slug == service.slug],
            [_standing(s) for s in statuses if s.service_slug in needed],
            risk=risk,
            reserve=settings.SLO_RISKY_RESERVE,
            has_override=override is not None,
        ),
        statuses=tuple(statuses),
        override=override,
    )


def overrides_in_force(*, at: datetime) -> QuerySet[FreezeOverride]:
    """This will return the leaves that hold at the moment, the longest first."""
    return (
        all_freeze_overrides()
        .filter(granted_at__lte=at, expires_at__gt=at)
        .filter(Q(revoked_at=None) | Q(revoked_at__gt=at))
        .order_by("-expires_at", "-pk")
    )


def all_freeze_overrides() -> QuerySet[FreezeOverride]:
    return FreezeOverride.objects.select_related("service", "granted_by", "revoked_by").order_by(
        "-granted_at", "-pk"
    )


def get_freeze_override(override_id: int) -> FreezeOverride:
    """This will return the leave; raises UnknownFreezeOverride."""
    override = all_freeze_overrides().filter(pk=override_id).first()
    if override is None:
        raise UnknownFreezeOverride("There is no such freeze override; the admin lists them.")
    return override


def frozen_services(*, at: datetime) -> dict[str, bool]:
    """This will tell of every service with objectives whether a spent budget shuts its gate.

    One with a leave in force is not frozen.
    """
    statuses = all_objective_statuses(at=at)
    spent = {status.service_slug for status in statuses if is_spent(status.remaining)}
    let_through = set(overrides_in_force(at=at).values_list("service__slug", flat=True))
    return {slug: slug in spent - let_through for slug in _slugs(statuses)}


def _slugs(statuses: Iterable[ObjectiveStatus]) -> list[str]:
    return sorted({status.service_slug for status in statuses})


def _standing(status: ObjectiveStatus) -> Standing:
    return Standing(
        objective=status.slug,
        service=status.service_slug,
        remaining=status.remaining,
        level=status.level,
        is_frozen=status.is_frozen,
    )
