"""What one batch says of one series, for one source."""

from collections.abc import Mapping
from dataclasses import dataclass

from slo.rules.counter import Sample
from slo.rules.metric_routes import Route


@dataclass(slots=True)
class Readings:
    """`key` is what the series' state is stored under; `unit_ms` is the unit of its shapes."""

    route: Route
    key: str
    labels: Mapping[str, str]
    samples: list[Sample]
    is_delta: bool = False
    unit_ms: float | None = None

    @property
    def metric(self) -> str:
        return self.route.selector.metric
