from django.db import models
from django.utils.translation import gettext_lazy as _

from slo.models.indicators import Indicator


class Thinned(models.Model):
    """How far the rows of one indicator were thinned, by what they hold and how coarse."""

    class Rows(models.TextChoices):
        COUNTS = "counts", _("counts")
        LATENCIES = "latencies", _("latencies")

    indicator = models.ForeignKey(
        Indicator,
        on_delete=models.CASCADE,
        related_name="thinned",
        db_index=False,
        verbose_name=_("indicator"),
    )
    rows = models.CharField(_("rows"), max_length=10, choices=Rows.choices)
    minutes = models.PositiveIntegerField(_("interval (minutes)"))
    until = models.DateTimeField(_("until"))

    class Meta:
        verbose_name = _("thinned rows")
        verbose_name_plural = _("thinned rows")
        constraints = [
            models.UniqueConstraint(
                fields=["indicator", "rows", "minutes"], name="slo_thinned_once_a_grain"
            )
        ]

    def __str__(self) -> str:
        return f"{self.indicator} {self.rows} {self.minutes} min"
