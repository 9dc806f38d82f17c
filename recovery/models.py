from django.conf import settings
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from catalog.models import Service, Team
from recovery.rules.drill_record import Measured, Targets, targets_met
from recovery.rules.duration import parts_of


def duration_in_words(seconds: int) -> str:
    """This will say a duration the way a plan does: 2 h, 5 min, 1 h 30 min, 0 s."""
    parts = parts_of(seconds)
    said = [
        gettext("%(hours)d h") % {"hours": parts.hours} if parts.hours else "",
        gettext("%(minutes)d min") % {"minutes": parts.minutes} if parts.minutes else "",
        gettext("%(seconds)d s") % {"seconds": parts.seconds} if parts.seconds else "",
    ]
    return " ".join(filter(None, said)) or gettext("%(seconds)d s") % {"seconds": 0}


class Plan(models.Model):
    """How services come back after the loss of a part, how fast, and with how much lost."""

    class Strategy(models.TextChoices):
        BACKUP_RESTORE = "backup_restore", _("backup and restore")
        PILOT_LIGHT = "pilot_light", _("pilot light")
        WARM_STANDBY = "warm_standby", _("warm standby")
        MULTI_SITE_ACTIVE = "multi_site_active", _("multi-site active")

    slug = models.SlugField(_("slug"), max_length=80, unique=True)
    name = models.CharField(_("name"), max_length=120)
    strategy = models.CharField(_("strategy"), max_length=20, choices=Strategy.choices)
    rto_seconds = models.PositiveIntegerField(
        _("RTO in seconds"),
        validators=[MinValueValidator(1, _("No recovery takes less than a second."))],
        help_text=_("How long the services may be gone."),
    )
    rpo_seconds = models.PositiveIntegerField(
        _("RPO in seconds"),
        help_text=_("How much of the latest work may be lost; 0 is none."),
    )
    services = models.ManyToManyField(
        Service, related_name="recovery_plans", blank=True, verbose_name=_("services")
    )
    owner = models.ForeignKey(
        Team,
        on_delete=models.PROTECT,
        related_name="recovery_plans",
        null=True,
        blank=True,
        verbose_name=_("owner"),
    )
    test_every_days = models.PositiveSmallIntegerField(
        _("days between drills"),
        default=90,
        validators=[MinValueValidator(1, _("A plan is drilled once a day at most."))],
    )
    created_at = models.DateTimeField(_("created at"), editable=False)

    class Meta:
        verbose_name = _("recovery plan")
        verbose_name_plural = _("recovery plans")
        constraints = [
            models.CheckConstraint(
                condition=Q(rto_seconds__gt=0),
                name="recovery_plan_recovery_takes_time",
                violation_error_message=_("No recovery takes less than a second."),
            ),
            models.CheckConstraint(
                condition=Q(test_every_days__gt=0),
                name="recovery_plan_is_drilled_sometimes",
                violation_error_message=_("A plan is drilled once a day at most."),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def rto_in_words(self) -> str:
        return duration_in_words(self.rto_seconds)

    @property
    def rpo_in_words(self) -> str:
        return duration_in_words(self.rpo_seconds)

    @property
    def targets(self) -> Targets:
        return Targets(rto=self.rto_seconds, rpo=self.rpo_seconds)


class Drill(models.Model):
    """One time a plan was tried. Never changed: it is the proof, or the lack of it."""

    class Outcome(models.TextChoices):
        PASSED = "passed", _("passed")
        FAILED = "failed", _("failed")
        ABORTED = "aborted", _("aborted")

    plan = models.ForeignKey(
        Plan, on_delete=models.PROTECT, related_name="drills", verbose_name=_("plan")
    )
    started_at = models.DateTimeField(_("started at"))
    ended_at = models.DateTimeField(_("ended at"))
    outcome = models.CharField(_("outcome"), max_length=10, choices=Outcome.choices)
    measured_rto_seconds = models.PositiveIntegerField(
        _("measured RTO in seconds"), null=True, blank=True
    )
    measured_rpo_seconds = models.PositiveIntegerField(
        _("measured RPO in seconds"), null=True, blank=True
    )
    note = models.TextField(_("note"), blank=True)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        related_name="+",
        verbose_name=_("recorded by"),
    )
    recorded_at = models.DateTimeField(_("recorded at"))

    class Meta:
        verbose_name = _("drill")
        verbose_name_plural = _("drills")
        constraints = [
            models.UniqueConstraint(
                fields=["plan", "started_at"], name="recovery_drill_once_a_start"
            ),
            models.CheckConstraint(
                condition=Q(ended_at__gte=F("started_at")),
                name="recovery_drill_ends_after_its_start",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.plan}, {self.started_at:%Y-%m-%d %H:%M}"

    @property
    def met_targets(self) -> bool | None:
        """Against the plan's targets as they are now; None when a measure is missing."""
        measured = Measured(rto=self.measured_rto_seconds, rpo=self.measured_rpo_seconds)
        return targets_met(measured, targets=self.plan.targets)
