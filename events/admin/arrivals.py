from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminTextareaWidget

from events import bus
from events.admin import tones
from events.admin.deliveries import order_of
from events.models import RefusedArrival
from events.services.commands import DiscardRefused, TakeInRefused
from portal.shared.admin import ReadOnlyAdmin, Verb, badge

RIGHT = "events.change_refusedarrival"


class BodyForm(forms.Form):
    body = forms.CharField(
        label=_("Message"),
        strip=False,
        widget=UnfoldAdminTextareaWidget(
            attrs={"rows": 14, "class": "op-code", "spellcheck": "false", "dir": "ltr"}
        ),
    )


def _text(arrival: RefusedArrival) -> str:
    return bytes(arrival.body).decode(errors="backslashreplace")


def _take_in(request: HttpRequest, arrival: RefusedArrival, answers: dict[str, Any]) -> str:
    body = answers["body"].encode()
    bus.execute(TakeInRefused(arrival=arrival.pk, body=body), order_of(request))
    return gettext("The message is in the log.")


def _discard(request: HttpRequest, arrival: RefusedArrival, _answers: dict[str, Any]) -> str:
    bus.execute(DiscardRefused(arrival=arrival.pk), order_of(request))
    return gettext("The message is given up; it stays here to be seen.")


def _is_parked(arrival: RefusedArrival) -> bool:
    return arrival.state == RefusedArrival.State.PARKED


@admin.register(RefusedArrival)
class RefusedArrivalAdmin(ReadOnlyAdmin[RefusedArrival]):
    list_display = ("place", "reason", "state_shown", "arrived_at")
    list_filter = ("state", "channel")
    search_fields = ("place", "reason")
    fields = (
        "channel",
        "place",
        "reason",
        "headers",
        "body_shown",
        "arrived_at",
        "settled_at",
        "settled_by",
    )
    readonly_fields = ("body_shown",)
    verbs = (
        Verb(
            name="take-in",
            label=_("Take in"),
            run=_take_in,
            right=RIGHT,
            icon="input",
            tone="primary",
            question=_("The message is read again as it stands here."),
            form=BodyForm,
            initial=lambda arrival: {"body": _text(arrival)},
            is_offered=_is_parked,
        ),
        Verb(
            name="discard",
            label=_("Discard"),
            run=_discard,
            right=RIGHT,
            icon="delete",
            tone="danger",
            question=_("The message will not get into the log."),
            is_offered=_is_parked,
        ),
    )

    @admin.display(description=_("message"))
    def body_shown(self, arrival: RefusedArrival) -> str:
        return _text(arrival)

    @admin.display(description=_("state"), ordering="state")
    def state_shown(self, arrival: RefusedArrival) -> SafeString:
        return badge(arrival.get_state_display(), tones.ARRIVAL[arrival.state])
