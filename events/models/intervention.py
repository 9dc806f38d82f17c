from django.db import models
from django.utils.translation import gettext_lazy as _

from events.models.delivery import Delivery


class Intervention(models.Model):
    """What somebody did to a dead letter, and why. Written once, never changed."""

    class Action(models.TextChoices):
        REDRIVEN = "redriven", _("redriven")
        EDITED = "edited", _("edited and redriven")
        DISCARDED = "discarded", _("discarded")

    delivery = models.ForeignKey(
        Delivery,
        on_delete=models.CASCADE,
        related_name="interventions",
        verbose_name=_("delivery"),
    )
    action = models.CharField(_("action"), max_length=10, choices=Action.choices)
    acting_user = models.CharField(_("by"), max_length=150)
    note = models.TextField(_("note"), blank=True)
    # How the letter stood: why it was parked, and after how many attempts.
    attempts = models.PositiveIntegerField(_("attempts"))
    reason = models.CharField(_("reason"), max_length=500)
    payload_before = models.JSONField(_("payload before"), null=True, blank=True)
    payload_after = models.JSONField(_("payload after"), null=True, blank=True)
    at = models.DateTimeField(_("at"))

    class Meta:
        verbose_name = _("intervention")
        verbose_name_plural = _("interventions")
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.delivery} {self.action}"
