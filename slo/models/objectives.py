from decimal import Decimal
from fractions import Fraction
from zoneinfo import ZoneInfo, available_timezones

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from slo.models.indicators import Indicator, Slicing
from slo.rules.alert_level import Level, WindowPair
from slo.rules.burn_rate import burn_factor, can_fire, highest_burn
from slo.rules.minute import spelled
from slo.rules.request_outcome import Kind
from slo.rules.time_slice import SLICE_MINUTES, Budgeting
from slo.rules.window import CalendarUnit, CalendarWindow, RollingWindow, Window


class Objective(models.Model):
    """A promise: this share of an indicator's requests is good over a window of time."""

    class Budgeting(models.TextChoices):
        OCCURRENCES = Budgeting.OCCURRENCES.value, _("requests")
        TIMESLICES = Budgeting.TIMESLICES.value, _("time slices")
        RATIO_TIMESLICES = Budgeting.RATIO_TIMESLICES.value, _("ratio of time slices")

    class WindowKind(models.TextChoices):
        ROLLING = "rolling", _("rolling")
        CALENDAR = "calendar", _("calendar")

    class CalendarUnit(models.TextChoices):
        DAY = CalendarUnit.DAY.value, _("day")
        WEEK = CalendarUnit.WEEK.value, _("week")
        MONTH = CalendarUnit.MONTH.value, _("month")
        QUARTER = CalendarUnit.QUARTER.value, _("quarter")
        YEAR = CalendarUnit.YEAR.value, _("year")

    class Level(models.TextChoices):
        NORMAL = Level.NORMAL.value, _("normal")
        LOW = Level.LOW.value, _("low")
        MEDIUM = Level.MEDIUM.value, _("medium")
        HIGH = Level.HIGH.value, _("high")
        CRITICAL = Level.CRITICAL.value, _("critical")

    slug = models.SlugField(_("slug"), max_length=80, unique=True)
    name = models.CharField(_("name"), max_length=120)
    indicator = models.ForeignKey(
        Indicator,
        on_delete=models.PROTECT,
        related_name="objectives",
        verbose_name=_("indicator"),
    )
    target = models.DecimalField(
        _("target (%)"),
        max_digits=7,
        decimal_places=4,
        validators=[MinValueValidator(Decimal("0.0001")), MaxValueValidator(Decimal("99.9999"))],
        help_text=_(
            "The share of good requests that is promised, for example 99.9. At 100 there would "
            "be no error budget."
        ),
    )
    budgeting = models.CharField(
        _("budget of"),
        max_length=20,
        choices=Budgeting.choices,
        default=Budgeting.OCCURRENCES,
        help_text=_(
            "What the budget is counted in. With time slices and a latency indicator, a slice "
            "target of 95 promises the 95th percentile of each slice."
        ),
    )
    slice_minutes = models.PositiveSmallIntegerField(
        _("slice (minutes)"),
        null=True,
        blank=True,
        choices=[(minutes, str(minutes)) for minutes in SLICE_MINUTES],
    )
    slice_target = models.DecimalField(
        _("slice target (%)"),
        max_digits=7,
        decimal_places=4,
        null=True,
        blank=True,
        validators=[MinValueValidator(Decimal("0.0001")), MaxValueValidator(Decimal(100))],
        help_text=_("A slice is good when this share of its requests is."),
    )
    slicing = models.ForeignKey(
        Slicing,
        on_delete=models.PROTECT,
        related_name="objectives",
        null=True,
        editable=False,
    )
    window_kind = models.CharField(
        _("window"), max_length=10, choices=WindowKind.choices, default=WindowKind.ROLLING
    )
    window_days = models.PositiveSmallIntegerField(
        _("window (days)"),
        default=30,
        validators=[MinValueValidator(1), MaxValueValidator(90)],
        help_text=_("Rolling: the error budget is that of the last so many days."),
    )
    calendar_unit = models.CharField(
        _("calendar period"),
        max_length=10,
        choices=CalendarUnit.choices,
        blank=True,
        help_text=_("Calendar: the error budget begins anew with each period."),
    )
    time_zone = models.CharField(
        _("time zone"),
        max_length=60,
        default="UTC",
        help_text=_("Where the calendar's midnight is, for example Europe/Berlin."),
    )
    is_active = models.BooleanField(
        _("is active"),
        default=True,
        help_text=_("An objective that is not active is not evaluated and alerts nobody."),
    )

    # State: written by evaluate_objectives alone.
    level = models.CharField(_("level"), max_length=10, choices=Level.choices, default=Level.NORMAL)
    level_changed_at = models.DateTimeField(_("level changed at"), null=True, blank=True)
    evaluated_at = models.DateTimeField(_("evaluated at"), null=True, blank=True)
    # Since when too little data holds the level, whatever the rest says.
    frozen_since = models.DateTimeField(_("frozen since"), null=True, blank=True)
    # Tenths of the budget whose consumption was announced.
    budget_step_announced = models.PositiveIntegerField(_("budget steps announced"), default=0)

    class Meta:
        verbose_name = _("objective")
        verbose_name_plural = _("objectives")
        constraints = [
            models.CheckConstraint(
                name="slo_objective_target_within_reach",
                condition=Q(target__gt=0, target__lt=100),
            ),
            models.CheckConstraint(
                name="slo_objective_window_is_kept",
                condition=Q(window_days__gte=1, window_days__lte=90),
            ),
            models.CheckConstraint(
                name="slo_objective_calendar_has_unit",
                condition=Q(window_kind="rolling", calendar_unit="")
                | Q(window_kind="calendar", calendar_unit__in=[u.value for u in CalendarUnit]),
                violation_error_message=_(
                    "A calendar window needs a period, and a rolling one has none."
                ),
            ),
            models.CheckConstraint(
                name="slo_objective_slices_as_budgeted",
                condition=Q(budgeting="occurrences", slice_minutes=None, slice_target=None)
                | Q(
                    budgeting="timeslices",
                    slice_minutes__isnull=False,
                    slice_target__isnull=False,
                    slice_target__gt=0,
                    slice_target__lte=100,
                )
                | Q(budgeting="ratio_timeslices", slice_minutes__isnull=False, slice_target=None),
                violation_error_message=_(
                    "Time slices need a length and a target, ratios of time slices a length "
                    "alone, and requests neither."
                ),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def series_id(self) -> int:
        """The indicator whose buckets are this objective's budget."""
        return self.slicing.series_id if self.slicing else self.indicator_id

    @property
    def window(self) -> Window:
        if self.window_kind == self.WindowKind.CALENDAR:
            return CalendarWindow(CalendarUnit(self.calendar_unit), ZoneInfo(self.time_zone))
        return RollingWindow(self.window_days)

    @property
    def window_minutes(self) -> int:
        """The length that alert factors follow from; a month counts as 30 days."""
        return self.window.nominal_minutes

    def clean(self) -> None:
        problems = {}
        if self.time_zone not in available_timezones():
            problems["time_zone"] = _("There is no such time zone, for example Europe/Berlin.")
        if self.budgeting != Budgeting.OCCURRENCES and self._is_composite:
            problems["budgeting"] = _("A composite has no time slices; cut its components.")
        if problems:
            raise ValidationError(problems)
        self._refuse_stranded_alerts()

    @property
    def _is_composite(self) -> bool:
        return bool(self.indicator_id) and self.indicator.kind == Kind.COMPOSITE

    def _refuse_stranded_alerts(self) -> None:
        """A looser target or another window may strand an alert: refuse, and name it."""
        if self._state.adding or not _is_target(self.target) or not self.has_window:
            return
        stranded = [w for w in self.burn_windows.all() if not w.makes_sense_for(self)]
        if stranded:
            raise ValidationError(
                _(
                    "With this target and window, these burn windows could never fire or are "
                    "longer than the objective's own: %(windows)s. Change them first."
                ),
                params={"windows": ", ".join(str(window) for window in stranded)},
            )

    @property
    def has_window(self) -> bool:
        is_calendar = self.window_kind == self.WindowKind.CALENDAR
        return bool(self.calendar_unit if is_calendar else self.window_days)


def _is_target(target: object) -> bool:
    return target is not None and 0 < float(str(target)) < 100


class BurnWindow(models.Model):
    """A pair of windows: the level is raised when both burn faster than the factor.

    The factor follows from the consumption and the objective's window, and is not stored.
    """

    class Level(models.TextChoices):
        LOW = Level.LOW.value, _("low")
        MEDIUM = Level.MEDIUM.value, _("medium")
        HIGH = Level.HIGH.value, _("high")
        CRITICAL = Level.CRITICAL.value, _("critical")

    objective = models.ForeignKey(
        Objective,
        on_delete=models.CASCADE,
        related_name="burn_windows",
        verbose_name=_("objective"),
    )
    long_minutes = models.PositiveIntegerField(_("long window (minutes)"))
    short_minutes = models.PositiveIntegerField(
        _("short window (minutes)"), validators=[MinValueValidator(1)]
    )
    consumption = models.DecimalField(
        _("consumption"),
        max_digits=5,
        decimal_places=4,
        validators=[MinValueValidator(Decimal("0.0001")), MaxValueValidator(Decimal(1))],
        help_text=_("Share of the budget spent in the long window: 0.02 is 2 %."),
    )
    level = models.CharField(_("level"), max_length=10, choices=Level.choices)

    class Meta:
        verbose_name = _("burn window")
        verbose_name_plural = _("burn windows")
        ordering = ["long_minutes"]
        constraints = [
            models.UniqueConstraint(
                fields=["objective", "long_minutes", "short_minutes"],
                name="slo_burn_window_once_an_objective",
            ),
            models.CheckConstraint(
                name="slo_burn_window_short_within_long",
                condition=Q(short_minutes__gte=1, short_minutes__lt=F("long_minutes")),
                violation_error_message=_("The short window is shorter than the long one."),
            ),
            models.CheckConstraint(
                name="slo_burn_window_consumption_is_share",
                condition=Q(consumption__gt=0, consumption__lte=1),
            ),
        ]

    def __str__(self) -> str:
        return f"{spelled(self.long_minutes)} / {spelled(self.short_minutes)} → {self.level}"

    @property
    def pair(self) -> WindowPair:
        return WindowPair(
            self.long_minutes, self.short_minutes, self.consumption, Level(self.level)
        )

    def factor_for(self, objective: Objective) -> Fraction:
        return burn_factor(
            self.consumption,
            window_minutes=objective.window_minutes,
            long_minutes=self.long_minutes,
        )

    def is_longer_than(self, objective: Objective) -> bool:
        return self.long_minutes > objective.window_minutes

    def makes_sense_for(self, objective: Objective) -> bool:
        return not self.is_longer_than(objective) and can_fire(
            self.consumption,
            window_minutes=objective.window_minutes,
            long_minutes=self.long_minutes,
            target=objective.target,
        )

    def clean(self) -> None:
        objective = self.objective
        given = (self.consumption, self.long_minutes, objective.has_window)
        if not all(given) or not _is_target(objective.target):
            # The fields that are missing or wrong are named by their own checks.
            return
        if self.is_longer_than(objective):
            raise ValidationError(
                {"long_minutes": _("The long window is longer than the objective's own window.")}
            )
        if not self.makes_sense_for(objective):
            raise ValidationError({"consumption": self._why_it_cannot_fire(objective)})

    def _why_it_cannot_fire(self, objective: Objective) -> str:
        return _(
            "This pair fires above a burn of %(factor).2f, but with a target of %(target)s %% "
            "even a total outage burns at %(highest).2f. Lower the consumption."
        ) % {
            "factor": float(self.factor_for(objective)),
            "target": f"{objective.target:f}",
            "highest": float(highest_burn(objective.target)),
        }
