from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from catalog.models import Team
from incidents.models.schedule import Schedule
from incidents.models.severity import Severity


class EscalationPolicy(models.Model):
    """Whom to page for a severity, and whom next when nobody acknowledges."""

    slug = models.SlugField(_("slug"), max_length=80, unique=True)
    name = models.CharField(_("name"), max_length=120)
    severity = models.CharField(
        _("severity"),
        max_length=4,
        choices=Severity.choices,
        blank=True,
        help_text=_("Blank is for any severity but SEV4."),
    )
    team = models.ForeignKey(
        Team,
        on_delete=models.PROTECT,
        related_name="escalation_policies",
        null=True,
        blank=True,
        verbose_name=_("team"),
        help_text=_("For the services of this team; blank is for all that have no own policy."),
    )
    repeat_count = models.PositiveSmallIntegerField(
        _("repeats"),
        default=0,
        validators=[MaxValueValidator(20)],
        help_text=_("How often the levels are gone through again when nobody acknowledges."),
    )

    class Meta:
        verbose_name = _("escalation policy")
        verbose_name_plural = _("escalation policies")
        constraints = [
            models.UniqueConstraint(
                fields=["severity"],
                condition=Q(team=None),
                name="incidents_policy_one_default_a_severity",
            ),
            models.UniqueConstraint(
                fields=["team", "severity"],
                condition=Q(team__isnull=False),
                name="incidents_policy_one_a_team_and_severity",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class EscalationLevel(models.Model):
    """The people paged together, and how long they have to acknowledge."""

    policy = models.ForeignKey(EscalationPolicy, on_delete=models.CASCADE, related_name="levels")
    position = models.PositiveSmallIntegerField(_("level"), validators=[MinValueValidator(1)])
    ack_window_seconds = models.PositiveIntegerField(
        _("window to acknowledge (seconds)"),
        validators=[MinValueValidator(30), MaxValueValidator(86_400)],
    )

    class Meta:
        verbose_name = _("escalation level")
        verbose_name_plural = _("escalation levels")
        ordering = ["policy", "position"]
        constraints = [
            models.UniqueConstraint(
                fields=["policy", "position"], name="incidents_level_position_once"
            ),
            models.CheckConstraint(
                condition=Q(position__gte=1, ack_window_seconds__gte=1),
                name="incidents_level_counts_from_one",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.policy} L{self.position}"


class EscalationTarget(models.Model):
    """One schedule, or one person, of a level."""

    level = models.ForeignKey(EscalationLevel, on_delete=models.CASCADE, related_name="targets")
    schedule = models.ForeignKey(
        Schedule,
        on_delete=models.PROTECT,
        related_name="escalation_targets",
        null=True,
        blank=True,
        verbose_name=_("schedule"),
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="escalation_targets",
        null=True,
        blank=True,
        verbose_name=_("person"),
    )

    class Meta:
        verbose_name = _("escalation target")
        verbose_name_plural = _("escalation targets")
        constraints = [
            models.CheckConstraint(
                condition=Q(schedule__isnull=False, user__isnull=True)
                | Q(schedule__isnull=True, user__isnull=False),
                name="incidents_target_schedule_or_person",
                violation_error_message=_("Choose a schedule or a person, not both."),
            )
        ]

    def __str__(self) -> str:
        return str(self.schedule or self.user)


class EscalationStep(models.Model):
    """One level of one incident, with the moment at which it is paged."""

    class State(models.TextChoices):
        PENDING = "pending", _("pending")
        STARTED = "started", _("started")
        SKIPPED = "skipped", _("skipped")
        CANCELLED = "cancelled", _("cancelled")

    incident = models.ForeignKey(
        "incidents.Incident", on_delete=models.CASCADE, related_name="steps"
    )
    level = models.ForeignKey(EscalationLevel, on_delete=models.PROTECT, related_name="steps")
    # The order within the incident, across the cycles of its policy.
    ordinal = models.PositiveIntegerField(_("order"))
    cycle = models.PositiveSmallIntegerField(_("cycle"))
    position = models.PositiveSmallIntegerField(_("level"))
    due_at = models.DateTimeField(_("due at"))
    state = models.CharField(
        _("state"), max_length=10, choices=State.choices, default=State.PENDING
    )
    started_at = models.DateTimeField(_("started at"), null=True, blank=True)

    class Meta:
        verbose_name = _("escalation step")
        verbose_name_plural = _("escalation steps")
        ordering = ["incident", "ordinal"]
        constraints = [
            models.UniqueConstraint(
                fields=["incident", "ordinal"], name="incidents_step_order_once"
            ),
        ]
        indexes = [
            models.Index(
                fields=["due_at"], condition=Q(state="pending"), name="incidents_step_pending"
            )
        ]

    def __str__(self) -> str:
        return f"L{self.position}, round {self.cycle}"
