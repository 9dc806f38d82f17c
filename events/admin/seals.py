from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from events import bus, signing
from events.models import Seal
from events.services.questions import WhatIsKept
from portal.shared import clock
from portal.shared.admin import ReadOnlyAdmin, badge


@admin.register(Seal)
class SealAdmin(ReadOnlyAdmin[Seal]):
    """What is kept of each class, and the proof of what was."""

    list_display = (
        "number",
        "retention_class",
        "day",
        "events",
        "first_position",
        "last_position",
        "state_shown",
        "root_shown",
    )
    list_filter = ("retention_class",)
    date_hierarchy = "day"
    search_fields = ("=number", "merkle_root")
    list_before_template = "events/retention_head.html"
    exclude = ("positions",)

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        context = {
            "title": _("Retention and seals"),
            "classes": bus.ask(WhatIsKept(), at=clock.now()),
            "public_key": signing.current().public_key,
        }
        return super().changelist_view(request, {**context, **(extra_context or {})})  # type: ignore[no-any-return]  # unfold

    @admin.display(description=_("state"))
    def state_shown(self, seal: Seal) -> SafeString:
        if seal.dropped_at:
            return badge(_("dropped"), "quiet")
        return badge(_("kept"), "good")

    @admin.display(description=_("Merkle root"))
    def root_shown(self, seal: Seal) -> str:
        return f"{seal.merkle_root[:12]}…"
