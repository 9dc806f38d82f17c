from datetime import datetime
from typing import Any, cast

from django import forms
from django.contrib import admin
from django.contrib.auth.models import User
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.formats import date_format
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from portal.shared import clock
from portal.shared.admin import PortalAdmin, PortalInline, ReadOnlyAdmin, Verb, badge
from recovery import selectors, services
from recovery.models import Drill, Plan, duration_in_words
from recovery.rules.drill_due import is_overdue
from recovery.rules.drill_record import Measured

_YEAR_IN_MINUTES = 366 * 24 * 60
_TONES = {"passed": "good", "failed": "high", "aborted": "medium"}


class _Moment(forms.DateTimeInput):
    input_type = "datetime-local"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%dT%H:%M")


class RecordDrillForm(forms.Form):
    started_at = forms.DateTimeField(label=_("Started (UTC)"), widget=_Moment())
    ended_at = forms.DateTimeField(label=_("Ended (UTC)"), widget=_Moment())
    outcome = forms.ChoiceField(label=_("Outcome"), choices=Drill.Outcome.choices)
    measured_rto_minutes = forms.FloatField(
        label=_("Measured RTO in minutes"),
        min_value=0,
        max_value=_YEAR_IN_MINUTES,
        required=False,
        help_text=_("From the loss until the services answered again. Empty if not measured."),
    )
    measured_rpo_minutes = forms.FloatField(
        label=_("Measured RPO in minutes"),
        min_value=0,
        max_value=_YEAR_IN_MINUTES,
        required=False,
        help_text=_("How much of the latest work was lost. Empty if not measured."),
    )
    note = forms.CharField(
        label=_("Note"), widget=forms.Textarea({"rows": 4, "cols": 30}), required=False
    )


def _seconds(minutes: float | None) -> int | None:
    return None if minutes is None else round(minutes * 60)


def _record_drill(request: HttpRequest, plan: Plan, answers: dict[str, Any]) -> str:
    services.record_drill(
        plan_slug=plan.slug,
        started_at=answers["started_at"],
        ended_at=answers["ended_at"],
        outcome=answers["outcome"],
        measured=Measured(
            rto=_seconds(answers["measured_rto_minutes"]),
            rpo=_seconds(answers["measured_rpo_minutes"]),
        ),
        note=answers["note"],
        acting_user=cast("User", request.user),
        at=clock.now(),
    )
    return gettext("The drill is recorded.")


class DrillInline(PortalInline):
    model = Drill
    can_delete = False
    ordering = ("-started_at",)
    fields = ("started_at", "ended_at", "outcome", "measured_rto", "measured_rpo", "note")
    readonly_fields = fields
    verbose_name_plural = _("drills")

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    @admin.display(description=_("measured RTO"))
    def measured_rto(self, drill: Drill) -> str:
        return _in_words(drill.measured_rto_seconds)

    @admin.display(description=_("measured RPO"))
    def measured_rpo(self, drill: Drill) -> str:
        return _in_words(drill.measured_rpo_seconds)


def _in_words(seconds: int | None) -> str:
    return gettext("not measured") if seconds is None else duration_in_words(seconds)


@admin.register(Plan)
class PlanAdmin(PortalAdmin[Plan]):
    list_display = ("name", "strategy", "rto", "rpo", "owner", "last_drill", "drill_due")
    list_filter = ("strategy", "owner")
    list_select_related = ("owner",)
    search_fields = ("name", "slug")
    ordering = ("name",)
    fields = (
        "slug",
        "name",
        "strategy",
        "rto_seconds",
        "rpo_seconds",
        "services",
        "owner",
        "test_every_days",
    )
    inlines = (DrillInline,)
    verbs = (
        Verb(
            name="record_drill",
            label=_("Record drill"),
            run=_record_drill,
            right="recovery.add_drill",
            question=_("A drill that was done by hand is kept here for good."),
            icon="fact_check",
            tone="primary",
            form=RecordDrillForm,
        ),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Plan]:
        return selectors.with_drills(super().get_queryset(request))

    def save_model(self, request: HttpRequest, obj: Plan, form: Any, change: bool) -> None:
        if not change:
            obj.created_at = clock.now()
        super().save_model(request, obj, form, change)

    @admin.display(description=_("RTO"), ordering="rto_seconds")
    def rto(self, plan: Plan) -> str:
        return plan.rto_in_words

    @admin.display(description=_("RPO"), ordering="rpo_seconds")
    def rpo(self, plan: Plan) -> str:
        return plan.rpo_in_words

    @admin.display(description=_("last drill"))
    def last_drill(self, plan: Any) -> SafeString:
        if plan.last_outcome is None:
            return badge(_("never drilled"), "quiet")
        return badge(Drill.Outcome(plan.last_outcome).label, _TONES[plan.last_outcome])

    @admin.display(description=_("next drill"))
    def drill_due(self, plan: Any) -> SafeString | str:
        due_at: datetime = selectors.drill_due_at(plan)
        day = date_format(due_at, "DATE_FORMAT")
        if is_overdue(due_at, at=clock.now()):
            return badge(gettext("overdue since %(day)s") % {"day": day}, "medium")
        return day


@admin.register(Drill)
class DrillAdmin(ReadOnlyAdmin[Drill]):
    list_display = (
        "plan",
        "started_at",
        "outcome_shown",
        "measured_rto",
        "measured_rpo",
        "targets_shown",
    )
    list_filter = ("outcome", "plan")
    list_select_related = ("plan",)
    search_fields = ("plan__name", "note")
    date_hierarchy = "started_at"
    ordering = ("-started_at",)

    @admin.display(description=_("outcome"), ordering="outcome")
    def outcome_shown(self, drill: Drill) -> SafeString:
        return badge(Drill.Outcome(drill.outcome).label, _TONES[drill.outcome])

    @admin.display(description=_("measured RTO"))
    def measured_rto(self, drill: Drill) -> str:
        return _in_words(drill.measured_rto_seconds)

    @admin.display(description=_("measured RPO"))
    def measured_rpo(self, drill: Drill) -> str:
        return _in_words(drill.measured_rpo_seconds)

    @admin.display(description=_("within targets"), boolean=True)
    def targets_shown(self, drill: Drill) -> bool | None:
        return drill.met_targets
