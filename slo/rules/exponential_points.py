"""Exponential histograms as OpenTelemetry sends them, and what their buckets are as latencies.

A sender chooses its scale and lowers it when values spread out. Buckets of a finer scale merge
into those of a coarser one without loss; the other way, a bucket is spread evenly.
"""

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

from slo.rules.exponential_histogram import SCALE, bucket_of

# Milliseconds of one unit, as OpenTelemetry names units.
UNITS = {"s": 1000.0, "ms": 1.0, "us": 1e-3, "ns": 1e-6}
# What OpenTelemetry's data model allows, with room: 2^(2^11) is no float.
SCALES = range(-10, 21)
MOST_BUCKETS = 20_000


@dataclass(frozen=True, slots=True)
class Shape:
    """Counts by bucket; `zero` counts what is too small for any."""

    scale: int
    zero: int
    buckets: Mapping[int, int]

    @classmethod
    def of(cls, scale: int, zero: int, offset: int, counts: Sequence[int]) -> Self:
        return cls(scale, zero, {offset + i: n for i, n in enumerate(counts) if n})

    @classmethod
    def stored(cls, document: Any) -> Self | None:
        if document is None:
            return None
        buckets = dict(zip(document["indexes"], document["counts"], strict=True))
        return cls(document["scale"], document["zero"], buckets)

    def document(self) -> dict[str, Any]:
        """This will spell the shape as it is stored."""
        return {
            "scale": self.scale,
            "zero": self.zero,
            "indexes": list(self.buckets),
            "counts": list(self.buckets.values()),
        }

    @property
    def total(self) -> int:
        return self.zero + sum(self.buckets.values())

    def rescaled(self, scale: int) -> "Shape":
        """This will merge buckets into those of a coarser scale; a finer one changes nothing."""
        shift = self.scale - scale
        if shift <= 0:
            return self
        merged: Counter[int] = Counter()
        for index, count in self.buckets.items():
            merged[index >> shift] += count
        return Shape(scale, self.zero, merged)

    def since(self, before: "Shape") -> "Shape | None":
        """This will return what came since; None when the other is no earlier state of it."""
        scale = min(self.scale, before.scale)
        now, then = self.rescaled(scale), before.rescaled(scale)
        gained = {i: n - then.buckets.get(i, 0) for i, n in now.buckets.items()}
        is_earlier = then.buckets.keys() <= now.buckets.keys() and then.zero <= now.zero
        if not is_earlier or min(gained.values(), default=0) < 0:
            return None
        return Shape(scale, now.zero - then.zero, {i: n for i, n in gained.items() if n})

    def latencies(self, *, unit_ms: float) -> Counter[int]:
        """This will return the counts by our own buckets, within half a bucket of ours."""
        merged = self.rescaled(SCALE)
        parts = 1 << (SCALE - merged.scale)
        found: Counter[int] = Counter()
        if merged.zero:
            found[bucket_of(0)] += merged.zero
        for index, count in merged.buckets.items():
            for part, share in _spread(count, parts):
                middle = (index + (part + 0.5) / parts) * 2.0**-merged.scale
                # Far beyond a day, and far below a microsecond, one bucket holds all.
                found[bucket_of(2.0 ** min(max(middle, -60.0), 60.0) * unit_ms)] += share
        return found

    def at_most(self, bound: float) -> int | None:
        """This will return how many are at most the bound; None when it lies within a bucket."""
        if bound <= 0:
            return self.zero if bound == 0 else None
        scaled = _log2_exactly(bound, self.scale)
        if scaled is None:
            return None
        return self.zero + sum(n for index, n in self.buckets.items() if index < scaled)


def _spread(count: int, parts: int) -> list[tuple[int, int]]:
    """Even shares of a bucket that is as wide as so many of ours."""
    if parts == 1:
        return [(0, count)]
    if count < parts:
        # One each, spaced out: a bucket may be as wide as thousands.
        return [((2 * i + 1) * parts // (2 * count), 1) for i in range(count)]
    return [(i, count * (i + 1) // parts - count * i // parts) for i in range(parts)]


def _log2_exactly(bound: float, scale: int) -> int | None:
    """The index of the bucket that begins at the bound, where one does.

    A bound is exact where it is a power of two: of others, no float is a bucket's bound.
    """
    mantissa, exponent = math.frexp(bound)
    if mantissa != 0.5:
        return None
    power = exponent - 1
    if scale >= 0:
        return power << scale
    return power >> -scale if power % (1 << -scale) == 0 else None
