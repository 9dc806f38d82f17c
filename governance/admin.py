from django.contrib import admin
from django.http import HttpRequest
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from governance.models import Api, ApiVersion, ClientType
from portal.shared.admin import PortalAdmin, badge

_TONES = {
    ApiVersion.Lifecycle.DRAFT: "quiet",
    ApiVersion.Lifecycle.ACTIVE: "good",
    ApiVersion.Lifecycle.DEPRECATED: "medium",
    ApiVersion.Lifecycle.SUNSET: "high",
    ApiVersion.Lifecycle.RETIRED: "quiet",
}


@admin.register(Api)
class ApiAdmin(PortalAdmin[Api]):
    list_display = ("name", "slug", "service", "owner")
    list_filter = ("owner", "service")
    list_select_related = ("service", "owner")
    search_fields = ("name", "slug")
    ordering = ("slug",)


@admin.register(ApiVersion)
class ApiVersionAdmin(PortalAdmin[ApiVersion]):
    """A version is entered as a draft. Its lifecycle is state and is never typed in."""

    list_display = ("api", "version", "lifecycle_shown", "released_on", "sunset_on")
    list_filter = ("lifecycle", "api")
    list_select_related = ("api",)
    search_fields = ("version", "api__name", "api__slug")
    ordering = ("api__slug", "version")
    fields = ("api", "version", "lifecycle_shown", "released_on", "sunset_on")

    def get_readonly_fields(
        self, request: HttpRequest, obj: ApiVersion | None = None
    ) -> tuple[str, ...]:
        # Clients plan by these once a version has left draft.
        if obj is None or obj.lifecycle == ApiVersion.Lifecycle.DRAFT:
            return ("lifecycle_shown",)
        return ("api", "version", "lifecycle_shown", "released_on", "sunset_on")

    def has_delete_permission(self, request: HttpRequest, obj: ApiVersion | None = None) -> bool:
        if obj is not None and obj.lifecycle != ApiVersion.Lifecycle.DRAFT:
            return False
        return bool(super().has_delete_permission(request, obj))

    @admin.display(description=_("lifecycle"), ordering="lifecycle")
    def lifecycle_shown(self, version: ApiVersion) -> SafeString:
        lifecycle = ApiVersion.Lifecycle(version.lifecycle)
        return badge(lifecycle.label, _TONES[lifecycle])


@admin.register(ClientType)
class ClientTypeAdmin(PortalAdmin[ClientType]):
    list_display = ("name", "slug")
    search_fields = ("name", "slug")
    ordering = ("slug",)
