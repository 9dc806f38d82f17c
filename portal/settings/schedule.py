"""The whole clock of the portal on one page: what Celery Beat starts, and how often.

Every entry is a sweep that is safe to run twice, late, or from two Beats at once: it finds
rows that are due and claims them. Nothing is remembered between two ticks but rows.
A test asserts that each name here is a registered task.
"""

from typing import Any

BEAT_SCHEDULE: dict[str, dict[str, Any]] = {
    "Deliver events that no poke delivered": {
        "task": "events.deliver_due_events",
        "schedule": 1.0,
    },
    "Send the broker what nobody else has sent": {
        "task": "events.relay_events",
        "schedule": 5.0,
    },
    "Bring projections of the event log up to date": {
        "task": "events.project_events",
        "schedule": 5.0,
    },
    "Find deliveries that lost their place": {
        "task": "events.restore_heads",
        "schedule": 60.0,
    },
    "Send webhooks that nobody else has sent": {
        "task": "events.deliver_webhooks",
        "schedule": 5.0,
    },
    "Discard what deleted webhooks were still given": {
        "task": "events.discard_strays",
        "schedule": 600.0,
    },
    "Make room for the events of the coming days": {
        "task": "events.prepare_partitions",
        "schedule": 3600.0,
    },
    "Seal the days of the event log that are over": {
        "task": "events.seal_days",
        "schedule": 900.0,
    },
    "Drop days of the event log whose time is over": {
        "task": "events.drop_expired_days",
        "schedule": 3600.0,
    },
    "Forget what was delivered long ago": {
        "task": "events.forget_deliveries",
        "schedule": 3600.0,
    },
    "Forget snapshots of events that are no longer kept": {
        "task": "events.forget_snapshots",
        "schedule": 3600.0,
    },
    "Start escalation steps that are due": {
        "task": "incidents.start_due_steps",
        "schedule": 1.0,
    },
    "Send pages that are due": {
        "task": "incidents.send_due_pages",
        "schedule": 1.0,
    },
    "Evaluate every objective": {
        "task": "slo.evaluate_objectives",
        "schedule": 10.0,
    },
    "Count what processes that are gone had recorded": {
        "task": "slo.adopt_spools",
        "schedule": 10.0,
    },
    "Keep old buckets coarser": {
        "task": "slo.thin_buckets",
        "schedule": 3600.0,
    },
    "Read metrics from every Prometheus that is named": {
        "task": "slo.pull_metrics",
        "schedule": 60.0,
    },
    "Give up on good requests whose total never came": {
        "task": "slo.settle_unmatched",
        "schedule": 60.0,
    },
    "Forget series that ended long ago": {
        "task": "slo.forget_series",
        "schedule": 3600.0,
    },
    "Forecast every budget, and judge what was forecast": {
        "task": "slo.make_forecasts",
        # More often than each hour is forecast, so that a missed beat costs no forecast.
        "schedule": 600.0,
    },
    "Forget idempotency keys past their retention": {
        "task": "shared.forget_idempotency_keys",
        "schedule": 3600.0,
    },
}
