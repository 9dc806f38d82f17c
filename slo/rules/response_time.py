"""How long incidents take to be noticed, taken on and ended; told with how many there were."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, slots=True)
class Spread:
    """Half of the times were at most `p50`, nine of ten at most `p90`; None without any."""

    sample_size: int
    p50: timedelta | None
    p90: timedelta | None


def spread(times: Iterable[timedelta | None]) -> Spread:
    """This will return the percentiles by nearest rank; None is a time nobody knows."""
    known = sorted(time for time in times if time is not None)
    return Spread(len(known), _ranked(known, 50), _ranked(known, 90))


def _ranked(known: list[timedelta], percent: int) -> timedelta | None:
    if not known:
        return None
    return known[-(-len(known) * percent // 100) - 1]
