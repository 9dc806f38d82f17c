"""A page that replays an objective under other settings."""

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.widgets import (
    UnfoldAdminDecimalFieldWidget,
    UnfoldAdminIntegerFieldWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminSplitDateTimeWidget,
    UnfoldBooleanWidget,
)

from portal.shared import clock
from portal.shared.errors import DomainError
from portal.shared.fan_chart import comparison_svg
from slo import selectors
from slo.models import Objective
from slo.rules.minute import minute_of
from slo.rules.window import Span
from slo.selectors import Changes, WhatIf

CURVE_POINTS = 360


class ChangesForm(forms.Form):
    target = forms.DecimalField(
        label=_("target (%)"), required=False, widget=UnfoldAdminDecimalFieldWidget
    )
    window_days = forms.IntegerField(
        label=_("rolling window (days)"), required=False, widget=UnfoldAdminIntegerFieldWidget
    )
    calendar_unit = forms.ChoiceField(
        label=_("calendar period"),
        required=False,
        choices=[("", "—"), *Objective.CalendarUnit.choices],
        widget=UnfoldAdminSelectWidget,
    )
    latency_threshold_ms = forms.IntegerField(
        label=_("latency threshold (ms)"),
        required=False,
        widget=UnfoldAdminIntegerFieldWidget,
        help_text=_("Rounded up by at most 2.2 %, and read every five minutes."),
    )
    exclude_from = forms.SplitDateTimeField(
        label=_("without the time from (UTC)"),
        required=False,
        widget=UnfoldAdminSplitDateTimeWidget,
    )
    exclude_until = forms.SplitDateTimeField(
        label=_("until (UTC)"), required=False, widget=UnfoldAdminSplitDateTimeWidget
    )
    without_corrections = forms.BooleanField(
        label=_("count corrected time too"), required=False, widget=UnfoldBooleanWidget
    )

    def clean(self) -> dict[str, Any]:
        answers: dict[str, Any] = super().clean() or {}
        start, end = answers.get("exclude_from"), answers.get("exclude_until")
        if (start is None) != (end is None) or (start and end and start >= end):
            self.add_error("exclude_until", _("Give both ends, the earlier one first."))
        return answers

    @property
    def changes(self) -> Changes:
        asked = self.cleaned_data
        start, end = asked["exclude_from"], asked["exclude_until"]
        return Changes(
            target=asked["target"],
            window_days=asked["window_days"],
            calendar_unit=asked["calendar_unit"] or None,
            latency_threshold_ms=asked["latency_threshold_ms"],
            exclusions=(Span(minute_of(start), minute_of(end)),) if start else (),
            without_corrections=asked["without_corrections"],
        )


def what_if_page(
    request: HttpRequest, objective: Objective, *, context: dict[str, Any]
) -> HttpResponse:
    """This will ask for changes and show what they would have meant; nothing is stored."""
    form = ChangesForm(request.GET or None)
    found = _replayed(form, objective.slug) if form.is_bound and form.is_valid() else None
    return TemplateResponse(
        request,
        "slo/what_if.html",
        {
            **context,
            "opts": Objective._meta,
            "title": gettext("What if: %(name)s") % {"name": objective.name},
            "form": form,
            "found": found,
            "versions": _versions(found) if found else [],
            "chart": _chart(found) if found else None,
            "back": reverse("admin:slo_objective_change", args=[objective.pk]),
        },
    )


def _replayed(form: ChangesForm, slug: str) -> WhatIf | None:
    try:
        return selectors.what_if(slug, form.changes, at=clock.now())
    except DomainError as error:
        # What was typed stays typed, and each field says what is wrong with it.
        for problem in error.fields:
            name = problem.field.removeprefix("/")
            form.add_error(name if name in form.fields else None, problem.detail)
        return None


def _versions(found: WhatIf) -> list[dict[str, Any]]:
    named = ((_("As it is"), found.present), (_("As it would be"), found.changed))
    return [
        {"name": name, "version": version, "remaining": _share(version.replay.remaining[-1])}
        for name, version in named
    ]


def _share(value: float) -> float | None:
    return None if value != value else float(value)


def _chart(found: WhatIf) -> SafeString:
    return comparison_svg(
        found.present.replay.curve(CURVE_POINTS),
        found.changed.replay.curve(CURVE_POINTS),
        title=gettext("Error budget of %(name)s over 90 days") % {"name": found.name},
        described=gettext("Solid: as it is. Dashed: as it would be."),
        width=560,
        height=220,
    )
