"""What can be done with promises: count requests, define objectives, evaluate them."""

from slo.services.access_logs import AccessLogFollower, Progress
from slo.services.buckets import add_counts
from slo.services.demo import sow_demo
from slo.services.evaluation import BurnRate, calculate_burn_rate, evaluate_objectives
from slo.services.objectives import (
    DEFAULT_WINDOW,
    add_burn_window,
    change_objective,
    create_composite,
    create_indicator,
    create_objective,
    give_default_burn_windows,
    refuse_invalid,
    save_objective,
)
from slo.services.requests import Ingested, RejectedItem, ingest_requests, record_request
from slo.services.seeds import sow_defaults

__all__ = [
    "DEFAULT_WINDOW",
    "AccessLogFollower",
    "BurnRate",
    "Ingested",
    "Progress",
    "RejectedItem",
    "add_burn_window",
    "add_counts",
    "calculate_burn_rate",
    "change_objective",
    "create_composite",
    "create_indicator",
    "create_objective",
    "evaluate_objectives",
    "give_default_burn_windows",
    "ingest_requests",
    "record_request",
    "refuse_invalid",
    "save_objective",
    "sow_defaults",
    "sow_demo",
]
