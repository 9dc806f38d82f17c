"""What one served request adds, worked out once for all requests that are alike.

Requests with the same service, endpoint, method and status differ in their time alone, so a
route knows beforehand which indicators gain what; a key then names the rest.
"""

from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from slo.rules.burn_rate import Counts
from slo.rules.exponential_histogram import HIGHEST, LOWEST, bucket_of
from slo.rules.request_outcome import Kind, ServedRequest, Watch, is_good

# A key is the number of a verdict times this, and the place of the latency's bucket.
STRIDE = 4096
NOT_MEASURED = STRIDE - 1
# Stands for "no latency bucket" where words are kept; no bucket is so low.
NO_BUCKET = LOWEST - 1
_WORDS_BEFORE_PARTS = 2
_WORDS_A_PART = 3

# Which indicators a request counts for: its id, whether it is good there, and whether its
# latency is kept.
Verdict = tuple[tuple[int, bool, bool], ...]


@dataclass(frozen=True, slots=True)
class Route:
    """The verdicts on requests that differ in their time alone.

    `keys[i]` is of those that exceed i of the thresholds; without thresholds the time does
    not matter, and `unmeasured` is what counts. None: nothing watches such a request.
    """

    thresholds: tuple[int, ...]
    keys: tuple[int, ...]
    unmeasured: int | None

    def key(self, milliseconds: float) -> int | None:
        """This will return the key of a request that took so long."""
        if not self.thresholds:
            return self.unmeasured
        return self.keys[bisect_left(self.thresholds, milliseconds)] + bucket_of(milliseconds)


@dataclass(slots=True)
class Verdicts:
    """Gives each distinct verdict a number; there are as many as indicators can agree."""

    known: list[Verdict] = field(default_factory=list)
    _numbers: dict[Verdict, int] = field(default_factory=dict)

    def number(self, verdict: Verdict) -> int:
        if verdict not in self._numbers:
            self._numbers[verdict] = len(self.known)
            self.known.append(verdict)
        return self._numbers[verdict]

    def words(self, key: int, *, minute: int) -> list[int]:
        """This will spell what one request of the key adds, as whole numbers to keep.

        `minute` is counted from 1970.
        """
        number, place = divmod(key, STRIDE)
        bucket = NO_BUCKET if place == NOT_MEASURED else place + LOWEST
        words = [minute, len(self.known[number])]
        for indicator_id, good, has_latency in self.known[number]:
            words += [indicator_id, int(good), bucket if has_latency else NO_BUCKET]
        return words


def route_of(request: ServedRequest, watches: Iterable[Watch], verdicts: Verdicts) -> Route:
    """This will judge requests like this one for every time that they may take."""
    concerned = [watch for watch in watches if watch.takes_in(request)]
    thresholds = _thresholds(request, concerned)
    times: list[float | None] = [None, *thresholds, *([float("inf")] if thresholds else [])]
    judged = [_verdict(request, concerned, time) for time in times]
    unmeasured, *measured = judged
    return Route(
        thresholds=thresholds,
        # A bucket's own number is added to the key as it is: the lowest is below zero.
        keys=tuple(verdicts.number(verdict) * STRIDE - LOWEST for verdict in measured),
        unmeasured=(verdicts.number(unmeasured) * STRIDE + NOT_MEASURED if unmeasured else None),
    )


def _thresholds(request: ServedRequest, watches: Sequence[Watch]) -> tuple[int, ...]:
    if request.status_code >= 500:
        return ()
    found = {w.latency_threshold_ms for w in watches if w.kind is Kind.LATENCY}
    return tuple(sorted(threshold for threshold in found if threshold is not None))


def _verdict(request: ServedRequest, watches: Sequence[Watch], time: float | None) -> Verdict:
    timed = ServedRequest(
        request.service, request.endpoint, request.method, request.status_code, time, request.at
    )
    judged = ((watch, is_good(watch, timed)) for watch in watches)
    return tuple(
        (watch.indicator_id, good, watch.kind is Kind.LATENCY)
        for watch, good in judged
        if good is not None
    )


@dataclass(slots=True)
class Gathered:
    """Counts as `add_counts` takes them; `calls` is how many requests they are of."""

    calls: int = 0
    counts: dict[tuple[int, datetime], Counts] = field(default_factory=dict)
    latencies: dict[tuple[int, datetime], Mapping[int, int]] = field(default_factory=dict)


def gathered(kept: Iterable[tuple[Sequence[int], int]]) -> Gathered:
    """This will add up kept words, each with how many requests it is of."""
    found = Gathered()
    good: Counter[tuple[int, datetime]] = Counter()
    total: Counter[tuple[int, datetime]] = Counter()
    latencies: dict[tuple[int, datetime], Counter[int]] = defaultdict(Counter)
    for words, calls in kept:
        found.calls += calls
        for place, is_right, bucket in _parts(words):
            good[place] += calls * is_right
            total[place] += calls
            if bucket != NO_BUCKET:
                latencies[place][bucket] += calls
    found.counts = {place: Counts(good[place], count) for place, count in total.items()}
    found.latencies = dict(latencies)
    return found


def words_of(kept: Sequence[int], start: int) -> Sequence[int]:
    """This will return the words that begin there. Raises ValueError where none can."""
    parts = kept[start + 1] if start + 1 < len(kept) else -1
    end = start + _WORDS_BEFORE_PARTS + parts * _WORDS_A_PART
    if parts < 0 or end > len(kept):
        raise ValueError(f"No outcome is spelled at word {start}.")
    return kept[start:end]


def _parts(words: Sequence[int]) -> Iterator[tuple[tuple[int, datetime], int, int]]:
    minute = datetime.fromtimestamp(words[0] * 60, tz=UTC)
    for start in range(_WORDS_BEFORE_PARTS, len(words), _WORDS_A_PART):
        indicator_id, good, bucket = words[start : start + _WORDS_A_PART]
        if good not in (0, 1) or not NO_BUCKET <= bucket <= HIGHEST:
            raise ValueError(f"Word {start} is no part of an outcome.")
        yield (indicator_id, minute), good, bucket
