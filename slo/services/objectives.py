"""Defining what is promised."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import models, transaction

from catalog.models import Service
from portal.shared.errors import FieldError
from slo import selectors
from slo.errors import ObjectiveRefused
from slo.models import BurnWindow, Component, Indicator, Objective
from slo.rules.alert_level import DEFAULT_PAIRS, Level, WindowPair
from slo.rules.composite import Blend
from slo.rules.request_outcome import Kind
from slo.rules.time_slice import Budgeting, Slices
from slo.rules.window import CalendarWindow, RollingWindow, Window
from slo.services.buckets import add_counts
from slo.services.slices import cut_history, slicing_of

DEFAULT_WINDOW = RollingWindow(days=30)
DEFINITION = (
    "name",
    "slug",
    "indicator",
    "target",
    "budgeting",
    "slice_minutes",
    "slice_target",
    "slicing",
    "window_kind",
    "window_days",
    "calendar_unit",
    "time_zone",
    "is_active",
)


def create_indicator(
    *,
    slug: str,
    name: str,
    service: Service,
    kind: Kind,
    endpoint: str = "*",
    method: str = "",
    latency_threshold_ms: int | None = None,
    report_minutes: int | None = None,
) -> Indicator:
    """This will begin to count the requests that match. Raises ObjectiveRefused."""
    indicator = Indicator(
        slug=slug,
        name=name,
        service=service,
        kind=kind.value,
        endpoint=endpoint,
        method=method,
        latency_threshold_ms=latency_threshold_ms,
        report_minutes=report_minutes,
    )
    refuse_invalid(indicator)
    indicator.save()
    return indicator


@transaction.atomic
def create_composite(
    *,
    slug: str,
    name: str,
    service: Service,
    components: Sequence[tuple[Indicator, int]],
    blend: Blend = Blend.WEIGHTED_MEAN,
) -> Indicator:
    """This will blend indicators, each with its weight, into one. Raises ObjectiveRefused."""
    composite = Indicator(
        slug=slug, name=name, service=service, kind=Kind.COMPOSITE.value, blend=blend.value
    )
    refuse_invalid(composite)
    composite.save()
    for member, weight in components:
        component = Component(composite=composite, member=member, weight=weight)
        refuse_invalid(component)
        component.save()
    return composite


@transaction.atomic
def create_objective(
    *,
    slug: str,
    name: str,
    indicator: Indicator,
    target: Decimal,
    window: Window = DEFAULT_WINDOW,
    slices: Slices | None = None,
    burn_windows: Sequence[WindowPair] | None = None,
) -> Objective:
    """This will promise that share of good requests, with burn windows that raise alerts.

    With `slices` the budget is of time, else of requests.
    Without `burn_windows` the defaults apply, but for those longer than the window and
    those that even a total outage could not set off. Raises ObjectiveRefused, for a given
    window that could never fire too.
    """
    objective = Objective(
        slug=slug,
        name=name,
        indicator=indicator,
        target=target,
        **objective_fields(window, slices),
    )
    refuse_invalid(objective)
    save_objective(objective)
    if burn_windows is None:
        give_default_burn_windows(objective=objective)
    for pair in burn_windows or ():
        add_burn_window(
            objective=objective,
            long_minutes=pair.long_minutes,
            short_minutes=pair.short_minutes,
            consumption=pair.consumption,
            level=pair.level,
        )
    return objective


def objective_fields(window: Window, slices: Slices | None) -> dict[str, Any]:
    """This will return the columns of an objective that say its window and its budget."""
    return {**_window_fields(window), **_slice_fields(slices)}


def _window_fields(window: Window) -> dict[str, Any]:
    if isinstance(window, CalendarWindow):
        return {
            "window_kind": Objective.WindowKind.CALENDAR,
            "calendar_unit": window.unit.value,
            "time_zone": window.zone.key,
        }
    return {
        "window_kind": Objective.WindowKind.ROLLING,
        "window_days": window.days,
        "calendar_unit": "",
    }


def _slice_fields(slices: Slices | None) -> dict[str, Any]:
    if slices is None:
        return {
            "budgeting": Budgeting.OCCURRENCES.value,
            "slice_minutes": None,
            "slice_target": None,
        }
    return {
        "budgeting": slices.budgeting.value,
        "slice_minutes": slices.minutes,
        "slice_target": slices.target,
    }


@transaction.atomic
def change_objective(
    *,
    slug: str,
    name: str | None = None,
    target: Decimal | None = None,
    window: Window | None = None,
    is_active: bool | None = None,
) -> Objective:
    """This will change a promise; None leaves a part as it is.

    Raises UnknownObjective, and ObjectiveRefused for one that would strand its alerts.
    """
    objective = selectors.get_objective(slug)
    changes: dict[str, Any] = {"name": name, "target": target, "is_active": is_active}
    if window is not None:
        changes |= {"calendar_unit": "", "time_zone": "UTC", **_window_fields(window)}
    for field, value in changes.items():
        if value is not None:
            setattr(objective, field, value)
    refuse_invalid(objective)
    save_objective(objective)
    return objective


@transaction.atomic
def save_objective(objective: Objective) -> None:
    """This will store a checked objective, and cut what was counted so far into its slices."""
    objective.slicing, is_new = None, False
    if objective.slice_minutes:
        # Nothing may be counted between the cutting of the past and of what comes.
        Indicator.objects.select_for_update(no_key=True).get(pk=objective.indicator_id)
        objective.slicing, is_new = slicing_of(
            objective.indicator,
            budgeting=Budgeting(objective.budgeting),
            slice_minutes=objective.slice_minutes,
            slice_target=objective.slice_target,
        )
    # What evaluation writes meanwhile stays as it is.
    objective.save(update_fields=DEFINITION if objective.pk else None)
    if is_new and objective.slicing:
        add_counts(counts=cut_history(objective.slicing))


def add_burn_window(
    *,
    objective: Objective,
    long_minutes: int,
    short_minutes: int,
    consumption: Decimal,
    level: Level,
) -> BurnWindow:
    """This will raise the level when both windows spend that share of the budget.

    Raises ObjectiveRefused when the pair could never fire at the objective's target.
    """
    window = BurnWindow(
        objective=objective,
        long_minutes=long_minutes,
        short_minutes=short_minutes,
        consumption=consumption,
        level=level.value,
    )
    refuse_invalid(window)
    window.save()
    return window


def give_default_burn_windows(*, objective: Objective) -> list[BurnWindow]:
    """This will add the default pairs and return those that were left out.

    Left out are pairs longer than the objective's window, and pairs that could never fire.
    """
    windows = [
        BurnWindow(
            objective=objective,
            long_minutes=pair.long_minutes,
            short_minutes=pair.short_minutes,
            consumption=pair.consumption,
            level=pair.level.value,
        )
        for pair in DEFAULT_PAIRS
    ]
    BurnWindow.objects.bulk_create(w for w in windows if w.makes_sense_for(objective))
    return [w for w in windows if not w.makes_sense_for(objective)]


def refuse_invalid(noun: models.Model) -> None:
    """This will check a noun as a form would. Raises ObjectiveRefused, naming each field."""
    try:
        noun.full_clean()
    except ValidationError as error:
        fields = [
            FieldError("/" if field == NON_FIELD_ERRORS else f"/{field}", message)
            for field, messages in error.message_dict.items()
            for message in messages
        ]
        raise ObjectiveRefused(
            f"The {noun._meta.verbose_name} was not stored.", fields=fields
        ) from error
