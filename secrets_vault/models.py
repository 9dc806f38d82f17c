from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from catalog.models import Environment, Team


class Secret(models.Model):
    """A secret by name, in one environment. What it holds is not kept here."""

    class Type(models.TextChoices):
        DATABASE_PASSWORD = "database_password", _("database password")
        API_KEY = "api_key", _("API key")
        TLS_KEY_PAIR = "tls_key_pair", _("TLS key pair")
        SSH_KEY = "ssh_key", _("SSH key")
        OAUTH_CLIENT = "oauth_client", _("OAuth client")
        WEBHOOK_KEY = "webhook_key", _("webhook key")
        GENERIC_JSON = "generic_json", _("generic JSON")

    class RotationPolicy(models.TextChoices):
        DAILY = "daily", _("daily")
        WEEKLY = "weekly", _("weekly")
        MONTHLY = "monthly", _("monthly")
        QUARTERLY = "quarterly", _("quarterly")
        CUSTOM = "custom", _("custom")

    environment = models.ForeignKey(
        Environment,
        on_delete=models.PROTECT,
        related_name="secrets",
        verbose_name=_("environment"),
    )
    name = models.CharField(_("name"), max_length=200)
    secret_type = models.CharField(_("type"), max_length=20, choices=Type.choices)
    rotation_policy = models.CharField(_("rotation"), max_length=10, choices=RotationPolicy.choices)
    custom_rotation_days = models.PositiveSmallIntegerField(
        _("days between rotations"), null=True, blank=True
    )
    owner = models.ForeignKey(
        Team,
        on_delete=models.PROTECT,
        related_name="secrets",
        null=True,
        blank=True,
        verbose_name=_("owner"),
    )
    description = models.TextField(_("description"), blank=True)

    class Meta:
        verbose_name = _("secret")
        verbose_name_plural = _("secrets")
        constraints = [
            models.UniqueConstraint(
                fields=["environment", "name"],
                name="secrets_vault_secret_once_an_environment",
                violation_error_message=_("The environment has a secret of this name already."),
            ),
            models.CheckConstraint(
                # A check that comes out as NULL passes, so the days are asked for by name.
                condition=Q(
                    rotation_policy="custom",
                    custom_rotation_days__isnull=False,
                    custom_rotation_days__gt=0,
                )
                | (~Q(rotation_policy="custom") & Q(custom_rotation_days=None)),
                name="secrets_vault_secret_custom_rotation_has_days",
                violation_error_message=_(
                    "A custom rotation, and no other, says how many days lie between rotations."
                ),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class SecretAccess(models.Model):
    """Who did what to which secret. Never changed, and it outlives what it names."""

    class Action(models.TextChoices):
        CREATE = "create", _("create")
        LIST = "list", _("list")
        READ_METADATA = "read_metadata", _("read metadata")
        REVEAL = "reveal", _("reveal")
        USE = "use", _("use")
        WRITE = "write", _("write")
        ROTATE = "rotate", _("rotate")
        ROLL_BACK = "roll_back", _("roll back")
        DESTROY = "destroy", _("destroy")
        GRANT = "grant", _("grant")
        AUDIT = "audit", _("audit")

    class Outcome(models.TextChoices):
        SUCCEEDED = "succeeded", _("succeeded")
        DENIED = "denied", _("denied")
        FAILED = "failed", _("failed")

    at = models.DateTimeField(_("at"))
    # Names, not keys: deleting an account or a secret must not change what was recorded.
    actor = models.CharField(_("actor"), max_length=150)
    action = models.CharField(_("action"), max_length=15, choices=Action.choices)
    secret_name = models.CharField(_("secret"), max_length=200)
    environment = models.CharField(_("environment"), max_length=40)
    outcome = models.CharField(_("outcome"), max_length=10, choices=Outcome.choices)
    source_address = models.GenericIPAddressField(_("source address"), null=True, blank=True)
    reason = models.TextField(_("reason"), blank=True)

    class Meta:
        verbose_name = _("secret access")
        verbose_name_plural = _("secret accesses")
        indexes = [
            models.Index(fields=["at"], name="secrets_vault_access_by_time"),
            models.Index(
                fields=["environment", "secret_name", "at"],
                name="secrets_vault_access_by_name",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.actor}: {self.get_action_display()} {self.environment}/{self.secret_name}"
