from django.conf import settings
from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _


class Team(models.Model):
    """People who answer for services together."""

    slug = models.SlugField(_("slug"), max_length=80, unique=True)
    name = models.CharField(_("name"), max_length=120)
    members = models.ManyToManyField(
        settings.AUTH_USER_MODEL, through="Membership", related_name="teams"
    )

    class Meta:
        verbose_name = _("team")
        verbose_name_plural = _("teams")
        constraints = [models.UniqueConstraint(Lower("name"), name="catalog_team_name_once")]

    def __str__(self) -> str:
        return self.name


class Membership(models.Model):
    """One person in one team."""

    class Role(models.TextChoices):
        MEMBER = "member", _("member")
        LEAD = "lead", _("lead")

    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="memberships")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="memberships"
    )
    role = models.CharField(_("role"), max_length=10, choices=Role.choices, default=Role.MEMBER)

    class Meta:
        verbose_name = _("membership")
        verbose_name_plural = _("memberships")
        constraints = [
            models.UniqueConstraint(
                fields=["team", "user"], name="catalog_membership_once_a_person"
            )
        ]

    def __str__(self) -> str:
        return f"{self.user} ∈ {self.team}"


class Environment(models.Model):
    """A place where services run: development, staging, production."""

    slug = models.SlugField(_("slug"), max_length=40, unique=True)
    name = models.CharField(_("name"), max_length=80)
    # The order of promotion: what is 2 is promoted from what is 1.
    position = models.PositiveSmallIntegerField(_("position"), unique=True)
    is_production = models.BooleanField(_("is production"), default=False)

    class Meta:
        verbose_name = _("environment")
        verbose_name_plural = _("environments")

    def __str__(self) -> str:
        return self.name


class Service(models.Model):
    """Something a team runs and others depend on."""

    class Tier(models.IntegerChoices):
        CRITICAL = 1, _("1: critical")
        IMPORTANT = 2, _("2: important")
        NORMAL = 3, _("3: normal")
        EXPERIMENT = 4, _("4: experiment")

    slug = models.SlugField(_("slug"), max_length=80, unique=True)
    name = models.CharField(_("name"), max_length=120)
    description = models.TextField(_("description"), blank=True)
    tier = models.PositiveSmallIntegerField(_("tier"), choices=Tier.choices, default=Tier.NORMAL)
    owner = models.ForeignKey(
        Team,
        on_delete=models.PROTECT,
        related_name="services",
        null=True,
        blank=True,
        verbose_name=_("owner"),
    )
    depends_on = models.ManyToManyField(
        "self",
        symmetrical=False,
        related_name="dependents",
        blank=True,
        verbose_name=_("depends on"),
    )
    runbook_url = models.URLField(_("runbook"), max_length=500, blank=True)

    class Meta:
        verbose_name = _("service")
        verbose_name_plural = _("services")
        permissions = [("import_services", _("Can import catalog files"))]

    def __str__(self) -> str:
        return self.name
