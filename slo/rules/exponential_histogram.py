"""Latencies in base-2 exponential buckets, as OpenTelemetry and Prometheus count them.

Bucket i holds what is above base^i and at most base^(i+1), where base = 2^(2^-scale). Buckets
of the same scale add and subtract, so a window is the difference of two cumulative rows.
"""

import math
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

# Buckets of 2.2 %: the median error of a quantile inside one is a tenth of that.
SCALE = 5
BUCKETS_A_DOUBLING = 32
# From a microsecond to more than a day, in milliseconds; what is below is in the lowest.
LOWEST, HIGHEST = -10 * BUCKETS_A_DOUBLING, 27 * BUCKETS_A_DOUBLING
_OFFSET_BYTES = 4


def bucket_of(milliseconds: float) -> int:
    """This will return the bucket that holds the latency."""
    if milliseconds <= 0:
        return LOWEST
    index: int = math.ceil(math.log2(milliseconds) * BUCKETS_A_DOUBLING) - 1
    # Comparisons, not min() and max(): this is asked for every request.
    if LOWEST <= index <= HIGHEST:
        return index
    return LOWEST if index < LOWEST else HIGHEST


def upper_bound(index: int) -> float:
    """This will return the highest latency of the bucket, in milliseconds."""
    return float(2 ** ((index + 1) / BUCKETS_A_DOUBLING))


@dataclass(frozen=True, slots=True, eq=False)
class Histogram:
    """Counts of the buckets from `offset` on."""

    offset: int
    counts: npt.NDArray[np.int64]

    @classmethod
    def of(cls, buckets: Mapping[int, int]) -> "Histogram":
        if not buckets:
            return cls(LOWEST, np.zeros(0, dtype=np.int64))
        lowest, highest = min(buckets), max(buckets)
        counts = np.zeros(highest - lowest + 1, dtype=np.int64)
        for index, count in buckets.items():
            counts[index - lowest] += count
        return cls(lowest, counts)

    @classmethod
    def unpacked(cls, packed: bytes | memoryview) -> "Histogram":
        packed = bytes(packed)
        if not packed:
            return cls.of({})
        offset = int.from_bytes(packed[:_OFFSET_BYTES], "little", signed=True)
        counts = np.frombuffer(zlib.decompress(packed[_OFFSET_BYTES:]), dtype="<i8")
        return cls(offset, counts.astype(np.int64))

    def packed(self) -> bytes:
        """This will spell the histogram in a few hundred bytes."""
        if not self.counts.size:
            return b""
        head = self.offset.to_bytes(_OFFSET_BYTES, "little", signed=True)
        return head + zlib.compress(self.counts.astype("<i8").tobytes(), 1)

    def __add__(self, other: "Histogram") -> "Histogram":
        return self._combined(other, sign=1)

    def __sub__(self, other: "Histogram") -> "Histogram":
        return self._combined(other, sign=-1)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Histogram) and dict(self.buckets()) == dict(other.buckets())

    def __hash__(self) -> int:
        return hash(tuple(self.buckets()))

    @property
    def total(self) -> int:
        return int(self.counts.sum())

    def buckets(self) -> Iterator[tuple[int, int]]:
        for place in np.flatnonzero(self.counts):
            yield self.offset + int(place), int(self.counts[place])

    def quantile(self, share: float) -> float | None:
        """This will return the latency that this share of requests does not exceed.

        The requests of a bucket are taken to lie evenly on its logarithmic scale; the error
        is within 2^(2^-scale) − 1. None without requests.
        """
        total = self.total
        if not total:
            return None
        rank = max(math.ceil(share * total), 1)
        reached = np.cumsum(self.counts)
        place = int(np.searchsorted(reached, rank))
        before = int(reached[place - 1]) if place else 0
        within = (rank - before - 0.5) / int(self.counts[place])
        return float(2 ** ((self.offset + place + within) / BUCKETS_A_DOUBLING))

    def at_most(self, milliseconds: float) -> int:
        """This will return how many requests took at most so long, to the bucket."""
        end = bucket_of(milliseconds) + 1 - self.offset
        return int(self.counts[: max(end, 0)].sum())

    def _combined(self, other: "Histogram", *, sign: int) -> "Histogram":
        if not other.counts.size:
            return self
        mine = (self.offset, self.offset + self.counts.size) if self.counts.size else None
        low, high = other.offset, other.offset + other.counts.size
        if mine:
            low, high = min(low, mine[0]), max(high, mine[1])
        counts: npt.NDArray[Any] = np.zeros(high - low, dtype=np.int64)
        if mine:
            counts[mine[0] - low : mine[1] - low] += self.counts
        start = other.offset - low
        counts[start : start + other.counts.size] += sign * other.counts
        return Histogram(low, counts)
