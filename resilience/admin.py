from django.contrib import admin
from django.http import HttpRequest

from portal.shared.admin import PortalAdmin
from resilience.models import Bulkhead


@admin.register(Bulkhead)
class BulkheadAdmin(PortalAdmin[Bulkhead]):
    """Limits are plain configuration: they are edited in the form."""

    list_display = ("name", "slug", "max_concurrent", "max_queue", "timeout_seconds")
    search_fields = ("slug", "name")
    ordering = ("slug",)
    fields = ("slug", "name", "max_concurrent", "max_queue", "timeout_seconds")

    def get_readonly_fields(
        self, request: HttpRequest, obj: Bulkhead | None = None
    ) -> tuple[str, ...]:
        # Callers name a bulkhead by its slug; renaming would take their limits away.
        return ("slug",) if obj else ()
