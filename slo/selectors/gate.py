"""Whether a service may be changed now, and which leave to do so all the same is in force."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db.models import Q, QuerySet
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from catalog.models import Service
from catalog.selectors import get_service
from slo.errors import UnknownFreezeOverride
from slo.models import FreezeOverride
from slo.rules.gate import Finding, Reason, Risk, Standing, Verdict, is_spent, verdict
from slo.selectors.objectives import (
    ObjectiveStatus,
    all_objective_statuses,
    statuses_of_services,
)

SENTENCES = {
    Finding.BUDGET_SPENT: _("The error budget of %(objective)s is spent: %(left)s %% remain."),
    Finding.BURNING: _("%(objective)s burns at level %(level)s now."),
    Finding.BELOW_RESERVE: _(
        "%(left)s %% of the error budget of %(objective)s remain; a risky change wants "
        "%(reserve)s %%."
    ),
    Finding.ALERTING_FROZEN: _("The alerts of %(objective)s are frozen for want of data."),
    Finding.NO_DATA: _("Nothing was counted for %(objective)s in its window."),
    Finding.DEPENDENCY: _(
        "%(service)s, which it depends on, is in trouble: %(objective)s has %(left)s %% of its "
        "budget and is at level %(level)s."
    ),
}


@dataclass(frozen=True, slots=True)
class Gate:
    """`override` is the leave that is in force, whether or not the answer needed it."""

    service: Service
    risk: Risk
    at: datetime
    verdict: Verdict
    statuses: tuple[ObjectiveStatus, ...]
    override: FreezeOverride | None

    @property
    def explained(self) -> list[tuple[Reason, str]]:
        """Each reason with a sentence, what refuses first."""
        statuses = {status.slug: status for status in self.statuses}
        return [
            (reason, _sentence(reason, statuses.get(reason.objective), service=self.service))
            for reason in self.verdict.reasons
        ]

    @property
    def summary(self) -> str:
        """The answer in a sentence; one that relied on an override says so, and whose."""
        named = {"service": self.service.slug, "risk": self.risk.value}
        if self.verdict.relies_on_override and self.override:
            return gettext(
                "%(service)s may be changed, but only by an override of %(who)s until %(until)s: "
                "%(reason)s"
            ) % {
                **named,
                "who": self.override.granted_by or "–",
                "until": f"{self.override.expires_at:%Y-%m-%d %H:%M} UTC",
                "reason": self.override.reason,
            }
        if self.verdict.is_allowed:
            return gettext("%(service)s may be changed (risk: %(risk)s).") % named
        return gettext("%(service)s may not be changed now (risk: %(risk)s).") % named


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


def _sentence(reason: Reason, status: ObjectiveStatus | None, *, service: Service) -> str:
    if status is None:
        return gettext("%(service)s has no active objective: nothing is known of it.") % {
            "service": service.slug
        }
    return SENTENCES[reason.finding] % {
        "objective": status.slug,
        "service": status.service_slug,
        "left": f"{(status.remaining or 0) * 100:.1f}",
        "reserve": f"{float(settings.SLO_RISKY_RESERVE) * 100:.0f}",
        "level": status.level.value,
    }
