from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from slo.models.objectives import Objective


class Forecast(models.Model):
    """What was foretold of a budget, kept so that the foretelling can be judged.

    Consumption is a share of the budget; `low` and `high` enclose it with the stated chance.
    The outcome is filled in when the horizon has passed.
    """

    objective = models.ForeignKey(
        Objective,
        on_delete=models.CASCADE,
        related_name="forecasts",
        db_index=False,
        verbose_name=_("objective"),
    )
    made_at = models.DateTimeField(_("made at"))
    horizon_hours = models.PositiveIntegerField(_("horizon (hours)"))
    due_at = models.DateTimeField(_("due at"), db_index=True)
    depletion_chance = models.FloatField(_("chance of depletion"))
    consumed = models.FloatField(_("consumed when made"))
    median = models.FloatField(_("median"))
    low = models.FloatField(_("low"))
    high = models.FloatField(_("high"))
    # By what share of its width the interval was extended on each side, from earlier outcomes.
    widening = models.FloatField(_("widening"), default=0.0)
    # Null where it lies beyond the longest horizon.
    depletes_at = models.DateTimeField(_("depletes at"), null=True, blank=True)
    depletes_early = models.DateTimeField(_("at the earliest"), null=True, blank=True)
    depletes_late = models.DateTimeField(_("at the latest"), null=True, blank=True)
    was_depleted = models.BooleanField(_("was depleted"), null=True, blank=True)
    consumed_then = models.FloatField(_("consumed then"), null=True, blank=True)

    class Meta:
        verbose_name = _("forecast")
        verbose_name_plural = _("forecasts")
        constraints = [
            models.UniqueConstraint(
                fields=["objective", "made_at", "horizon_hours"], name="slo_forecast_once"
            ),
            models.CheckConstraint(
                name="slo_forecast_chance_is_share",
                condition=Q(depletion_chance__gte=0, depletion_chance__lte=1),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.objective} {self.made_at:%Y-%m-%d %H:%M} + {self.horizon_hours} h"
