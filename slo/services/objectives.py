"""Defining what is promised."""

from collections.abc import Sequence
from decimal import Decimal

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import models, transaction

from catalog.models import Service
from portal.shared.errors import FieldError
from slo.errors import ObjectiveRefused
from slo.models import BurnWindow, Indicator, Objective
from slo.rules.alert_level import DEFAULT_PAIRS, Level, WindowPair
from slo.rules.request_outcome import Kind


def create_indicator(
    *,
    slug: str,
    name: str,
    service: Service,
    kind: Kind,
    endpoint: str = "*",
    method: str = "",
    latency_threshold_ms: int | None = None,
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
    )
    _refuse_invalid(indicator)
    indicator.save()
    return indicator


@transaction.atomic
def create_objective(
    *,
    slug: str,
    name: str,
    indicator: Indicator,
    target: Decimal,
    window_days: int = 30,
    burn_windows: Sequence[WindowPair] | None = None,
) -> Objective:
    """This will promise that share of good requests, with burn windows that raise alerts.

    Without `burn_windows` the defaults apply, but for those longer than the window and
    those that even a total outage could not set off. Raises ObjectiveRefused, for a given
    window that could never fire too.
    """
    objective = Objective(
        slug=slug, name=name, indicator=indicator, target=target, window_days=window_days
    )
    _refuse_invalid(objective)
    objective.save()
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
    _refuse_invalid(window)
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


def _refuse_invalid(noun: models.Model) -> None:
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
