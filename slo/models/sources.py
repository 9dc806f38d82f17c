"""Where counts come from that others count: series of metrics, and what was refused of them."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from slo.models.indicators import Indicator
from slo.rules.metric_selector import SelectorRefused, parse_selector
from slo.rules.prometheus_address import address_problem

# Computed by the portal: nobody sends their counts.
UNCOUNTED = {Indicator.Kind.COMPOSITE, Indicator.Kind.SLICES}


class MetricSource(models.Model):
    """Which series of a metrics system an indicator counts, by remote_write, OTLP or pull."""

    indicator = models.OneToOneField(
        Indicator,
        on_delete=models.PROTECT,
        related_name="metric_source",
        verbose_name=_("indicator"),
    )
    total = models.CharField(
        _("total"),
        max_length=1000,
        help_text=_('Series of all requests: http_requests_total{job="api"}.'),
    )
    good = models.CharField(_("good"), max_length=1000, blank=True)
    bad = models.CharField(_("bad"), max_length=1000, blank=True)
    pull_url = models.CharField(
        _("Prometheus"),
        max_length=500,
        blank=True,
        help_text=_("Read from there each minute. Empty: the series are sent to the portal."),
    )
    # State: written by ingestion alone.
    last_sample_at = models.DateTimeField(_("last sample at"), null=True, blank=True)
    pulled_until = models.DateTimeField(_("pulled until"), null=True, blank=True)
    last_error = models.CharField(_("last error"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("metric source")
        verbose_name_plural = _("metric sources")
        constraints = [
            models.CheckConstraint(
                name="slo_metric_source_good_or_bad",
                condition=(Q(good="") & ~Q(bad="")) | (~Q(good="") & Q(bad="")),
                violation_error_message=_("Name the good series or the bad ones, not both."),
            )
        ]

    def __str__(self) -> str:
        return str(self.indicator)

    def clean(self) -> None:
        """Selectors and address are checked where people can still mend them."""
        problems: dict[str, Any] = {}
        for field in ("total", "good", "bad"):
            if text := getattr(self, field):
                try:
                    parse_selector(text)
                except SelectorRefused as error:
                    problems[field] = str(error)
        if detail := address_problem(self.pull_url):
            problems["pull_url"] = detail
        if self.indicator_id and self.indicator.kind in UNCOUNTED:
            problems["indicator"] = _("It is counted from other indicators, and has no source.")
        if problems:
            raise ValidationError(problems)


class SeriesState(models.Model):
    """How far one counter was read: a sample that comes twice adds nothing.

    `key` is the SHA-256 of channel, source, role and labels.
    """

    source = models.ForeignKey(
        MetricSource, on_delete=models.CASCADE, related_name="series", verbose_name=_("source")
    )
    key = models.CharField(_("key"), max_length=64, unique=True)
    role = models.CharField(_("role"), max_length=5)
    labels = models.JSONField(_("labels"))
    last_value = models.BigIntegerField(_("last value"))
    last_at = models.DateTimeField(_("last sample at"))
    # Of a series of deltas: the last intervals that were added, in microseconds.
    intervals = models.JSONField(_("intervals"), default=list, blank=True)
    # Of an exponential histogram whose latencies are kept: its buckets at the last sample.
    shape = models.JSONField(_("shape"), null=True, blank=True)

    class Meta:
        verbose_name = _("series")
        verbose_name_plural = _("series")

    def __str__(self) -> str:
        return f"{self.source} {self.role}"


class UnmatchedCount(models.Model):
    """Good or bad requests of a minute whose total has not come yet.

    They wait for it; what it never covers is set aside among the refused.
    """

    indicator = models.ForeignKey(
        Indicator, on_delete=models.CASCADE, related_name="unmatched", db_index=False
    )
    minute = models.DateTimeField(_("minute"))
    good = models.BigIntegerField(_("good"), default=0)
    bad = models.BigIntegerField(_("bad"), default=0)
    channel = models.CharField(_("channel"), max_length=20)
    noticed_at = models.DateTimeField(_("noticed at"))

    class Meta:
        verbose_name = _("unmatched count")
        verbose_name_plural = _("unmatched counts")
        constraints = [
            models.UniqueConstraint(
                fields=["indicator", "minute"], name="slo_unmatched_once_a_minute"
            )
        ]

    def __str__(self) -> str:
        return f"{self.indicator} {self.minute:%Y-%m-%d %H:%M}"


class Refusal(models.Model):
    """What a channel sent and nobody counted, by reason: nothing is lost in silence."""

    class Channel(models.TextChoices):
        REMOTE_WRITE = "remote_write", _("remote write")
        OTLP = "otlp", "OTLP"
        PULL = "pull", _("Prometheus pull")
        COUNTS = "counts", _("counts")

    channel = models.CharField(_("channel"), max_length=20, choices=Channel.choices)
    reason = models.CharField(_("reason"), max_length=40)
    subject = models.CharField(_("metric or indicator"), max_length=200)
    count = models.BigIntegerField(_("count"), default=0)
    example = models.CharField(_("last example"), max_length=500, blank=True)
    last_at = models.DateTimeField(_("last at"))

    class Meta:
        verbose_name = _("refusal")
        verbose_name_plural = _("refusals")
        constraints = [
            models.UniqueConstraint(
                fields=["channel", "reason", "subject"], name="slo_refusal_once_a_reason"
            )
        ]

    def __str__(self) -> str:
        return f"{self.channel} {self.reason} {self.subject}"


class RecorderSpool(models.Model):
    """How far the counts that one process keeps on disk were taken in."""

    spool = models.CharField(_("spool"), max_length=80, unique=True)
    sequence = models.BigIntegerField(_("sequence"), default=0)
    taken_at = models.DateTimeField(_("taken at"))

    class Meta:
        verbose_name = _("recorder spool")
        verbose_name_plural = _("recorder spools")

    def __str__(self) -> str:
        return self.spool
