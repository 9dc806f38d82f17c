from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class Bulkhead(models.Model):
    """The limits of one dependency: how many calls at once, how many wait, and how long."""

    slug = models.SlugField(
        _("slug"),
        max_length=80,
        unique=True,
        help_text=_("Names the dependency in calls, for example database."),
    )
    name = models.CharField(_("name"), max_length=120)
    max_concurrent = models.PositiveIntegerField(
        _("concurrent calls"),
        validators=[MinValueValidator(1, _("At least one call must be able to run."))],
        help_text=_("How many calls may run at the same time."),
    )
    max_queue = models.PositiveIntegerField(
        _("waiting calls"),
        validators=[MinValueValidator(1, _("At least one call must be able to wait."))],
        help_text=_("How many further calls may wait; any beyond these are refused at once."),
    )
    timeout_seconds = models.PositiveIntegerField(
        _("timeout in seconds"),
        validators=[MinValueValidator(1, _("A call needs at least one second."))],
        help_text=_("The deadline over waiting and running together."),
    )

    class Meta:
        verbose_name = _("bulkhead")
        verbose_name_plural = _("bulkheads")
        constraints = [
            models.CheckConstraint(
                condition=Q(max_concurrent__gt=0),
                name="resilience_bulkhead_lets_a_call_run",
                violation_error_message=_("At least one call must be able to run."),
            ),
            models.CheckConstraint(
                condition=Q(max_queue__gt=0),
                name="resilience_bulkhead_lets_a_call_wait",
                violation_error_message=_("At least one call must be able to wait."),
            ),
            models.CheckConstraint(
                condition=Q(timeout_seconds__gt=0),
                name="resilience_bulkhead_has_a_deadline",
                violation_error_message=_("A call needs at least one second."),
            ),
        ]

    def __str__(self) -> str:
        return self.name
