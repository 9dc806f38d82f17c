"""What the rest of the portal may ask about promises; nothing here writes."""

from slo.rules.alert_level import Level
from slo.selectors.access_logs import malformed_line_count
from slo.selectors.accounts import Account, accounts, excluded_spans
from slo.selectors.burn_down import BurnDown, burn_down, burn_down_by_minutes
from slo.selectors.corrections import (
    CorrectionSpans,
    all_corrections,
    correction_spans,
    get_correction,
)
from slo.selectors.definitions import openslo_text, prometheus_text, stored_definitions
from slo.selectors.forecast_scores import Scorecard, forecast_scorecard
from slo.selectors.forecasts import (
    DepletionForecast,
    ObjectiveForecast,
    forecast_of,
    latest_depletions,
)
from slo.selectors.gate import (
    Gate,
    all_freeze_overrides,
    frozen_services,
    gate,
    get_freeze_override,
    overrides_in_force,
)
from slo.selectors.history import bad_shares, objective_histories, series_history, window_starts
from slo.selectors.impacts import Impact, IncidentImpact, impacts_of_time, incident_impact
from slo.selectors.indicators import (
    all_indicators,
    all_objectives,
    find_objective,
    get_indicators,
    get_objective,
    known_service_slugs,
    watches_by_service,
)
from slo.selectors.latencies import latency_histogram
from slo.selectors.ledger import Ledger, LedgerLine, ledger
from slo.selectors.metric_sources import (
    definition_of,
    pulled_sources,
    pushed_routes,
    refused_counts,
)
from slo.selectors.minutes import MinuteShare, minutes_of, worst_minutes
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
from slo.selectors.response_times import ResponseTimes, response_times
from slo.selectors.status_pages import PublicStanding, public_standing
from slo.selectors.what_if import REPLAYED_DAYS, Changes, Version, WhatIf, what_if
from slo.selectors.windows import Readings, cumulative_counts

__all__ = [
    "REPLAYED_DAYS",
    "SHOWN_WINDOWS",
    "Account",
    "BurnDown",
    "Changes",
    "CorrectionSpans",
    "DepletionForecast",
    "Gate",
    "Impact",
    "IncidentImpact",
    "Ledger",
    "LedgerLine",
    "Level",
    "MinuteShare",
    "ObjectiveForecast",
    "ObjectiveStatus",
    "PairStatus",
    "PublicStanding",
    "Readings",
    "ResponseTimes",
    "Scorecard",
    "Version",
    "WhatIf",
    "accounts",
    "all_corrections",
    "all_freeze_overrides",
    "all_indicators",
    "all_objective_statuses",
    "all_objectives",
    "bad_shares",
    "burn_down",
    "burn_down_by_minutes",
    "burning_objectives",
    "correction_spans",
    "cumulative_counts",
    "definition_of",
    "excluded_spans",
    "find_objective",
    "forecast_of",
    "forecast_scorecard",
    "frozen_services",
    "gate",
    "get_correction",
    "get_freeze_override",
    "get_indicators",
    "get_objective",
    "impacts_of_time",
    "incident_impact",
    "known_service_slugs",
    "latency_histogram",
    "latest_depletions",
    "ledger",
    "malformed_line_count",
    "minutes_of",
    "objective_counts_by_level",
    "objective_histories",
    "objective_status",
    "objective_statuses",
    "openslo_text",
    "overrides_in_force",
    "prometheus_text",
    "public_standing",
    "pulled_sources",
    "pushed_routes",
    "refused_counts",
    "response_times",
    "series_history",
    "statuses_of_services",
    "stored_definitions",
    "watches_by_service",
    "what_if",
    "window_starts",
    "worst_minutes",
]
