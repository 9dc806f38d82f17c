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
        "event_consumer_lag_events",
        "Events a consumer group has not taken, by consumer; absent while unknown.",
        _lag_in_events,
    )
    register_gauge(
        "event_consumer_lag_seconds",
        "Age of the oldest event a consumer group has not taken; absent when none waits.",
        _lag_in_seconds,
    )
    register_gauge(
        "event_log_position",
        "The last position of the log: whatever grows is being ordered.",
        _position,
    )
    register_gauge(
        "event_log_unsequenced_seconds",
        "Age of the oldest event without a position; absent when there is none.",
        _unsequenced,
    )
    register_gauge(
        "event_relay_lag_events",
        "Events the broker was not sent, by broker; absent while unknown.",
        _relay_lag,
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


def _lag_in_events() -> Iterator[Sample]:
    for lag in selectors.consumer_lags(at=clock.now()):
        if lag.events is not None:
            yield {"consumer": lag.name}, lag.events


def _lag_in_seconds() -> Iterator[Sample]:
    for lag in selectors.consumer_lags(at=clock.now()):
        if lag.wait is not None:
            yield {"consumer": lag.name}, lag.wait.total_seconds()


def _position() -> Iterator[Sample]:
    yield {}, selectors.head(at=clock.now()).position


def _unsequenced() -> Iterator[Sample]:
    waiting = selectors.head(at=clock.now()).unsequenced_for
    if waiting is not None:
        yield {}, waiting.total_seconds()


def _relay_lag() -> Iterator[Sample]:
    lag = selectors.relay_lag(at=clock.now())
    if lag.events is not None:
        yield {"broker": lag.broker}, lag.events


def _webhooks() -> Iterator[Sample]:
    for state, count in selectors.webhooks_by_state().items():
        yield {"state": state}, count
