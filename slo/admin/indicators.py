from collections.abc import Sequence
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from portal.shared.admin import PortalAdmin, PortalInline, ReadOnlyAdmin
from slo.models import Bucket, Component, Indicator

# What an indicator counts cannot change under counts that are already there.
DEFINITION = ("service", "kind", "endpoint", "method", "latency_threshold_ms")


class ComponentInline(PortalInline):
    model = Component
    fk_name = "composite"
    fields = ("member", "weight")


@admin.register(Indicator)
class IndicatorAdmin(PortalAdmin[Indicator]):
    list_display = ("name", "service", "kind", "endpoint", "method", "latency_threshold_ms")
    list_filter = ("kind", "service")
    list_select_related = ("service",)
    search_fields = ("name", "slug", "service__name", "service__slug")
    prepopulated_fields = {"slug": ("name",)}
    fields = ("name", "slug", *DEFINITION, "report_minutes", "blend")
    inlines = (ComponentInline,)
    ordering = ("slug",)

    def get_readonly_fields(
        self, request: HttpRequest, obj: Indicator | None = None
    ) -> Sequence[str]:
        has_counts = obj is not None and obj.buckets.exists()
        return (*DEFINITION, "slug") if has_counts else ()

    def get_queryset(self, request: HttpRequest) -> QuerySet[Indicator]:
        """Slices of other indicators are counted by the portal, and nobody's to change."""
        return super().get_queryset(request).exclude(kind=Indicator.Kind.SLICES)  # type: ignore[no-any-return]  # unfold

    def get_inlines(self, request: HttpRequest, obj: Indicator | None) -> Sequence[Any]:
        is_composite = obj is not None and obj.kind == Indicator.Kind.COMPOSITE
        return self.inlines if is_composite else ()

    def get_prepopulated_fields(
        self, request: HttpRequest, obj: Indicator | None = None
    ) -> dict[str, Sequence[str]]:
        return {} if obj else super().get_prepopulated_fields(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Indicator | None = None) -> bool:
        is_deletable = obj is not None and not obj.buckets.exists()
        return is_deletable and bool(super().has_delete_permission(request, obj))


@admin.register(Bucket)
class BucketAdmin(ReadOnlyAdmin[Bucket]):
    list_display = ("indicator", "minute", "good", "total")
    list_filter = ("indicator",)
    list_select_related = ("indicator",)
    show_full_result_count = False
    # By the key: there is no index over the minutes of all indicators together.
    ordering = ("-id",)
