import zoneinfo

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _


def validate_time_zone(name: str) -> None:
    """This will refuse a name that is not in the IANA time zone database."""
    if name not in zoneinfo.available_timezones():
        raise ValidationError(
            _("%(name)s is not a time zone. Use a name like Europe/Berlin."),
            code="time_zone",
            params={"name": name},
        )


class Schedule(models.Model):
    """A weekly rotation: who is on call, handed over by the wall clock of its zone."""

    class Weekday(models.IntegerChoices):
        MONDAY = 0, _("Monday")
        TUESDAY = 1, _("Tuesday")
        WEDNESDAY = 2, _("Wednesday")
        THURSDAY = 3, _("Thursday")
        FRIDAY = 4, _("Friday")
        SATURDAY = 5, _("Saturday")
        SUNDAY = 6, _("Sunday")

    slug = models.SlugField(_("slug"), max_length=80, unique=True)
    name = models.CharField(_("name"), max_length=120)
    time_zone = models.CharField(
        _("time zone"), max_length=64, default="UTC", validators=[validate_time_zone]
    )
    handoff_weekday = models.PositiveSmallIntegerField(
        _("handoff day"), choices=Weekday.choices, default=Weekday.MONDAY
    )
    handoff_time = models.TimeField(
        _("handoff time"), help_text=_("By the wall clock of the time zone.")
    )
    starts_on = models.DateField(
        _("starts on"), help_text=_("Nobody is on call before; this is in the first one's turn.")
    )

    class Meta:
        verbose_name = _("on-call schedule")
        verbose_name_plural = _("on-call schedules")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(handoff_weekday__lte=6),
                name="incidents_schedule_handoff_on_a_weekday",
            )
        ]

    def __str__(self) -> str:
        return self.name


class ScheduleMember(models.Model):
    """One person's place in the rotation."""

    schedule = models.ForeignKey(Schedule, on_delete=models.CASCADE, related_name="members")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="on_call_memberships",
        verbose_name=_("person"),
    )
    position = models.PositiveSmallIntegerField(_("order"))

    class Meta:
        verbose_name = _("schedule member")
        verbose_name_plural = _("schedule members")
        ordering = ["schedule", "position", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["schedule", "position"], name="incidents_member_position_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} ∈ {self.schedule}"
