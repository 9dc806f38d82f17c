"""Keeping forecasts, and what came of them."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime, timedelta

import structlog
from django.db import transaction

from slo import selectors
from slo.models import Forecast, Objective
from slo.rules.minute import MINUTE
from slo.rules.window import Span
from slo.selectors import ObjectiveForecast, Readings, accounts

log = structlog.get_logger(__name__)

KEPT = timedelta(days=180)
# A budget that was gone for less than this may be missed.
LOOKED_AT_EVERY = 15 * MINUTE
# So many forecasts are judged in one run.
JUDGED_AT_ONCE = 20_000


def make_forecasts(*, at: datetime) -> int:
    """This will store the forecasts of the hour, judge those that are due, and forget old ones.

    Safe to run twice: the forecasts of an hour are made once. Returns how many were made.
    """
    judge_forecasts(at=at)
    Forecast.objects.filter(due_at__lt=at - KEPT).delete()
    made_at = at.replace(minute=0, second=0, microsecond=0)
    made = Forecast.objects.filter(made_at=made_at).values("objective")
    concerned = selectors.all_objectives().filter(is_active=True).exclude(pk__in=made)
    return sum(_made(objective, made_at=made_at) for objective in concerned.iterator(500))


def judge_forecasts(*, at: datetime) -> int:
    """This will fill in what came of the forecasts that are due, from the counts."""
    due = Forecast.objects.filter(due_at__lte=at, consumed_then=None).order_by("due_at")
    by_objective: dict[int, list[Forecast]] = defaultdict(list)
    for forecast in due[:JUDGED_AT_ONCE]:
        by_objective[forecast.objective_id].append(forecast)
    objectives = selectors.all_objectives().filter(pk__in=by_objective)
    return sum(_judged(objective, by_objective[objective.pk]) for objective in objectives)


def _made(objective: Objective, *, made_at: datetime) -> int:
    try:
        found = selectors.forecast_of(objective, at=made_at)
        rows = Forecast.objects.bulk_create(_rows(objective, found), ignore_conflicts=True)
    except Exception:
        # One objective's trouble must not keep the others from being forecast.
        log.exception("objective_not_forecast", objective=objective.slug)
        return 0
    return len(rows)


def _rows(objective: Objective, found: ObjectiveForecast) -> Iterable[Forecast]:
    if found.consumed is None:
        return
    chances = dict(found.depletion.chances)
    for horizon in found.horizons:
        hours = round(horizon.hours)
        yield Forecast(
            objective=objective,
            made_at=found.at,
            horizon_hours=hours,
            due_at=found.at + timedelta(hours=hours),
            depletion_chance=chances[hours],
            consumed=found.consumed,
            median=horizon.median,
            low=horizon.low,
            high=horizon.high,
            widening=horizon.widening,
            depletes_at=found.depletion.depletes_at,
            depletes_early=found.depletion.depletes_early,
            depletes_late=found.depletion.depletes_late,
        )


def _judged(objective: Objective, forecasts: list[Forecast]) -> int:
    try:
        with transaction.atomic():
            _judge(objective, forecasts)
    except Exception:
        # One objective's trouble must not keep the others from being judged.
        log.exception("forecasts_not_judged", objective=objective.slug)
        return 0
    return len(forecasts)


def _judge(objective: Objective, forecasts: list[Forecast]) -> None:
    first = min(forecast.made_at for forecast in forecasts)
    last = max(forecast.due_at for forecast in forecasts)
    readings = Readings()
    steps = (last - first) // LOOKED_AT_EVERY
    spans = {
        moment: objective.window.span(moment)
        for moment in (first + number * LOOKED_AT_EVERY for number in range(steps + 1))
    }
    within = Span(min(span.start for span in spans.values()), last + MINUTE)
    account = accounts([objective], within=within, readings=readings)[0]
    for span in spans.values():
        account.ask(span)
    readings.read()
    burns = {moment: account.burn(span) for moment, span in spans.items()}
    for forecast in forecasts:
        passed = (
            burn
            for moment, burn in burns.items()
            if forecast.made_at <= moment <= forecast.due_at and burn is not None
        )
        forecast.was_depleted = any(burn >= 1 for burn in passed)
        # Where nothing was counted in the whole window, nothing was consumed.
        forecast.consumed_then = float(burns[forecast.due_at] or 0)
    Forecast.objects.bulk_update(forecasts, ["was_depleted", "consumed_then"], batch_size=500)
