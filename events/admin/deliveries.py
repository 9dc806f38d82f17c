import json
from typing import Any, cast

from django import forms
from django.contrib import admin
from django.contrib.auth.models import User
from django.http import HttpRequest
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display
from unfold.widgets import UnfoldAdminTextareaWidget

from events import bus, selectors
from events.admin import tones
from events.bus import Order
from events.models import Delivery, Event
from events.services.commands import DiscardDelivery, RedriveDelivery
from portal.shared import clock
from portal.shared.admin import ReadOnlyAdmin, Verb, badge

RIGHT = "events.change_delivery"


def order_of(request: HttpRequest) -> Order:
    """This will return the order that the person at the page gives now."""
    return Order(at=clock.now(), issuer=cast("User", request.user))


class ReasonForm(forms.Form):
    note = forms.CharField(
        label=_("Reason"), max_length=2_000, widget=UnfoldAdminTextareaWidget(attrs={"rows": 3})
    )


class EditForm(ReasonForm):
    payload = forms.JSONField(
        label=_("Payload"),
        widget=UnfoldAdminTextareaWidget(
            attrs={"rows": 14, "class": "op-code", "spellcheck": "false", "dir": "ltr"}
        ),
    )
    field_order = ("payload", "note")


def _redrive(request: HttpRequest, delivery: Delivery, _answers: dict[str, Any]) -> str:
    bus.execute(RedriveDelivery(delivery=delivery.pk), order_of(request))
    return gettext("The delivery will be tried again now.")


def _edit(request: HttpRequest, delivery: Delivery, answers: dict[str, Any]) -> str:
    command = RedriveDelivery(
        delivery=delivery.pk, note=answers["note"], payload=answers["payload"]
    )
    bus.execute(command, order_of(request))
    return gettext("The subscriber will be given the edited payload now. The event stays as it is.")


def _discard(request: HttpRequest, delivery: Delivery, answers: dict[str, Any]) -> str:
    bus.execute(DiscardDelivery(delivery=delivery.pk, note=answers["note"]), order_of(request))
    return gettext("The dead letter is given up; what waited behind it goes on.")


def _is_parked(delivery: Delivery) -> bool:
    return delivery.state == Delivery.State.PARKED


@admin.register(Delivery)
class DeliveryAdmin(ReadOnlyAdmin[Delivery]):
    list_display = ("event", "subscriber", "state_shown", "attempts", "due_at")
    list_filter = ("state", "subscriber")
    list_select_related = ("event",)
    search_fields = ("event__event_type", "subscriber", "sequence_key")
    ordering = ("-id",)
    change_form_outer_before_template = "events/delivery_page.html"
    fields = ("subscriber", "sequence_key", "lane", "due_at", "delivered_at", "recorded_at")
    verbs = (
        Verb(
            name="redrive",
            label=_("Redrive"),
            run=_redrive,
            right=RIGHT,
            icon="replay",
            tone="primary",
            question=_("The subscriber will be given this event again."),
            is_offered=_is_parked,
        ),
        Verb(
            name="edit",
            label=_("Edit and redrive"),
            run=_edit,
            right=RIGHT,
            icon="edit_document",
            question=_(
                "The subscriber will be given this payload instead of the event's. The event "
                "itself stays as it is, and the change is kept with your name."
            ),
            form=EditForm,
            initial=lambda delivery: {"payload": selectors.event_of(delivery).payload},
            is_offered=_is_parked,
        ),
        Verb(
            name="discard",
            label=_("Discard"),
            run=_discard,
            right=RIGHT,
            icon="delete",
            tone="danger",
            question=_(
                "The subscriber will never be given this event. What waits behind it goes on."
            ),
            form=ReasonForm,
            is_offered=_is_parked,
        ),
    )

    def page_context(self, request: HttpRequest, subject: Delivery) -> dict[str, Any]:
        event = Event.objects.filter(pk=subject.event_id, recorded_at=subject.recorded_at).first()
        payload = subject.edited_payload or (event.payload if event else None)
        return {
            "at": clock.now(),
            "delivery": subject,
            "event": event,
            "state_badge": self.state_shown(subject),
            "payload": json.dumps(payload, indent=2, ensure_ascii=False),
            "behind": selectors.behind(subject.subscriber, subject.sequence_key)
            if subject.state in Delivery.UNDELIVERED
            else 0,
            "interventions": list(subject.interventions.all()),
        }

    @display(description=_("state"), ordering="state")
    def state_shown(self, delivery: Delivery) -> SafeString:
        return badge(delivery.get_state_display(), tones.DELIVERY[delivery.state])
