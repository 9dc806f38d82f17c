"""What the rest of the portal may ask about promises; nothing here writes."""

from slo.rules.alert_level import Level
from slo.selectors.access_logs import malformed_line_count
from slo.selectors.accounts import Account, accounts, excluded_spans
from slo.selectors.burn_down import BurnDown, burn_down, burn_down_by_minutes
from slo.selectors.history import bad_shares, objective_histories, series_history, window_starts
from slo.selectors.indicators import (
    all_indicators,
    all_objectives,
    find_objective,
    get_objective,
    known_service_slugs,
    watches_by_service,
)
from slo.selectors.metric_sources import (
    definition_of,
    pulled_sources,
    pushed_routes,
    refused_counts,
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
from slo.selectors.windows import Readings, cumulative_counts

__all__ = [
    "SHOWN_WINDOWS",
    "Account",
    "BurnDown",
    "Level",
    "ObjectiveStatus",
    "PairStatus",
    "Readings",
    "accounts",
    "all_indicators",
    "all_objective_statuses",
    "all_objectives",
    "bad_shares",
    "burn_down",
    "burn_down_by_minutes",
    "burning_objectives",
    "cumulative_counts",
    "definition_of",
    "excluded_spans",
    "find_objective",
    "get_objective",
    "known_service_slugs",
    "malformed_line_count",
    "objective_counts_by_level",
    "objective_histories",
    "objective_status",
    "objective_statuses",
    "pulled_sources",
    "pushed_routes",
    "refused_counts",
    "series_history",
    "statuses_of_services",
    "watches_by_service",
    "window_starts",
]
