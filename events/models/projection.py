from django.db import models
from django.utils.translation import gettext_lazy as _


class Projection(models.Model):
    """How far a read model has come. Its rows carry the generation they belong to.

    The live generation is read; the one that is being built has no readers until it has
    caught up and takes the place of the live one.
    """

    name = models.CharField(_("name"), max_length=80, primary_key=True)
    live_generation = models.PositiveIntegerField(_("live generation"), default=1)
    live_version = models.PositiveIntegerField(_("version of the live generation"))
    live_position = models.BigIntegerField(_("position"), default=0)
    building_generation = models.PositiveIntegerField(_("building"), null=True, blank=True)
    building_version = models.PositiveIntegerField(null=True, editable=False)
    building_position = models.BigIntegerField(_("built up to"), default=0)
    started_at = models.DateTimeField(_("rebuild started at"), null=True, blank=True)
    started_by = models.CharField(_("rebuild started by"), max_length=150, blank=True)
    swapped_at = models.DateTimeField(_("swapped at"), null=True, blank=True)

    class Meta:
        verbose_name = _("projection")
        verbose_name_plural = _("projections")

    def __str__(self) -> str:
        return self.name


class TrafficDay(models.Model):
    """How many events of a type a day brought, in UTC."""

    generation = models.PositiveIntegerField(_("generation"))
    event_type = models.CharField(_("type"), max_length=120)
    retention_class = models.CharField(_("retention class"), max_length=40)
    day = models.DateField(_("day"))
    events = models.BigIntegerField(_("events"))
    last_position = models.BigIntegerField(_("last position"))

    class Meta:
        verbose_name = _("traffic of a day")
        verbose_name_plural = _("traffic of days")
        constraints = [
            models.UniqueConstraint(
                fields=["generation", "day", "retention_class", "event_type"],
                name="events_trafficday_once",
            )
        ]

    def __str__(self) -> str:
        return f"{self.event_type} {self.day:%Y-%m-%d}"
