from datetime import timedelta
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
from slo.models import FreezeOverride

PROPOSED = timedelta(hours=4)


class GrantForm(forms.ModelForm[FreezeOverride]):
    """What the service refuses stands at its field, and what was typed stays typed."""

    class Meta:
        model = FreezeOverride
        fields = ("service", "reason", "expires_at")

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if not self.errors:
            try:
                services.check_freeze_override(
                    reason=given["reason"], expires_at=given["expires_at"], at=clock.now()
                )
            except DomainError as error:
                show_refusal(self, error)
        return given


def _revoke(request: HttpRequest, override: FreezeOverride, _answers: dict[str, Any]) -> str:
    services.revoke_freeze_override(
        override_id=override.pk, acting_user=cast("User", request.user), at=clock.now()
    )
    return gettext("The leave is over; the gate goes by the budgets again.")


@admin.register(FreezeOverride)
class FreezeOverrideAdmin(PortalAdmin[FreezeOverride]):
    """Granted once and revoked at most once; never edited, never deleted."""

    list_display = ("service", "reason", "granted_by", "granted_at", "expires_at", "state_shown")
    list_filter = ("service",)
    search_fields = ("reason", "service__slug", "service__name")
    form = GrantForm
    verbs = (
        Verb(
            name="revoke",
            label=_("Revoke"),
            run=_revoke,
            right="slo.change_freezeoverride",
            icon="block",
            tone="danger",
            question=_("The gate goes by the budgets again at once."),
            is_offered=lambda override: _is_in_force(override),
        ),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[FreezeOverride]:
        return selectors.all_freeze_overrides()

    def get_fields(self, request: HttpRequest, obj: FreezeOverride | None = None) -> Any:
        granted = ("granted_by", "granted_at", "revoked_by", "revoked_at") if obj else ()
        return ("service", "reason", "expires_at", *granted)

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        proposed = {"expires_at": clock.now().replace(second=0, microsecond=0) + PROPOSED}
        return {**proposed, **super().get_changeform_initial_data(request)}

    def has_change_permission(
        self, request: HttpRequest, obj: FreezeOverride | None = None
    ) -> bool:
        return False

    def has_delete_permission(
        self, request: HttpRequest, obj: FreezeOverride | None = None
    ) -> bool:
        return False

    def add_view(
        self,
        request: HttpRequest,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        context = {
            "title": gettext("Let a service be changed"),
            "show_save_and_add_another": False,
            "show_save_and_continue": False,
            **(extra_context or {}),
        }
        return super().add_view(request, form_url, context)  # type: ignore[no-any-return]  # unfold

    def save_model(
        self,
        request: HttpRequest,
        obj: FreezeOverride,
        form: forms.ModelForm[FreezeOverride],
        change: bool,
    ) -> None:
        granted = services.grant_freeze_override(
            service=obj.service.slug,
            reason=obj.reason,
            expires_at=obj.expires_at,
            acting_user=cast("User", request.user),
            at=clock.now(),
        )
        obj.pk = granted.pk
        obj.refresh_from_db()

    @display(description=_("state"))
    def state_shown(self, override: FreezeOverride) -> SafeString:
        if override.revoked_at:
            return badge(_("revoked"), "quiet")
        if _is_in_force(override):
            return badge(_("in force"), "medium")
        return badge(_("expired"), "quiet")


def _is_in_force(override: FreezeOverride) -> bool:
    return override.revoked_at is None and override.expires_at > clock.now()
