import secrets
from decimal import Decimal

from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from catalog.models import Service
from slo.rules.burn_rate import Counts
from slo.rules.composite import Blend
from slo.rules.coverage import Reporting
from slo.rules.request_outcome import REQUEST_KINDS, Kind, Watch
from slo.rules.request_validation import METHODS
from slo.rules.time_slice import Budgeting


def new_history_version() -> int:
    return secrets.randbits(63)


class Indicator(models.Model):
    """What is counted: the requests of a service that match, and which of them are good.

    Others count for themselves and send their counts; a composite counts nothing and blends
    what its components count.
    """

    class Kind(models.TextChoices):
        AVAILABILITY = Kind.AVAILABILITY.value, _("availability")
        LATENCY = Kind.LATENCY.value, _("latency")
        ERROR_RATE = Kind.ERROR_RATE.value, _("error rate")
        COUNTS = Kind.COUNTS.value, _("counts of others")
        COMPOSITE = Kind.COMPOSITE.value, _("composite")
        SLICES = Kind.SLICES.value, _("time slices")

    class Blend(models.TextChoices):
        WEIGHTED_MEAN = Blend.WEIGHTED_MEAN.value, _("weighted mean")
        WORST = Blend.WORST.value, _("the worst")

    slug = models.SlugField(_("slug"), max_length=80, unique=True)
    name = models.CharField(_("name"), max_length=120)
    service = models.ForeignKey(
        Service,
        on_delete=models.PROTECT,
        related_name="indicators",
        verbose_name=_("service"),
    )
    kind = models.CharField(_("kind"), max_length=20, choices=Kind.choices)
    endpoint = models.CharField(
        _("endpoint"),
        max_length=500,
        default="*",
        validators=[RegexValidator(r"^[/*]", _("Begin with / or *."))],
        help_text=_("Paths that count; * stands for any text, for example /orders/*."),
    )
    method = models.CharField(
        _("method"),
        max_length=10,
        blank=True,
        choices=[(method, method) for method in METHODS],
        help_text=_("Empty counts every method."),
    )
    latency_threshold_ms = models.PositiveIntegerField(
        _("latency threshold (ms)"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1)],
        help_text=_("Only for latency: a request is good when it took at most this long."),
    )
    report_minutes = models.PositiveSmallIntegerField(
        _("reports every (minutes)"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(1440)],
        help_text=_(
            "How often counts come even without requests, as from Prometheus. Where too few "
            "come, alerts freeze. Empty: a minute without counts is one without requests."
        ),
    )
    blend = models.CharField(
        _("blend"),
        max_length=20,
        choices=Blend.choices,
        default=Blend.WEIGHTED_MEAN,
        help_text=_("Only for composites: how the components become one level."),
    )
    # State: written when counts are added.
    first_minute = models.DateTimeField(_("counted since"), null=True, blank=True, editable=False)

    # A new number whenever a day is written after a later one: what remembers days of minutes
    # knows by it that they are as they were. By chance, so that no two histories share one.
    history_version = models.BigIntegerField(default=new_history_version, editable=False)

    class Meta:
        verbose_name = _("indicator")
        verbose_name_plural = _("indicators")
        constraints = [
            models.CheckConstraint(
                name="slo_indicator_threshold_for_latency_only",
                # NULL > 0 is neither true nor false, and a check lets that pass.
                condition=Q(
                    kind="latency",
                    latency_threshold_ms__isnull=False,
                    latency_threshold_ms__gt=0,
                )
                | (~Q(kind="latency") & Q(latency_threshold_ms=None)),
                violation_error_message=_(
                    "A latency indicator needs a threshold in milliseconds; no other has one."
                ),
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_counted_from_requests(self) -> bool:
        return Kind(self.kind) in REQUEST_KINDS

    @property
    def reporting(self) -> Reporting | None:
        if self.report_minutes is None:
            return None
        return Reporting(every_minutes=self.report_minutes, since=self.first_minute)

    @property
    def watch(self) -> Watch:
        return Watch(
            indicator_id=self.pk,
            kind=Kind(self.kind),
            endpoint=self.endpoint,
            method=self.method,
            latency_threshold_ms=self.latency_threshold_ms,
        )


class Component(models.Model):
    """An indicator that a composite blends, and how much it weighs there."""

    composite = models.ForeignKey(
        Indicator,
        on_delete=models.CASCADE,
        related_name="components",
        verbose_name=_("composite"),
    )
    member = models.ForeignKey(
        Indicator,
        on_delete=models.PROTECT,
        related_name="+",
        limit_choices_to=~Q(kind__in=[Kind.COMPOSITE.value]),
        verbose_name=_("indicator"),
    )
    weight = models.PositiveIntegerField(
        _("weight"), default=1, validators=[MinValueValidator(1), MaxValueValidator(1_000_000)]
    )

    class Meta:
        verbose_name = _("component")
        verbose_name_plural = _("components")
        constraints = [
            models.UniqueConstraint(
                fields=["composite", "member"], name="slo_component_once_a_composite"
            ),
            models.CheckConstraint(name="slo_component_weighs", condition=Q(weight__gte=1)),
        ]

    def __str__(self) -> str:
        return f"{self.composite}: {self.member}"


class Slicing(models.Model):
    """How the minutes of one indicator become slices, which `series` counts.

    Objectives that cut the same indicator in the same way share one.
    """

    class Budgeting(models.TextChoices):
        TIMESLICES = Budgeting.TIMESLICES.value, _("time slices")
        RATIO_TIMESLICES = Budgeting.RATIO_TIMESLICES.value, _("ratio of time slices")

    source = models.ForeignKey(
        Indicator, on_delete=models.PROTECT, related_name="slicings", verbose_name=_("indicator")
    )
    series = models.OneToOneField(
        Indicator, on_delete=models.PROTECT, related_name="slicing", verbose_name=_("slices")
    )
    budgeting = models.CharField(_("budgeting"), max_length=20, choices=Budgeting.choices)
    slice_minutes = models.PositiveSmallIntegerField(_("slice (minutes)"))
    # Zero where the ratio itself counts: two rows with NULL would not be the same.
    slice_target = models.DecimalField(
        _("slice target (%)"), max_digits=7, decimal_places=4, default=Decimal(0)
    )

    class Meta:
        verbose_name = _("slicing")
        verbose_name_plural = _("slicings")
        constraints = [
            models.UniqueConstraint(
                fields=["source", "budgeting", "slice_minutes", "slice_target"],
                name="slo_slicing_once",
            )
        ]

    def __str__(self) -> str:
        return str(self.series)


class Bucket(models.Model):
    """The requests of one indicator in one minute, and of all minutes up to it.

    The cumulative columns make any window the difference of two rows.
    """

    indicator = models.ForeignKey(
        Indicator,
        on_delete=models.PROTECT,
        related_name="buckets",
        db_index=False,
        verbose_name=_("indicator"),
    )
    minute = models.DateTimeField(_("minute"))
    good = models.BigIntegerField(_("good"))
    total = models.BigIntegerField(_("total"))
    cumulative_good = models.BigIntegerField(_("good up to here"))
    cumulative_total = models.BigIntegerField(_("total up to here"))
    # How many minutes up to here have a bucket: what coverage is read from.
    cumulative_minutes = models.BigIntegerField(_("minutes up to here"), default=0)

    class Meta:
        verbose_name = _("bucket")
        verbose_name_plural = _("buckets")
        constraints = [
            models.UniqueConstraint(
                fields=["indicator", "minute"], name="slo_bucket_once_a_minute"
            ),
            models.CheckConstraint(
                name="slo_bucket_good_of_total",
                condition=Q(good__gte=0, good__lte=F("total")),
            ),
            models.CheckConstraint(
                name="slo_bucket_cumulative_holds_own",
                condition=Q(
                    cumulative_good__gte=F("good"),
                    cumulative_total__gte=F("total"),
                    cumulative_good__lte=F("cumulative_total"),
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.indicator} {self.minute:%Y-%m-%d %H:%M}"

    @property
    def counts(self) -> Counts:
        return Counts(self.good, self.total, 1)

    @property
    def cumulative(self) -> Counts:
        return Counts(self.cumulative_good, self.cumulative_total, self.cumulative_minutes)


class LatencyBucket(models.Model):
    """Latencies of one indicator as an exponential histogram, counted up to a moment.

    A minute's row holds all of its day up to its end, a day's row all days up to its end, so
    that a window is four rows and a late minute corrects at most one day of minutes.
    """

    class Grain(models.TextChoices):
        MINUTE = "minute", _("minute")
        DAY = "day", _("day")

    indicator = models.ForeignKey(
        Indicator,
        on_delete=models.PROTECT,
        related_name="latency_buckets",
        db_index=False,
        verbose_name=_("indicator"),
    )
    grain = models.CharField(_("grain"), max_length=6, choices=Grain.choices)
    start = models.DateTimeField(_("start"))
    cumulative = models.BinaryField(_("latencies up to here"))

    class Meta:
        verbose_name = _("latency bucket")
        verbose_name_plural = _("latency buckets")
        constraints = [
            models.UniqueConstraint(
                fields=["indicator", "grain", "start"], name="slo_latency_bucket_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.indicator} {self.grain} {self.start:%Y-%m-%d %H:%M}"
