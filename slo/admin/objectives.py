from collections.abc import Callable, Sequence
from decimal import Decimal
from functools import cache
from typing import Any

from django.contrib import admin, messages
from django.forms import ModelForm
from django.http import HttpRequest
from django.urls import URLPattern, path
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from portal.shared import clock
from portal.shared.admin import PortalAdmin, PortalInline, Verb, badge
from slo import selectors, services
from slo.admin import ledger, objective_page
from slo.models import BurnWindow, Objective
from slo.selectors import ObjectiveStatus

TONES = {
    "normal": "good",
    "low": "low",
    "medium": "medium",
    "high": "high",
    "critical": "critical",
}


class _PlainDecimals(ModelForm[Any]):
    """Shows 99.9 where the database keeps 99.9000."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, value in self.initial.items():
            if isinstance(value, Decimal):
                self.initial[name] = f"{value.normalize():f}"


class BurnWindowInline(PortalInline):
    model = BurnWindow
    form = _PlainDecimals
    fields = ("level", "long_minutes", "short_minutes", "consumption")


def _evaluate(_request: HttpRequest, objective: Objective, _answers: dict[str, Any]) -> str:
    services.evaluate_objectives(at=clock.now(), only=[objective.slug])
    objective.refresh_from_db()
    return gettext("Evaluated: the level is %(level)s.") % {"level": objective.get_level_display()}


@admin.register(Objective)
class ObjectiveAdmin(PortalAdmin[Objective]):
    list_filter = ("level", "is_active", "indicator__kind", "indicator__service")
    list_select_related = ("indicator__service",)
    search_fields = ("name", "slug", "indicator__service__name", "indicator__service__slug")
    ordering = ("slug",)
    prepopulated_fields = {"slug": ("name",)}
    fields = (
        "name",
        "slug",
        "indicator",
        "target",
        "window_kind",
        "window_days",
        "calendar_unit",
        "time_zone",
        "budgeting",
        "slice_minutes",
        "slice_target",
        "is_active",
    )
    form = _PlainDecimals
    inlines = (BurnWindowInline,)
    change_form_outer_before_template = "slo/objective_standing.html"
    verbs = (
        Verb(
            name="evaluate",
            label=_("Evaluate now"),
            run=_evaluate,
            right="slo.change_objective",
            icon="refresh",
            tone="primary",
            question=_("The level is compared with the counts now; a change alerts people."),
            is_offered=lambda objective: objective.is_active,
        ),
    )

    def get_list_display(self, request: HttpRequest) -> Sequence[Any]:
        standing = _standing_columns()
        shown = ("level_shown", "target_shown", "window_shown", *standing)
        return ("name", "service", *shown, "is_active")

    @display(description=_("service"), ordering="indicator__service__name")
    def service(self, objective: Objective) -> str:
        return objective.indicator.service.name

    @display(description=_("level"), ordering="level")
    def level_shown(self, objective: Objective) -> SafeString:
        level = badge(objective.get_level_display(), TONES[objective.level])
        if objective.frozen_since is None:
            return level
        return format_html("{} {}", level, badge(_("frozen"), "quiet"))

    @display(description=_("target"), ordering="target")
    def target_shown(self, objective: Objective) -> SafeString:
        return _figure(f"{objective.target.normalize():f} %")

    @display(description=_("window"))
    def window_shown(self, objective: Objective) -> str:
        if objective.window_kind == Objective.WindowKind.CALENDAR:
            return str(objective.get_calendar_unit_display())
        return ngettext("%d day", "%d days", objective.window_days) % objective.window_days

    def get_inlines(self, request: HttpRequest, obj: Objective | None) -> Sequence[Any]:
        """A new objective is given the default burn windows when it is saved."""
        return self.inlines if obj else ()

    def get_readonly_fields(
        self, request: HttpRequest, obj: Objective | None = None
    ) -> Sequence[str]:
        # Events, incidents and automation know an objective by its slug.
        return ("slug", "indicator") if obj else ()

    def get_prepopulated_fields(
        self, request: HttpRequest, obj: Objective | None = None
    ) -> dict[str, Sequence[str]]:
        return {} if obj else super().get_prepopulated_fields(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Objective | None = None) -> bool:
        """An objective is switched off rather than deleted: incidents refer to it."""
        return False

    def save_model(
        self,
        request: HttpRequest,
        obj: Objective,
        form: ModelForm[Objective],
        change: bool,
    ) -> None:
        services.save_objective(obj)
        left_out = [] if change else services.give_default_burn_windows(objective=obj)
        if left_out:
            self.message_user(
                request,
                gettext(
                    "Left out, because they are longer than the window or even a total outage "
                    "could not set them off: %(windows)s."
                )
                % {"windows": ", ".join(str(window) for window in left_out)},
                messages.WARNING,
            )

    def page_context(self, request: HttpRequest, subject: Objective) -> dict[str, Any]:
        return objective_page.context_of(request, subject, at=clock.now())

    def get_urls(self) -> list[URLPattern]:
        minutes = objective_page.minutes_page(self.admin_site, self.has_view_permission)
        spent = ledger.ledger_page(self.admin_site, self.has_view_permission)
        return [
            path(
                "<path:object_id>/minutes/",
                self.admin_site.admin_view(minutes),
                name="slo_objective_minutes",
            ),
            path(
                "<path:object_id>/ledger/",
                self.admin_site.admin_view(spent),
                name="slo_objective_ledger",
            ),
            *super().get_urls(),
        ]


def _standing_columns() -> tuple[Callable[[Objective], SafeString], ...]:
    """Columns of one page: the statuses of all its rows are read together, at the first."""

    @cache
    def statuses() -> dict[int, ObjectiveStatus]:
        found = selectors.objective_statuses(selectors.all_objectives(), at=clock.now())
        return {status.pk: status for status in found}

    @display(description=_("budget remaining"))
    def remaining(objective: Objective) -> SafeString:
        left = statuses()[objective.pk].remaining
        return _figure(None if left is None else f"{left * 100:.1f} %")

    @display(description=_("burn 1 h"))
    def burn_one_hour(objective: Objective) -> SafeString:
        burn = statuses()[objective.pk].burn_rates["1h"]
        return _figure(None if burn is None else f"{burn:.2f}×")

    return remaining, burn_one_hour


def _figure(text: str | None) -> SafeString:
    if text is None:
        return format_html('<span class="op-muted">{}</span>', gettext("no data"))
    return format_html("<bdi>{}</bdi>", text.replace("-", "−"))
