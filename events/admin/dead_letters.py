from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from unfold.widgets import (
    UnfoldAdminDecimalFieldWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextInputWidget,
)

from events import bus, selectors
from events.admin.deliveries import RIGHT, order_of
from events.models import DeadLetter, Delivery
from events.rules.dead_letters import FASTEST, SLOWEST, Chosen
from events.services.commands import RedriveParked
from events.services.questions import HowManyLetters
from portal.shared import clock
from portal.shared.admin import ReadOnlyAdmin
from portal.shared.errors import DomainError


class ChoiceForm(forms.Form):
    subscriber = forms.ChoiceField(
        label=_("Subscriber"), required=False, widget=UnfoldAdminSelectWidget
    )
    event_type = forms.CharField(
        label=_("Type, or a pattern"), required=False, widget=UnfoldAdminTextInputWidget
    )
    reason = forms.CharField(
        label=_("Part of the reason"), required=False, widget=UnfoldAdminTextInputWidget
    )
    rate_per_second = forms.FloatField(
        label=_("How many a second"),
        required=False,
        min_value=SLOWEST,
        max_value=FASTEST,
        help_text=_("Left blank, all are tried as soon as there is room."),
        widget=UnfoldAdminDecimalFieldWidget,
    )
    confirmed = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        names = selectors.subscribers_with_letters()
        self.fields["subscriber"].choices = [("", _("All")), *((n, n) for n in names)]  # type: ignore[attr-defined]  # of a ChoiceField

    def chosen(self) -> Chosen:
        answers = self.cleaned_data
        return Chosen(
            subscriber=answers["subscriber"],
            event_type=answers["event_type"],
            reason=answers["reason"],
        )


@admin.register(DeadLetter)
class DeadLetterAdmin(ReadOnlyAdmin[DeadLetter]):
    """What was given up. The page of one is that of its delivery."""

    list_display = ("event", "subscriber", "reason", "attempts", "parked_at", "behind_shown")
    list_filter = ("subscriber", "event__event_type")
    list_select_related = ("event",)
    search_fields = ("event__event_type", "subscriber", "sequence_key", "reason")
    ordering = ("id",)
    list_before_template = "events/dead_letters_head.html"

    def get_queryset(self, request: HttpRequest) -> QuerySet[DeadLetter]:
        return super().get_queryset(request).filter(state=Delivery.State.PARKED)  # type: ignore[no-any-return]  # unfold

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.redrive_many)
        return [path("redrive/", view, name="events_deadletter_redrive"), *super().get_urls()]

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        return HttpResponseRedirect(reverse("admin:events_delivery_change", args=[object_id]))

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        may = request.user.has_perm(RIGHT)
        context = {"may_redrive": may, **(extra_context or {})}
        return super().changelist_view(request, context)  # type: ignore[no-any-return]  # unfold

    def redrive_many(self, request: HttpRequest) -> HttpResponse:
        """Asks for a choice, shows how many are meant, and does it when that is confirmed."""
        if not request.user.has_perm(RIGHT):
            raise PermissionDenied
        form = ChoiceForm(request.POST if request.method == "POST" else None)
        preview = None
        if request.method == "POST" and form.is_valid():
            if form.cleaned_data["confirmed"] is not None and self._redriven(request, form):
                return HttpResponseRedirect(reverse("admin:events_deadletter_changelist"))
            preview = bus.ask(HowManyLetters(chosen=form.chosen()), at=clock.now())
            # Shown again with the number that pressing the button would confirm.
            form.data = {**form.data.dict(), "confirmed": preview.letters}  # type: ignore[attr-defined]  # of a QueryDict
        context = {
            **self.admin_site.each_context(request),
            "opts": self.model._meta,
            "title": _("Redrive dead letters"),
            "form": form,
            "preview": preview,
            "back": reverse("admin:events_deadletter_changelist"),
        }
        return TemplateResponse(request, "events/redrive_many.html", context)

    def _redriven(self, request: HttpRequest, form: ChoiceForm) -> bool:
        command = RedriveParked(
            chosen=form.chosen(),
            confirmed=form.cleaned_data["confirmed"],
            rate_per_second=form.cleaned_data["rate_per_second"],
        )
        try:
            count = bus.execute(command, order_of(request))
        except DomainError as error:
            form.add_error(None, str(error))
            return False
        told = ngettext(
            "%(count)s dead letter is on its way again.",
            "%(count)s dead letters are on their way again.",
            count,
        )
        self.message_user(request, told % {"count": count}, messages.SUCCESS)
        return True

    @admin.display(description=_("waiting behind"))
    def behind_shown(self, letter: DeadLetter) -> int:
        return selectors.behind(letter.subscriber, letter.sequence_key)
