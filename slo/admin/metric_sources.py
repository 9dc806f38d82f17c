from collections.abc import Sequence

from django.contrib import admin
from django.http import HttpRequest
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from portal.shared.admin import PortalAdmin, ReadOnlyAdmin, badge
from slo.models import MetricSource, Refusal, SeriesState

STATE = ("last_sample_at", "pulled_until", "last_error")


@admin.register(MetricSource)
class MetricSourceAdmin(PortalAdmin[MetricSource]):
    list_display = ("indicator", "total", "pull_url", "last_sample_at", "error_shown")
    list_select_related = ("indicator",)
    search_fields = ("indicator__slug", "indicator__name", "total", "good", "bad")
    fields = ("indicator", "total", "good", "bad", "pull_url", *STATE)
    autocomplete_fields = ("indicator",)
    ordering = ("indicator__slug",)

    def get_readonly_fields(
        self, request: HttpRequest, obj: MetricSource | None = None
    ) -> Sequence[str]:
        return (*STATE, "indicator") if obj else STATE

    @display(description=_("last error"), ordering="last_error")
    def error_shown(self, source: MetricSource) -> SafeString:
        return badge(source.last_error, "high") if source.last_error else badge(_("none"), "quiet")


@admin.register(SeriesState)
class SeriesStateAdmin(ReadOnlyAdmin[SeriesState]):
    list_display = ("source", "role", "labels", "last_value", "last_at")
    list_filter = ("role", "source")
    list_select_related = ("source__indicator",)
    fields = ("source", "role", "labels", "last_value", "last_at")
    ordering = ("source", "role", "-last_at")


@admin.register(Refusal)
class RefusalAdmin(ReadOnlyAdmin[Refusal]):
    list_display = ("channel", "reason", "subject", "count", "example", "last_at")
    list_filter = ("channel", "reason")
    search_fields = ("subject", "reason")
    ordering = ("-last_at",)
