from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from events import bus, selectors
from events.models import Consumer
from events.services.questions import HowFarConsumersAre
from portal.shared import clock
from portal.shared.admin import ReadOnlyAdmin


@admin.register(Consumer)
class ConsumerAdmin(ReadOnlyAdmin[Consumer]):
    """Who hears of events, and how far behind they are: one page for all of them."""

    change_list_template = "events/consumers.html"

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        at = clock.now()
        context = {
            "title": _("Consumers"),
            "at": at,
            "head": selectors.head(at=at),
            "relay": selectors.relay_lag(at=at),
            "lags": bus.ask(HowFarConsumersAre(), at=at),
        }
        return super().changelist_view(request, {**context, **(extra_context or {})})  # type: ignore[no-any-return]  # unfold

    def has_view_permission(self, request: HttpRequest, obj: Consumer | None = None) -> bool:
        return obj is None and super().has_view_permission(request)
