from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from catalog.models import Service
from slo.models.objectives import Objective


class Correction(models.Model):
    """Time that does not count against a budget: maintenance, a wrong measurement.

    Once, or again and again by an RRULE of RFC 5545. Counts stay as they are: a correction
    is applied whenever a budget is read, to the past as well, until it is withdrawn.
    """

    objective = models.ForeignKey(
        Objective,
        on_delete=models.PROTECT,
        related_name="corrections",
        null=True,
        blank=True,
        verbose_name=_("objective"),
    )
    service = models.ForeignKey(
        Service,
        on_delete=models.PROTECT,
        related_name="slo_corrections",
        null=True,
        blank=True,
        verbose_name=_("service"),
        help_text=_("All objectives of the service."),
    )
    reason = models.CharField(_("reason"), max_length=300)
    starts_at = models.DateTimeField(_("starts at"))
    duration_minutes = models.PositiveIntegerField(
        _("duration (minutes)"), validators=[MinValueValidator(1), MaxValueValidator(129_600)]
    )
    recurrence = models.CharField(
        _("recurrence"),
        max_length=300,
        blank=True,
        help_text=_("An RRULE, for example FREQ=WEEKLY;BYDAY=SU. Empty: once."),
    )
    time_zone = models.CharField(
        _("time zone"),
        max_length=60,
        default="UTC",
        help_text=_("Whose clock a recurrence follows."),
    )
    entered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True
    )
    entered_at = models.DateTimeField(_("entered at"))
    withdrawn_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    withdrawn_at = models.DateTimeField(_("withdrawn at"), null=True, blank=True)

    class Meta:
        verbose_name = _("correction")
        verbose_name_plural = _("corrections")
        constraints = [
            models.CheckConstraint(
                name="slo_correction_of_one_thing",
                condition=Q(objective=None, service__isnull=False)
                | Q(objective__isnull=False, service=None),
                violation_error_message=_("Name an objective or a service, not both."),
            ),
            models.CheckConstraint(
                name="slo_correction_lasts", condition=Q(duration_minutes__gte=1)
            ),
        ]

    def __str__(self) -> str:
        return self.reason
