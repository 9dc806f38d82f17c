import uuid
from typing import Self

from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import CharField, Count, Exists, OuterRef, QuerySet, Subquery, Value
from django.db.models.functions import Cast, Coalesce, Concat
from django.utils.translation import gettext_lazy as _

from events.models.delivery import Delivery
from events.rules.naming import LONGEST_TYPE, is_pattern

MOST_PATTERNS = 50
# What a webhook's deliveries are addressed to begins with this.
PREFIX = "webhook:"


def refuse_patterns(patterns: object) -> None:
    """Raises ValidationError for what is no list of types and patterns."""
    if not isinstance(patterns, list) or not all(isinstance(one, str) for one in patterns):
        raise ValidationError(_("Name event types in a list."))
    if len(patterns) > MOST_PATTERNS:
        raise ValidationError(_("Name at most %(most)d types.") % {"most": MOST_PATTERNS})
    for pattern in patterns:
        if not is_pattern(pattern):
            raise ValidationError(
                _("%(pattern)s is neither a type nor a pattern like orders.*.")
                % {"pattern": pattern[:LONGEST_TYPE]}
            )


class WebhookQuerySet(models.QuerySet["WebhookSubscription"]):
    def ready(self, due: QuerySet[Delivery]) -> Self:
        """Active ones to whom something of `due` is addressed."""
        return self.filter(Exists(_addressed(due)), state=WebhookSubscription.State.ACTIVE)

    def with_waiting(self) -> Self:
        """Each with the count of its deliveries that are not done, as `waiting`."""
        undelivered = _addressed(Delivery.objects.undelivered()).order_by()
        counted = undelivered.values("subscriber").annotate(count=Count("pk")).values("count")
        return self.annotate(waiting=Coalesce(Subquery(counted), 0))


def _addressed(deliveries: QuerySet[Delivery]) -> QuerySet[Delivery]:
    to = Concat(Value(PREFIX), Cast(OuterRef("pk"), CharField()), output_field=CharField())
    return deliveries.filter(subscriber=to)


class WebhookSubscription(models.Model):
    """An outsider's address that is sent the events it asked for, signed."""

    class State(models.TextChoices):
        ACTIVE = "active", _("active")
        PAUSED = "paused", _("paused")
        DISABLED = "disabled", _("disabled")

    slug = models.CharField(
        _("slug"),
        max_length=80,
        unique=True,
        validators=[
            RegexValidator(r"^[a-z0-9][a-z0-9-]*\Z", _("Use small letters, digits and hyphens."))
        ],
    )
    url = models.CharField(_("URL"), max_length=500)
    event_types = models.JSONField(_("event types"), validators=[refuse_patterns])
    description = models.TextField(_("description"), max_length=2_000, blank=True)
    contact = models.EmailField(
        _("contact"), blank=True, help_text=_("Who is told by e-mail when it is disabled.")
    )
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.ACTIVE)
    disabled_at = models.DateTimeField(_("disabled at"), null=True, blank=True)
    disabled_reason = models.CharField(_("reason"), max_length=300, blank=True)
    # The secret is derived from these two and never stored. While a rotation is young, the
    # version before signs too.
    signing_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    secret_version = models.PositiveIntegerField(
        _("version of the signing secret"), default=1, editable=False
    )
    secret_rotated_at = models.DateTimeField(_("secret rotated at"), null=True, blank=True)
    # Failures since something was last taken; until `rests_until` nothing is sent.
    failures = models.PositiveIntegerField(_("failures in a row"), default=0)
    failing_since = models.DateTimeField(_("failing since"), null=True, blank=True)
    rests_until = models.DateTimeField(_("tried again at"), null=True, blank=True)
    last_success_at = models.DateTimeField(_("last success"), null=True, blank=True)
    last_status = models.PositiveSmallIntegerField(_("last status"), null=True, blank=True)
    last_error = models.CharField(_("last error"), max_length=300, blank=True)
    created_by = models.CharField(_("created by"), max_length=150)
    created_at = models.DateTimeField(_("created at"))

    objects = WebhookQuerySet.as_manager()

    class Meta:
        verbose_name = _("webhook")
        verbose_name_plural = _("webhooks")
        ordering = ["slug"]

    def __str__(self) -> str:
        return self.slug

    @property
    def subscriber(self) -> str:
        """This will name the consumer group, as its deliveries and its consumer row do."""
        return f"{PREFIX}{self.pk}"

    @property
    def is_failing(self) -> bool:
        return self.state == self.State.ACTIVE and self.failures > 0
