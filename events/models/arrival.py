from django.db import models
from django.utils.translation import gettext_lazy as _


class Received(models.Model):
    """An event of somebody else's that is in the log: it is taken in once."""

    source = models.CharField(_("source"), max_length=300)
    source_id = models.CharField(_("id at its source"), max_length=200)
    event_id = models.UUIDField(_("event id"))
    received_at = models.DateTimeField(_("received at"), db_index=True)

    class Meta:
        verbose_name = _("received event")
        verbose_name_plural = _("received events")
        constraints = [
            models.UniqueConstraint(fields=["source", "source_id"], name="events_received_once")
        ]

    def __str__(self) -> str:
        return f"{self.source} {self.source_id}"


class RefusedArrival(models.Model):
    """A message from a broker that is no event the log can keep, as it came."""

    class State(models.TextChoices):
        PARKED = "parked", _("parked")
        TAKEN_IN = "taken_in", _("taken in")
        DISCARDED = "discarded", _("discarded")

    channel = models.CharField(_("channel"), max_length=200)
    place = models.CharField(_("place"), max_length=300)
    headers = models.JSONField(_("headers"))
    body = models.BinaryField(_("body"))
    reason = models.TextField(_("reason"))
    state = models.CharField(
        _("state"), max_length=10, choices=State.choices, default=State.PARKED, db_index=True
    )
    arrived_at = models.DateTimeField(_("arrived at"))
    settled_at = models.DateTimeField(_("settled at"), null=True, blank=True)
    settled_by = models.CharField(_("settled by"), max_length=150, blank=True)

    class Meta:
        verbose_name = _("refused arrival")
        verbose_name_plural = _("refused arrivals")
        ordering = ["-id"]

    def __str__(self) -> str:
        return self.place
