from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from catalog.models import Service, Team


class Api(models.Model):
    """What a service offers to its clients, under one name through all its versions."""

    slug = models.SlugField(_("slug"), max_length=80, unique=True)
    name = models.CharField(_("name"), max_length=120)
    service = models.ForeignKey(
        Service, on_delete=models.PROTECT, related_name="apis", verbose_name=_("service")
    )
    owner = models.ForeignKey(
        Team,
        on_delete=models.PROTECT,
        related_name="apis",
        null=True,
        blank=True,
        verbose_name=_("owner"),
    )

    class Meta:
        verbose_name = _("API")
        verbose_name_plural = _("APIs")

    def __str__(self) -> str:
        return self.name


class ApiVersion(models.Model):
    """One version of an API on its way from draft to retired."""

    class Lifecycle(models.TextChoices):
        DRAFT = "draft", _("draft")
        ACTIVE = "active", _("active")
        DEPRECATED = "deprecated", _("deprecated")
        SUNSET = "sunset", _("sunset")
        RETIRED = "retired", _("retired")

    api = models.ForeignKey(
        Api, on_delete=models.PROTECT, related_name="versions", verbose_name=_("API")
    )
    version = models.CharField(_("version"), max_length=40)
    lifecycle = models.CharField(
        _("lifecycle"), max_length=10, choices=Lifecycle.choices, default=Lifecycle.DRAFT
    )
    released_on = models.DateField(
        _("released on"),
        null=True,
        blank=True,
        help_text=_("The day it went to clients; a plan while it is a draft."),
    )
    sunset_on = models.DateField(
        _("sunset on"),
        null=True,
        blank=True,
        help_text=_("The day after which clients must not count on it."),
    )

    class Meta:
        verbose_name = _("API version")
        verbose_name_plural = _("API versions")
        constraints = [
            models.UniqueConstraint(
                fields=["api", "version"],
                name="governance_apiversion_once_an_api",
                violation_error_message=_("The API has this version already."),
            ),
            models.CheckConstraint(
                condition=Q(lifecycle__in=["draft", "active", "deprecated", "sunset", "retired"]),
                name="governance_apiversion_known_lifecycle",
            ),
            models.CheckConstraint(
                condition=Q(lifecycle="draft") | Q(released_on__isnull=False),
                name="governance_apiversion_released_once_not_draft",
                violation_error_message=_("A version that is no draft has a release date."),
            ),
            models.CheckConstraint(
                condition=~Q(lifecycle="sunset") | Q(sunset_on__isnull=False),
                name="governance_apiversion_sunset_has_a_date",
                violation_error_message=_("A version in sunset says on which day."),
            ),
            models.CheckConstraint(
                condition=Q(released_on=None)
                | Q(sunset_on=None)
                | Q(sunset_on__gt=F("released_on")),
                name="governance_apiversion_sunset_after_release",
                violation_error_message=_("The sunset is after the release."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.api} {self.version}"


class ClientType(models.Model):
    """A kind of caller that limits are set for."""

    slug = models.SlugField(_("slug"), max_length=40, unique=True)
    name = models.CharField(_("name"), max_length=80)

    class Meta:
        verbose_name = _("client type")
        verbose_name_plural = _("client types")

    def __str__(self) -> str:
        return self.name
