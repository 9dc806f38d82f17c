"""What /metrics says of promises."""

from collections.abc import Iterator

from portal.shared import clock
from portal.shared.metrics import Sample, register_gauge
from slo import selectors, services


def register() -> None:
    register_gauge("slo_objectives", "Active objectives, by alert level.", _by_level)
    register_gauge(
        "slo_access_log_malformed_lines",
        "Lines of access logs that no request was read from, by service.",
        _malformed_lines,
    )
    register_gauge(
        "slo_error_budget_remaining",
        "Share of the error budget that is left, corrections taken out, by objective.",
        _remaining,
    )
    register_gauge(
        "slo_gate_frozen",
        "1 where a spent budget shuts the gate and no override lifts it, by service.",
        _frozen,
    )
    register_gauge(
        "slo_recorder_unflushed",
        "Requests that this process has recorded and not yet written.",
        _unflushed,
    )
    register_gauge(
        "slo_refused_samples",
        "Samples and counts that were sent and not counted, by channel and reason.",
        _refused,
    )


def _by_level() -> Iterator[Sample]:
    for level, count in selectors.objective_counts_by_level().items():
        yield {"level": level.value}, count


def _refused() -> Iterator[Sample]:
    for (channel, reason), count in selectors.refused_counts().items():
        yield {"channel": channel, "reason": reason}, count


def _malformed_lines() -> Iterator[Sample]:
    for service, lines in selectors.malformed_line_count().items():
        yield {"service": service}, lines


def _remaining() -> Iterator[Sample]:
    for status in selectors.all_objective_statuses(at=clock.now()):
        if status.remaining is not None:
            yield {"objective": status.slug}, status.remaining


def _frozen() -> Iterator[Sample]:
    for service, is_frozen in selectors.frozen_services(at=clock.now()).items():
        yield {"service": service}, int(is_frozen)


def _unflushed() -> Iterator[Sample]:
    yield {}, services.unflushed_requests()
