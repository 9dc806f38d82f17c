"""The sidebar: grouped by what people do, and only what the person may open."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the sidebar: the list of a model, shown to those who may view it."""

    title: Promise
    icon: str
    model: str

    @property
    def address(self) -> str | None:
        """This will return where the list is, None when the model has no admin page."""
        try:
            return reverse(f"admin:{self.model.replace('.', '_')}_changelist")
        except NoReverseMatch:
            return None

    @property
    def right(self) -> str:
        app, model = self.model.split(".")
        return f"{app}.view_{model}"


@dataclass(frozen=True, slots=True)
class Group:
    title: Promise
    entries: Sequence[Entry]


NOW = _("Now")
GROUPS = (
    Group(
        NOW,
        (
            Entry(_("Incidents"), "crisis_alert", "incidents.incident"),
            Entry(_("Pages"), "notifications_active", "incidents.page"),
            Entry(_("Reviews"), "rate_review", "incidents.review"),
        ),
    ),
    Group(
        _("Promises"),
        (
            Entry(_("Objectives"), "target", "slo.objective"),
            Entry(_("Indicators"), "monitoring", "slo.indicator"),
            Entry(_("Corrections"), "event_busy", "slo.correction"),
            Entry(_("Freeze overrides"), "lock_open", "slo.freezeoverride"),
            Entry(_("Status pages"), "public", "slo.statuspage"),
            Entry(_("Metric sources"), "sensors", "slo.metricsource"),
            Entry(_("Refused counts"), "block", "slo.refusal"),
            Entry(_("Forecasts"), "query_stats", "slo.forecast"),
        ),
    ),
    Group(
        _("Services"),
        (
            Entry(_("Services"), "dns", "catalog.service"),
            Entry(_("Teams"), "groups", "catalog.team"),
            Entry(_("Environments"), "layers", "catalog.environment"),
            Entry(_("Bulkheads"), "grid_view", "resilience.bulkhead"),
        ),
    ),
    Group(
        _("Recovery"),
        (
            Entry(_("Plans"), "health_and_safety", "recovery.plan"),
            Entry(_("Drills"), "exercise", "recovery.drill"),
        ),
    ),
    Group(
        _("Governance"),
        (
            Entry(_("APIs"), "api", "governance.api"),
            Entry(_("API versions"), "history", "governance.apiversion"),
        ),
    ),
    Group(_("Secrets"), (Entry(_("Secrets"), "key", "secrets_vault.secret"),)),
    Group(
        _("Events"),
        (
            Entry(_("Events"), "receipt_long", "events.event"),
            Entry(_("Dead letters"), "mail_off", "events.deadletter"),
            Entry(_("Consumers"), "hub", "events.consumer"),
            Entry(_("Streams"), "timeline", "events.stream"),
            Entry(_("Deliveries"), "outbox", "events.delivery"),
            Entry(_("Refused arrivals"), "block", "events.refusedarrival"),
            Entry(_("Projections"), "view_timeline", "events.projection"),
            Entry(_("Retention and seals"), "verified", "events.seal"),
            Entry(_("Webhooks"), "webhook", "events.webhooksubscription"),
        ),
    ),
    Group(
        _("Settings"),
        (
            Entry(_("Schedules"), "calendar_month", "incidents.schedule"),
            Entry(_("Escalation policies"), "stairs", "incidents.escalationpolicy"),
            Entry(_("Contact methods"), "contact_phone", "incidents.contactmethod"),
            Entry(_("Users"), "person", "auth.user"),
            Entry(_("Groups"), "group", "auth.group"),
            Entry(_("API tokens"), "vpn_key", "knox.authtoken"),
            Entry(_("Periodic tasks"), "timer", "django_celery_beat.periodictask"),
        ),
    ),
)


def sidebar(request: HttpRequest) -> list[dict[str, Any]]:
    """This will return Unfold's navigation, without groups that would be empty."""
    groups = [{"title": group.title, "items": _lines(request, group)} for group in GROUPS]
    groups[0]["items"] = [_home(), *_lines(request, GROUPS[0]), *_on_call(request)]
    return [group for group in groups if group["items"]]


def _lines(request: HttpRequest, group: Group) -> list[dict[str, Any]]:
    return [
        {"title": entry.title, "icon": entry.icon, "link": entry.address}
        for entry in group.entries
        if entry.address and request.user.has_perm(entry.right)
    ]


def _home() -> dict[str, Any]:
    return {"title": _("Home"), "icon": "home", "link": reverse("admin:index")}


def _on_call(request: HttpRequest) -> list[dict[str, Any]]:
    if not request.user.has_perm("incidents.view_schedule"):
        return []
    # The answer is a part of the home page, so the line is never the one that is open.
    link = f"{reverse('admin:index')}#on-call"
    return [{"title": _("On-call"), "icon": "support_agent", "link": link, "active": False}]
