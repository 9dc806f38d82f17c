"""Giving events to their subscribers again: tried first, kept only once the number is confirmed."""

from typing import Any

from django import forms
from django.contrib.admin import AdminSite
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from unfold.widgets import (
    UnfoldAdminIntegerFieldWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextInputWidget,
)

from events import bus, registry
from events.admin.deliveries import order_of
from events.models import Event
from events.rules.replays import Choice
from events.services.commands import ReplayEvents
from portal.shared.errors import DomainError

RIGHT = "events.replay_event"


class ReplayForm(forms.Form):
    event_type = forms.CharField(
        label=_("Type, or a pattern"), required=False, widget=UnfoldAdminTextInputWidget
    )
    stream = forms.CharField(label=_("Stream"), required=False, widget=UnfoldAdminTextInputWidget)
    from_position = forms.IntegerField(
        label=_("From position"),
        required=False,
        min_value=1,
        max_value=2**63 - 1,
        widget=UnfoldAdminIntegerFieldWidget,
    )
    to_position = forms.IntegerField(
        label=_("To position"),
        required=False,
        min_value=0,
        max_value=2**63 - 1,
        widget=UnfoldAdminIntegerFieldWidget,
    )
    subscriber = forms.ChoiceField(
        label=_("Subscriber"), required=False, widget=UnfoldAdminSelectWidget
    )
    effects = forms.CharField(
        label=_("Outside effects to let out"),
        required=False,
        help_text=_(
            "Only those that the subscriber declares; none is let out unless it is named here."
        ),
        widget=UnfoldAdminTextInputWidget,
    )
    confirmed = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        names = sorted(registry.current())
        self.fields["subscriber"].choices = [("", _("All")), *((n, n) for n in names)]  # type: ignore[attr-defined]  # of a ChoiceField

    def command(self, *, keep: bool) -> ReplayEvents:
        answers = self.cleaned_data
        return ReplayEvents(
            choice=Choice(
                event_type=answers["event_type"],
                stream=answers["stream"],
                from_position=answers["from_position"],
                to_position=answers["to_position"],
            ),
            subscriber=answers["subscriber"],
            keep=keep,
            confirmed=answers["confirmed"] if keep else None,
            effects=tuple(answers["effects"].replace(",", " ").split()),
        )


def replay_page(request: HttpRequest, site: AdminSite) -> HttpResponse:
    """A form, then what would be done, then the button that does it."""
    if not request.user.has_perm(RIGHT):
        raise PermissionDenied
    form = ReplayForm(request.POST if request.method == "POST" else None)
    told = None
    if request.method == "POST" and form.is_valid():
        told = _carried_out(request, form)
    context = {
        **site.each_context(request),
        "opts": Event._meta,
        "title": _("Replay events"),
        "form": form,
        "told": told,
        "back": reverse("admin:events_event_changelist"),
    }
    return TemplateResponse(request, "events/replay.html", context)


def _carried_out(request: HttpRequest, form: ReplayForm) -> dict[str, Any] | None:
    keep = "keep" in request.POST
    try:
        told: dict[str, Any] = bus.execute(form.command(keep=keep), order_of(request))
    except DomainError as error:
        form.add_error(None, str(error))
        return None
    # Shown again with the number that the button for keeping would confirm.
    form.data = {**request.POST.dict(), "confirmed": told["deliveries"]}
    return told
