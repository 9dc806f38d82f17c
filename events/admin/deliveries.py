from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from events import services
from events.models import Delivery
from portal.shared import clock
from portal.shared.admin import ReadOnlyAdmin, Verb, badge

TONES = {
    Delivery.State.PENDING: "low",
    Delivery.State.DELIVERED: "good",
    Delivery.State.PARKED: "critical",
}


def _redrive(_request: HttpRequest, delivery: Delivery, _answers: dict[str, Any]) -> str:
    services.redrive_delivery(delivery_id=delivery.pk, at=clock.now())
    return gettext("The delivery will be tried again now.")


@admin.register(Delivery)
class DeliveryAdmin(ReadOnlyAdmin[Delivery]):
    list_display = ("event", "subscriber", "state_shown", "attempts", "due_at")
    list_filter = ("state", "subscriber")
    list_select_related = ("event",)
    search_fields = ("event__event_type", "subscriber", "sequence_key")
    ordering = ("-id",)
    verbs = (
        Verb(
            name="redrive",
            label=_("Redrive"),
            run=_redrive,
            right="events.change_delivery",
            icon="replay",
            tone="primary",
            question=_("The subscriber will be given this event again."),
            is_offered=lambda delivery: delivery.state == Delivery.State.PARKED,
        ),
    )

    @display(description=_("state"), ordering="state")
    def state_shown(self, delivery: Delivery) -> SafeString:
        return badge(delivery.get_state_display(), TONES[Delivery.State(delivery.state)])
