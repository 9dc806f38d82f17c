"""How long it took until somebody was on it, and until it was over."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Durations:
    """`to_acknowledge` is None when the incident was over before anybody acknowledged."""

    to_acknowledge: float | None
    to_resolve: float


def durations(
    *, opened_at: datetime, acknowledged_at: datetime | None, resolved_at: datetime
) -> Durations:
    return Durations(
        to_acknowledge=(acknowledged_at - opened_at).total_seconds() if acknowledged_at else None,
        to_resolve=(resolved_at - opened_at).total_seconds(),
    )


def mean_seconds(values: Iterable[float | None]) -> float | None:
    """This will return the mean of what is known (MTTA, MTTR); None when nothing is."""
    known = [value for value in values if value is not None]
    return sum(known) / len(known) if known else None
