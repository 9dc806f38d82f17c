from datetime import datetime
from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


def subscriber_of(broker: str) -> str:
    """This will name what the parked events of a broker's relay are deliveries to."""
    return f"relay:{broker}"


class RelayCheckpointQuerySet(models.QuerySet["RelayCheckpoint"]):
    def free(self, at: datetime) -> Self:
        """Those that nobody works on, and that need not wait after a failure."""
        unheld = Q(lease_until=None) | Q(lease_until__lte=at)
        return self.filter(unheld).filter(Q(due_at=None) | Q(due_at__lte=at))


class RelayCheckpoint(models.Model):
    """How far the log has been sent to one broker, every event up to there confirmed."""

    broker = models.CharField(_("broker"), max_length=40, primary_key=True)
    position = models.BigIntegerField(_("position"), default=0)
    moved_at = models.DateTimeField(_("moved at"), null=True)
    # How often in a row what comes next was not confirmed, and why.
    failures = models.PositiveIntegerField(_("failures"), default=0)
    last_error = models.TextField(_("last error"), blank=True)
    due_at = models.DateTimeField(_("due at"), null=True)
    lease_token = models.UUIDField(null=True, editable=False)
    lease_until = models.DateTimeField(null=True, editable=False)

    objects = RelayCheckpointQuerySet.as_manager()

    class Meta:
        verbose_name = _("relay")
        verbose_name_plural = _("relays")

    def __str__(self) -> str:
        return f"{self.broker} #{self.position}"
