from django.db import models
from django.utils.translation import gettext_lazy as _


class Consumer(models.Model):
    """How far a group of subscribers of one name has been handed the log."""

    name = models.CharField(_("name"), max_length=120, primary_key=True)
    # Up to here, every event it asked for has a delivery row.
    position = models.BigIntegerField(_("position"), default=0)
    created_at = models.DateTimeField(_("created at"))

    class Meta:
        verbose_name = _("consumer")
        verbose_name_plural = _("consumers")

    def __str__(self) -> str:
        return self.name
