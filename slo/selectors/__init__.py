"""What the rest of the portal may ask about promises; nothing here writes."""

from slo.rules.alert_level import Level
from slo.selectors.access_logs import malformed_line_count
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
    burn_down,
    burning_objectives,
    objective_counts_by_level,
    objective_status,
    objective_statuses,
    statuses_of_services,
)
from slo.selectors.windows import cumulative_counts

__all__ = [
    "SHOWN_WINDOWS",
    "Level",
    "ObjectiveStatus",
    "PairStatus",
    "all_indicators",
    "all_objective_statuses",
    "all_objectives",
    "burn_down",
    "burning_objectives",
    "cumulative_counts",
    "find_objective",
    "get_objective",
    "known_service_slugs",
    "malformed_line_count",
    "objective_counts_by_level",
    "objective_status",
    "objective_statuses",
    "statuses_of_services",
    "watches_by_service",
]
