"""What can be done with promises: count requests, define objectives, evaluate them."""

from slo.services.access_logs import AccessLogFollower, Progress
from slo.services.buckets import add_counts
from slo.services.evaluation import BurnRate, calculate_burn_rate, evaluate_objectives
from slo.services.objectives import (
    add_burn_window,
    create_composite,
    create_indicator,
    create_objective,
    give_default_burn_windows,
    refuse_invalid,
    save_objective,
)
from slo.services.recording import stop_recorder, unflushed_requests
from slo.services.requests import Ingested, RejectedItem, ingest_requests, record_request
from slo.services.retention import forget_thinning, thin_buckets
from slo.services.seeds import sow_defaults, sow_demo
from slo.services.spools import adopt_spools

__all__ = [
    "AccessLogFollower",
    "BurnRate",
    "Ingested",
    "Progress",
    "RejectedItem",
    "add_burn_window",
    "add_counts",
    "adopt_spools",
    "calculate_burn_rate",
    "create_composite",
    "create_indicator",
    "create_objective",
    "evaluate_objectives",
    "forget_thinning",
    "give_default_burn_windows",
    "ingest_requests",
    "record_request",
    "refuse_invalid",
    "save_objective",
    "sow_defaults",
    "sow_demo",
    "stop_recorder",
    "thin_buckets",
    "unflushed_requests",
]
