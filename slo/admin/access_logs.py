from django.contrib import admin
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from portal.shared.admin import ReadOnlyAdmin, badge
from slo.models import LogCursor


@admin.register(LogCursor)
class LogCursorAdmin(ReadOnlyAdmin[LogCursor]):
    list_display = ("path", "service", "line_count", "malformed_shown", "offset", "advanced_at")
    list_filter = ("service",)
    list_select_related = ("service",)
    search_fields = ("path",)
    ordering = ("path",)

    @display(description=_("malformed lines"), ordering="malformed_count")
    def malformed_shown(self, cursor: LogCursor) -> SafeString:
        tone = "medium" if cursor.malformed_count else "quiet"
        return badge(str(cursor.malformed_count), tone)
