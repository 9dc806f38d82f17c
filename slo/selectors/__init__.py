"""What the rest of the portal may ask about promises; nothing here writes."""

from slo.rules.alert_level import Level
from slo.selectors.access_logs import malformed_line_count
from slo.selectors.accounts import Account, accounts, excluded_spans
from slo.selectors.burn_down import BurnDown, burn_down, burn_down_by_minutes
from slo.selectors.forecast_scores import Scorecard, forecast_scorecard
from slo.selectors.forecasts import (
    DepletionForecast,
    ObjectiveForecast,
    forecast_of,
    latest_depletions,
)
from slo.selectors.history import bad_shares, objective_histories, series_history, window_starts
from slo.selectors.indicators import (
    all_indicators,
    all_objectives,
    find_objective,
    get_objective,
    known_service_slugs,
    watches_by_service,
)
from slo.selectors.objectives import (
    SHOWN_WINDOWS,
    ObjectiveStatus,
    PairStatus,
    all_objective_statuses,
    burning_objectives,
    objective_counts_by_level,
    objective_status,
    objective_statuses,
    statuses_of_services,
)
from slo.selectors.what_if import REPLAYED_DAYS, Changes, Version, WhatIf, what_if
from slo.selectors.windows import Readings, cumulative_counts

__all__ = [
    "REPLAYED_DAYS",
    "SHOWN_WINDOWS",
    "Account",
    "BurnDown",
    "Changes",
    "DepletionForecast",
    "Level",
    "ObjectiveForecast",
    "ObjectiveStatus",
    "PairStatus",
    "Readings",
    "Scorecard",
    "Version",
    "WhatIf",
    "accounts",
    "all_indicators",
    "all_objective_statuses",
    "all_objectives",
    "bad_shares",
    "burn_down",
    "burn_down_by_minutes",
    "burning_objectives",
    "cumulative_counts",
    "excluded_spans",
    "find_objective",
    "forecast_of",
    "forecast_scorecard",
    "get_objective",
    "known_service_slugs",
    "latest_depletions",
    "malformed_line_count",
    "objective_counts_by_level",
    "objective_histories",
    "objective_status",
    "objective_statuses",
    "series_history",
    "statuses_of_services",
    "watches_by_service",
    "what_if",
    "window_starts",
]
