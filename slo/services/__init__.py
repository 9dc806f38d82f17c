"""What can be done with promises: count requests, define objectives, evaluate them."""

from slo.services.access_logs import AccessLogFollower, Progress
from slo.services.buckets import add_counts
from slo.services.evaluation import BurnRate, calculate_burn_rate, evaluate_objectives
from slo.services.metric_pulls import pull_metrics
from slo.services.metric_sources import create_metric_source, forget_series, settle_unmatched
from slo.services.objectives import (
    add_burn_window,
    create_composite,
    create_indicator,
    create_objective,
    give_default_burn_windows,
    refuse_invalid,
    save_objective,
)
from slo.services.otlp_metrics import receive_otlp_metrics
from slo.services.remote_write import receive_remote_write
from slo.services.reported_counts import ingest_counts
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
    "create_metric_source",
    "create_objective",
    "evaluate_objectives",
    "forget_series",
    "give_default_burn_windows",
    "ingest_counts",
    "ingest_requests",
    "pull_metrics",
    "receive_otlp_metrics",
    "receive_remote_write",
    "record_request",
    "refuse_invalid",
    "save_objective",
    "settle_unmatched",
    "sow_defaults",
    "sow_demo",
]
