from typing import Any, cast

from django import forms
from django.contrib import admin
from django.contrib.auth.models import User
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from portal.shared import clock
from portal.shared.admin import PortalAdmin, Verb, badge
from portal.shared.errors import DomainError
from slo import selectors, services
from slo.admin.refusals import show_refusal
from slo.models import Correction


class EnterForm(forms.ModelForm[Correction]):
    """What the service refuses stands at its field, and what was typed stays typed."""

    class Meta:
        model = Correction
        fields = (
            "objective",
            "service",
            "reason",
            "starts_at",
            "duration_minutes",
            "recurrence",
            "time_zone",
        )

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if not self.errors:
            try:
                services.check_correction(wanted=_wanted(given), at=clock.now())
            except DomainError as error:
                show_refusal(self, error)
        return given


def _wanted(given: dict[str, Any]) -> services.TimeTakenOut:
    objective, service = given["objective"], given["service"]
    return services.TimeTakenOut(
        objective=objective.slug if objective else "",
        service=service.slug if service else "",
        **{name: given[name] for name in EnterForm.Meta.fields[2:]},
    )


def _withdraw(request: HttpRequest, correction: Correction, _answers: dict[str, Any]) -> str:
    services.withdraw_correction(
        correction_id=correction.pk, acting_user=cast("User", request.user), at=clock.now()
    )
    return gettext("The time counts again, in the past too.")


@admin.register(Correction)
class CorrectionAdmin(PortalAdmin[Correction]):
    """Entered once and withdrawn at most once; never edited, never deleted."""

    list_display = ("reason", "of", "starts_at", "duration_minutes", "recurrence", "state_shown")
    list_filter = ("objective", "service", ("withdrawn_at", admin.EmptyFieldListFilter))
    search_fields = ("reason", "objective__slug", "service__slug")
    form = EnterForm
    change_form_outer_before_template = "slo/correction_spans.html"
    verbs = (
        Verb(
            name="withdraw",
            label=_("Withdraw"),
            run=_withdraw,
            right="slo.change_correction",
            icon="undo",
            tone="danger",
            question=_("The time counts against the budget again, in the past too."),
            is_offered=lambda correction: correction.withdrawn_at is None,
        ),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Correction]:
        return selectors.all_corrections()

    def get_fields(self, request: HttpRequest, obj: Correction | None = None) -> Any:
        entered = ("entered_by", "entered_at", "withdrawn_by", "withdrawn_at") if obj else ()
        return (*EnterForm.Meta.fields, *entered)

    def has_change_permission(self, request: HttpRequest, obj: Correction | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Correction | None = None) -> bool:
        return False

    def add_view(
        self,
        request: HttpRequest,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        context = {
            "title": gettext("Take time out of a budget"),
            "show_save_and_add_another": False,
            "show_save_and_continue": False,
            **(extra_context or {}),
        }
        return super().add_view(request, form_url, context)  # type: ignore[no-any-return]  # unfold

    def save_model(
        self, request: HttpRequest, obj: Correction, form: forms.ModelForm[Correction], change: bool
    ) -> None:
        entered = services.enter_correction(
            wanted=_wanted(form.cleaned_data),
            acting_user=cast("User", request.user),
            at=clock.now(),
        )
        obj.pk = entered.pk
        obj.refresh_from_db()

    def page_context(self, request: HttpRequest, subject: Correction) -> dict[str, Any]:
        at = clock.now()
        return {"at": at, "spans": selectors.correction_spans(subject, at=at)}

    @display(description=_("taken out of"))
    def of(self, correction: Correction) -> str:
        return str(correction.objective or correction.service)

    @display(description=_("state"), ordering="withdrawn_at")
    def state_shown(self, correction: Correction) -> SafeString:
        if correction.withdrawn_at is None:
            return badge(_("in force"), "low")
        return badge(_("withdrawn"), "quiet")
