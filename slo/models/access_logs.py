from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from catalog.models import Service


class LogCursor(models.Model):
    """How far an access log was counted; written in the transaction of the counts."""

    service = models.ForeignKey(
        Service,
        on_delete=models.PROTECT,
        related_name="log_cursors",
        verbose_name=_("service"),
    )
    path = models.CharField(_("path"), max_length=1000)
    file_number = models.CharField(_("device and inode"), max_length=60, blank=True)
    first_line_hash = models.CharField(_("SHA-256 of the first line"), max_length=64, blank=True)
    offset = models.BigIntegerField(_("offset (bytes)"), default=0)
    line_count = models.BigIntegerField(_("lines"), default=0)
    malformed_count = models.BigIntegerField(_("malformed lines"), default=0)
    last_malformed_reason = models.CharField(_("last malformed line"), max_length=200, blank=True)
    advanced_at = models.DateTimeField(_("advanced at"), null=True, blank=True)

    class Meta:
        verbose_name = _("access log")
        verbose_name_plural = _("access logs")
        constraints = [
            models.UniqueConstraint(fields=["service", "path"], name="slo_log_cursor_once_a_file"),
            models.CheckConstraint(
                name="slo_log_cursor_counts_are_possible",
                condition=Q(
                    offset__gte=0, malformed_count__gte=0, malformed_count__lte=F("line_count")
                ),
            ),
        ]

    def __str__(self) -> str:
        return self.path
