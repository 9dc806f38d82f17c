"""What /metrics says of the event log."""

from collections.abc import Iterator

from events import selectors
from portal.shared import clock
from portal.shared.metrics import Sample, register_gauge


def register() -> None:
    register_gauge("event_deliveries", "Deliveries that are not done, by state.", _undelivered)
    register_gauge(
        "event_delivery_oldest_wait_seconds",
        "Age of the oldest event that waits for a subscriber; absent when none waits.",
        _oldest_wait,
    )
    register_gauge(
        "event_webhooks", "Webhook subscriptions, by state; failing ones are active.", _webhooks
    )


def _undelivered() -> Iterator[Sample]:
    backlog = selectors.backlog(at=clock.now())
    yield {"state": "pending"}, backlog.pending
    yield {"state": "parked"}, backlog.parked


def _oldest_wait() -> Iterator[Sample]:
    wait = selectors.backlog(at=clock.now()).oldest_wait
    if wait is not None:
        yield {}, wait.total_seconds()


def _webhooks() -> Iterator[Sample]:
    for state, count in selectors.webhooks_by_state().items():
        yield {"state": state}, count
