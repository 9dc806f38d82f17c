"""What can be done with promises: count requests, define objectives, evaluate them."""

from slo.services.access_logs import AccessLogFollower, Progress
from slo.services.buckets import add_counts
from slo.services.corrections import (
    TimeTakenOut,
    check_correction,
    enter_correction,
    withdraw_correction,
)
from slo.services.definitions import Imported, import_objectives
from slo.services.demo import sow_demo
from slo.services.evaluation import (
    BurnRate,
    calculate_burn_rate,
    evaluate_due_objectives,
    evaluate_objectives,
)
from slo.services.forecasts import judge_forecasts, make_forecasts
from slo.services.freeze_overrides import (
    check_freeze_override,
    grant_freeze_override,
    revoke_freeze_override,
)
from slo.services.metric_pulls import pull_metrics
from slo.services.metric_sources import create_metric_source, forget_series, settle_unmatched
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
from slo.services.occasions import (
    Change,
    ChangeKind,
    note_change,
    note_incident,
    record_change,
)
from slo.services.otlp_metrics import receive_otlp_metrics
from slo.services.recording import stop_recorder, unflushed_requests
from slo.services.remote_write import receive_remote_write
from slo.services.reported_counts import ingest_counts
from slo.services.requests import Ingested, RejectedItem, ingest_requests, record_request
from slo.services.retention import forget_thinning, thin_buckets
from slo.services.seeds import sow_defaults
from slo.services.spools import adopt_spools

__all__ = [
    "DEFAULT_WINDOW",
    "AccessLogFollower",
    "BurnRate",
    "Change",
    "ChangeKind",
    "Imported",
    "Ingested",
    "Progress",
    "RejectedItem",
    "TimeTakenOut",
    "add_burn_window",
    "add_counts",
    "adopt_spools",
    "calculate_burn_rate",
    "change_objective",
    "check_correction",
    "check_freeze_override",
    "create_composite",
    "create_indicator",
    "create_metric_source",
    "create_objective",
    "enter_correction",
    "evaluate_due_objectives",
    "evaluate_objectives",
    "forget_series",
    "forget_thinning",
    "give_default_burn_windows",
    "grant_freeze_override",
    "import_objectives",
    "ingest_counts",
    "ingest_requests",
    "judge_forecasts",
    "make_forecasts",
    "note_change",
    "note_incident",
    "pull_metrics",
    "receive_otlp_metrics",
    "receive_remote_write",
    "record_change",
    "record_request",
    "refuse_invalid",
    "revoke_freeze_override",
    "save_objective",
    "settle_unmatched",
    "sow_defaults",
    "sow_demo",
    "stop_recorder",
    "thin_buckets",
    "unflushed_requests",
    "withdraw_correction",
]
