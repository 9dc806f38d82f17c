from django.db import models
from django.utils.translation import gettext_lazy as _

from incidents.models.incident import Incident


class Review(models.Model):
    """What is learned from an incident: drafted when it is resolved, completed by a person."""

    class State(models.TextChoices):
        DRAFT = "draft", _("draft")
        COMPLETED = "completed", _("completed")

    incident = models.OneToOneField(Incident, on_delete=models.CASCADE, related_name="review")
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.DRAFT)
    summary = models.TextField(_("summary"), blank=True)
    # The timeline as it was at the resolution: [{"at", "kind", "text", "actor", "via"}].
    timeline = models.JSONField(_("timeline"), default=list)
    seconds_to_acknowledge = models.FloatField(_("seconds to acknowledge"), null=True, blank=True)
    seconds_to_resolve = models.FloatField(_("seconds to resolve"))
    drafted_at = models.DateTimeField(_("drafted at"))
    completed_at = models.DateTimeField(_("completed at"), null=True, blank=True)
    completed_by = models.CharField(_("completed by"), max_length=150, blank=True)

    class Meta:
        verbose_name = _("review")
        verbose_name_plural = _("reviews")

    def __str__(self) -> str:
        return f"{self.incident.reference}: {self.get_state_display()}"
