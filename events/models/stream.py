from django.db import models
from django.utils.translation import gettext_lazy as _

from events.contracts.base import Priority


class Stream(models.Model):
    """What ordered events are about. The row is the lock that orders their writers."""

    name = models.CharField(_("name"), max_length=200, primary_key=True)
    version = models.BigIntegerField(_("version"))
    # Of the first event: a broker would reorder a stream that changed its lane.
    lane = models.PositiveSmallIntegerField(
        _("lane"), choices=[(p.value, p.name.lower()) for p in Priority]
    )
    created_at = models.DateTimeField(_("created at"))

    class Meta:
        verbose_name = _("stream")
        verbose_name_plural = _("streams")

    def __str__(self) -> str:
        return self.name
