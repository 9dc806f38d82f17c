"""Forecasts: how good they were, and for one objective what may come."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from portal.shared import clock
from portal.shared.admin import ReadOnlyAdmin
from portal.shared.charts import Point
from portal.shared.fan_chart import fan_svg
from slo import selectors
from slo.admin.what_if import what_if_page
from slo.models import Forecast, Objective
from slo.selectors import ObjectiveForecast

BEFORE_NOW = timedelta(hours=72)


@admin.register(Forecast)
class ForecastAdmin(ReadOnlyAdmin[Forecast]):
    list_display = (
        "objective",
        "made_at",
        "horizon_hours",
        "chance_shown",
        "consumed_shown",
        "interval_shown",
        "came_shown",
        "was_depleted",
    )
    list_filter = ("horizon_hours", "objective")
    list_select_related = ("objective",)
    list_before_template = "slo/scorecard.html"
    show_full_result_count = False
    ordering = ("-made_at", "objective", "horizon_hours")

    def get_urls(self) -> list[URLPattern]:
        of_one = self.admin_site.admin_view(self.objective_view)
        replayed = self.admin_site.admin_view(self.what_if_view)
        return [
            path("of/<slug:slug>/", of_one, name="slo_forecast_of"),
            path("what-if/<slug:slug>/", replayed, name="slo_what_if"),
            *super().get_urls(),
        ]

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> Any:
        cards = selectors.forecast_scorecard(at=clock.now())
        return super().changelist_view(request, {"cards": cards, **(extra_context or {})})

    def objective_view(self, request: HttpRequest, slug: str) -> HttpResponse:
        """What may become of the budget of one objective."""
        objective = self._objective(request, slug)
        at = clock.now()
        found = selectors.forecast_of(objective, at=at)
        context = {
            **self.admin_site.each_context(request),
            "opts": self.model._meta,
            "title": found.name,
            "forecast": found,
            "chart": _fan(found, at=at),
            "cards": selectors.forecast_scorecard(at=at, slug=slug),
            "back": reverse("admin:slo_forecast_changelist"),
        }
        return TemplateResponse(request, "slo/forecast.html", context)

    def what_if_view(self, request: HttpRequest, slug: str) -> HttpResponse:
        """What other settings would have meant."""
        objective = self._objective(request, slug)
        return what_if_page(request, objective, context=self.admin_site.each_context(request))

    def _objective(self, request: HttpRequest, slug: str) -> Objective:
        if not request.user.has_perm("slo.view_objective"):
            raise PermissionDenied
        objective = selectors.find_objective(slug)
        if objective is None:
            raise Http404
        return objective

    @admin.display(description=_("chance of depletion"), ordering="depletion_chance")
    def chance_shown(self, forecast: Forecast) -> str:
        return percent(forecast.depletion_chance)

    @admin.display(description=_("consumed when made"), ordering="consumed")
    def consumed_shown(self, forecast: Forecast) -> str:
        return percent(forecast.consumed)

    @admin.display(description=_("interval of 80 %"))
    def interval_shown(self, forecast: Forecast) -> str:
        return f"{percent(forecast.low)} – {percent(forecast.high)}"

    @admin.display(description=_("consumed then"), ordering="consumed_then")
    def came_shown(self, forecast: Forecast) -> str | None:
        return None if forecast.consumed_then is None else percent(forecast.consumed_then)


def percent(share: float) -> str:
    return f"{share * 100:.0f} %".replace("-", "−")


def _fan(found: ObjectiveForecast, *, at: datetime) -> SafeString:
    past = selectors.burn_down(found.slug, at=at, since=at - BEFORE_NOW)
    courses: Sequence[Sequence[Point]] = []
    if found.fan:
        moments = [at + n * found.fan.step for n in range(found.fan.courses.shape[1])]
        courses = [
            [(moment, 1 - float(share)) for moment, share in zip(moments, course, strict=True)]
            for course in found.fan.courses
        ]
    return fan_svg(
        past,
        courses[len(courses) // 2] if courses else [],
        [(courses[-1], courses[0]), (courses[-2], courses[1])] if courses else [],
        title=gettext("Error budget of %(name)s, and where it may go") % {"name": found.name},
        described=_described(found),
        width=560,
        height=220,
    )


def _described(found: ObjectiveForecast) -> str:
    if not found.horizons:
        return gettext("A forecast needs a day of data.")
    lines = (
        gettext("In %(hours)s hours %(low)s to %(high)s of the budget are consumed.")
        % {
            "hours": round(horizon.hours),
            "low": percent(horizon.low),
            "high": percent(horizon.high),
        }
        for horizon in found.horizons
    )
    return " ".join(lines)
