"""What can be done with promises: count requests, define objectives, evaluate them."""

from slo.services.access_logs import AccessLogFollower, Progress
from slo.services.buckets import add_counts
from slo.services.evaluation import BurnRate, calculate_burn_rate, evaluate_objectives
from slo.services.forecasts import judge_forecasts, make_forecasts
from slo.services.objectives import (
    add_burn_window,
    create_composite,
    create_indicator,
    create_objective,
    give_default_burn_windows,
    refuse_invalid,
    save_objective,
)
from slo.services.requests import Ingested, RejectedItem, ingest_requests, record_request
from slo.services.seeds import sow_defaults, sow_demo

__all__ = [
    "AccessLogFollower",
    "BurnRate",
    "Ingested",
    "Progress",
    "RejectedItem",
    "add_burn_window",
    "add_counts",
    "calculate_burn_rate",
    "create_composite",
    "create_indicator",
    "create_objective",
    "evaluate_objectives",
    "give_default_burn_windows",
    "ingest_requests",
    "judge_forecasts",
    "make_forecasts",
    "record_request",
    "refuse_invalid",
    "save_objective",
    "sow_defaults",
    "sow_demo",
]
