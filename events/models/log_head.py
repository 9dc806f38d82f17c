from django.db import models
from django.utils.translation import gettext_lazy as _


class LogHead(models.Model):
    """How far the log is sequenced. One row; who holds its lock is the sequencer."""

    ONLY = 1

    position = models.BigIntegerField(_("position"), default=0)
    moved_at = models.DateTimeField(_("moved at"), null=True)

    class Meta:
        verbose_name = _("head of the log")
        verbose_name_plural = _("head of the log")

    def __str__(self) -> str:
        return str(self.position)
