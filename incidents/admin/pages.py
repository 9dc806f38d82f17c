from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from incidents.admin import tones
from incidents.models import Page, PageAttempt
from portal.shared.admin import PortalInline, ReadOnlyAdmin, badge


class ReceiptInline(PortalInline):
    model = PageAttempt
    verbose_name_plural = _("receipts")
    fields = ("number", "started_at", "outcome", "status_code", "detail", "latency_ms")
    readonly_fields = fields
    can_delete = False

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Page)
class PageAdmin(ReadOnlyAdmin[Page]):
    list_display = (
        "incident",
        "responder",
        "contact_method",
        "state_shown",
        "attempts",
        "created_at",
        "sent_at",
    )
    list_filter = ("state", "contact_method__channel")
    list_select_related = ("incident", "responder", "contact_method__user")
    search_fields = ("incident__title", "responder__username", "idempotency_key")
    date_hierarchy = "created_at"
    ordering = ("-id",)
    exclude = ("lease_token",)
    inlines = (ReceiptInline,)

    @admin.display(description=_("state"), ordering="state")
    def state_shown(self, page: Page) -> SafeString:
        return badge(page.get_state_display(), tones.PAGE[page.state])


@admin.register(PageAttempt)
class PageAttemptAdmin(ReadOnlyAdmin[PageAttempt]):
    list_display = (
        "page",
        "number",
        "outcome_shown",
        "status_code",
        "detail",
        "latency_ms",
        "started_at",
    )
    list_filter = ("outcome", "status_code")
    list_select_related = ("page__responder", "page__contact_method")
    search_fields = ("page__responder__username", "page__idempotency_key", "detail")
    date_hierarchy = "started_at"
    ordering = ("-id",)

    @admin.display(description=_("outcome"), ordering="outcome")
    def outcome_shown(self, attempt: PageAttempt) -> SafeString:
        return badge(attempt.get_outcome_display(), tones.OUTCOME[attempt.outcome])
