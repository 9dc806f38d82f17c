from django.db import models
from django.utils.translation import gettext_lazy as _

from catalog.models import Service


class Occasion(models.Model):
    """Something that happened to a service and may have cost budget: an incident, a change.

    Written from the events of other domains, which are known here by their reference alone.
    """

    class Kind(models.TextChoices):
        INCIDENT = "incident", _("incident")
        CHANGE = "change", _("change")

    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices)
    reference = models.CharField(_("reference"), max_length=200)
    title = models.CharField(_("title"), max_length=300)
    service = models.ForeignKey(
        Service, on_delete=models.CASCADE, related_name="occasions", verbose_name=_("service")
    )
    starts_at = models.DateTimeField(_("starts at"))
    acknowledged_at = models.DateTimeField(_("acknowledged at"), null=True, blank=True)
    ends_at = models.DateTimeField(_("ends at"), null=True, blank=True)

    class Meta:
        verbose_name = _("occasion")
        verbose_name_plural = _("occasions")
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "reference", "service"], name="slo_occasion_once_a_service"
            )
        ]
        indexes = [models.Index(fields=["service", "starts_at"], name="slo_occasion_of_service")]

    def __str__(self) -> str:
        return self.title
