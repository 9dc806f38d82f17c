from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from catalog.models import Service


class FreezeOverride(models.Model):
    """Leave to change a service although its budget is spent, with a reason and an end."""

    service = models.ForeignKey(
        Service,
        on_delete=models.PROTECT,
        related_name="freeze_overrides",
        verbose_name=_("service"),
    )
    reason = models.CharField(_("reason"), max_length=500)
    granted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True
    )
    granted_at = models.DateTimeField(_("granted at"))
    expires_at = models.DateTimeField(_("expires at"))
    revoked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    revoked_at = models.DateTimeField(_("revoked at"), null=True, blank=True)

    class Meta:
        verbose_name = _("freeze override")
        verbose_name_plural = _("freeze overrides")

    def __str__(self) -> str:
        return f"{self.service}: {self.reason}"


class StatusPage(models.Model):
    """Whether anybody may see how a service stands; nobody may until it is switched on."""

    service = models.OneToOneField(
        Service, on_delete=models.CASCADE, related_name="status_page", verbose_name=_("service")
    )
    is_public = models.BooleanField(
        _("is public"),
        default=False,
        help_text=_("Shows names, targets and remaining budgets to anybody, and its badges."),
    )
    headline = models.CharField(_("headline"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("status page")
        verbose_name_plural = _("status pages")

    def __str__(self) -> str:
        return str(self.service)
