"""What /metrics says of promises."""

from collections.abc import Iterator

from portal.shared.metrics import Sample, register_gauge
from slo import selectors


def register() -> None:
    register_gauge("slo_objectives", "Active objectives, by alert level.", _by_level)
    register_gauge(
        "slo_access_log_malformed_lines",
        "Lines of access logs that no request was read from, by service.",
        _malformed_lines,
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
