from django.core.validators import MinValueValidator, RegexValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from catalog.models import Service
from slo.rules.burn_rate import Counts
from slo.rules.request_outcome import Kind, Watch
from slo.rules.request_validation import METHODS


class Indicator(models.Model):
    """What is counted: the requests of a service that match, and which of them are good."""

    class Kind(models.TextChoices):
        AVAILABILITY = Kind.AVAILABILITY.value, _("availability")
        LATENCY = Kind.LATENCY.value, _("latency")
        ERROR_RATE = Kind.ERROR_RATE.value, _("error rate")

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
    def watch(self) -> Watch:
        return Watch(
            indicator_id=self.pk,
            kind=Kind(self.kind),
            endpoint=self.endpoint,
            method=self.method,
            latency_threshold_ms=self.latency_threshold_ms,
        )


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
        return Counts(self.good, self.total)

    @property
    def cumulative(self) -> Counts:
        return Counts(self.cumulative_good, self.cumulative_total)
