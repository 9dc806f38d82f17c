import uuid

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from uuid_utils.compat import uuid7

from catalog.models import Service
from incidents.models.escalation import EscalationPolicy
from incidents.models.severity import Severity


def new_incident_id() -> uuid.UUID:
    return uuid7()


class IncidentQuerySet(models.QuerySet["Incident"]):
    def open(self) -> "IncidentQuerySet":
        return self.exclude(status=Incident.Status.RESOLVED)


class Incident(models.Model):
    """Something is broken and somebody has to be on it until it is not."""

    Severity = Severity

    class Status(models.TextChoices):
        TRIGGERED = "triggered", _("triggered")
        ACKNOWLEDGED = "acknowledged", _("acknowledged")
        RESOLVED = "resolved", _("resolved")

    incident_id = models.UUIDField(_("incident id"), default=new_incident_id, unique=True)
    title = models.CharField(_("title"), max_length=200)
    description = models.TextField(_("description"), blank=True, max_length=10_000)
    severity = models.CharField(_("severity"), max_length=4, choices=Severity.choices)
    status = models.CharField(
        _("status"), max_length=12, choices=Status.choices, default=Status.TRIGGERED
    )
    detected_by = models.CharField(_("detected by"), max_length=150)
    # What caused it, for machines: while an incident with the key is open, no second opens.
    cause_key = models.CharField(_("cause key"), max_length=200, blank=True)
    services = models.ManyToManyField(
        Service, related_name="incidents", blank=True, verbose_name=_("services")
    )
    escalation_policy = models.ForeignKey(
        EscalationPolicy,
        on_delete=models.PROTECT,
        related_name="incidents",
        null=True,
        blank=True,
        verbose_name=_("escalation policy"),
    )
    opened_at = models.DateTimeField(_("opened at"))
    acknowledged_at = models.DateTimeField(_("acknowledged at"), null=True, blank=True)
    acknowledged_by = models.CharField(_("acknowledged by"), max_length=150, blank=True)
    resolved_at = models.DateTimeField(_("resolved at"), null=True, blank=True)
    resolved_by = models.CharField(_("resolved by"), max_length=150, blank=True)

    objects = IncidentQuerySet.as_manager()

    class Meta:
        verbose_name = _("incident")
        verbose_name_plural = _("incidents")
        constraints = [
            models.UniqueConstraint(
                fields=["cause_key"],
                condition=~Q(cause_key="") & ~Q(status="resolved"),
                name="incidents_incident_one_open_a_cause",
            ),
            models.CheckConstraint(
                condition=Q(status="resolved", resolved_at__isnull=False)
                | Q(~Q(status="resolved"), resolved_at__isnull=True),
                name="incidents_incident_resolved_has_its_time",
            ),
        ]
        indexes = [
            models.Index(
                fields=["severity", "opened_at"],
                condition=~Q(status="resolved"),
                name="incidents_incident_open",
            ),
            models.Index(fields=["-opened_at"], name="incidents_incident_newest"),
        ]

    def __str__(self) -> str:
        return f"{self.reference} {self.title}"

    @property
    def reference(self) -> str:
        """What people call it: INC-12."""
        return f"INC-{self.pk}"

    @property
    def is_open(self) -> bool:
        return self.status != self.Status.RESOLVED


class TimelineEntry(models.Model):
    """One thing that was done or found out. Never changed, never deleted."""

    class Kind(models.TextChoices):
        OPENED = "opened", _("opened")
        SEEN_AGAIN = "seen_again", _("seen again")
        SEVERITY_RAISED = "severity_raised", _("severity raised")
        ESCALATED = "escalated", _("escalated")
        SKIPPED = "skipped", _("level skipped")
        NOT_PAGED = "not_paged", _("nobody paged")
        PAGE_SENT = "page_sent", _("page sent")
        PAGE_FAILED = "page_failed", _("page failed")
        ACKNOWLEDGED = "acknowledged", _("acknowledged")
        NOTE = "note", _("note")
        RESOLVED = "resolved", _("resolved")
        REVIEWED = "reviewed", _("reviewed")

    incident = models.ForeignKey(Incident, on_delete=models.CASCADE, related_name="timeline")
    # When it happened; recorded_at is when the portal wrote it down.
    at = models.DateTimeField(_("at"))
    recorded_at = models.DateTimeField(_("recorded at"))
    kind = models.CharField(_("kind"), max_length=16, choices=Kind.choices)
    text = models.TextField(_("text"))
    actor = models.CharField(_("actor"), max_length=150, blank=True)
    # The door it came through: admin, API, page link, event; blank for the portal's own sweeps.
    via = models.CharField(_("via"), max_length=20, blank=True)

    class Meta:
        verbose_name = _("timeline entry")
        verbose_name_plural = _("timeline entries")
        ordering = ["at", "id"]
        indexes = [
            models.Index(fields=["incident", "at", "id"], name="incidents_timeline_in_order")
        ]

    def __str__(self) -> str:
        return f"{self.at:%H:%M:%S} {self.text}"
