from django.contrib import admin
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from portal.shared.admin import PortalAdmin, badge
from slo.models import StatusPage


@admin.register(StatusPage)
class StatusPageAdmin(PortalAdmin[StatusPage]):
    list_display = ("service", "public_shown", "address")
    list_select_related = ("service",)
    list_filter = ("is_public",)
    search_fields = ("service__name", "service__slug")
    fields = ("service", "is_public", "headline", "address")
    readonly_fields = ("address",)
    ordering = ("service__slug",)

    def get_readonly_fields(
        self, request: HttpRequest, obj: StatusPage | None = None
    ) -> tuple[str, ...]:
        return ("service", "address") if obj else ("address",)

    @display(description=_("is public"), ordering="is_public")
    def public_shown(self, page: StatusPage) -> SafeString:
        return badge(_("public"), "low") if page.is_public else badge(_("hidden"), "quiet")

    @display(description=_("address"))
    def address(self, page: StatusPage) -> SafeString | str:
        if not (page.pk and page.is_public):
            return "–"
        return format_html(
            '<a href="{0}">{0}</a>', reverse("slo-status-page", args=[page.service.slug])
        )
