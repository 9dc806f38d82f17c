"""Which served requests count for which kind of indicator, and which of them are good."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from slo.rules.burn_rate import Counts
from slo.rules.endpoint_pattern import matches
from slo.rules.exponential_histogram import bucket_of
from slo.rules.minute import minute_of

TOO_MANY_REQUESTS = 429


class Kind(StrEnum):
    AVAILABILITY = "availability"
    LATENCY = "latency"
    ERROR_RATE = "error_rate"
    COUNTS = "counts"
    COMPOSITE = "composite"
    SLICES = "slices"


# The others are counted by somebody else, or from other indicators.
REQUEST_KINDS = frozenset({Kind.AVAILABILITY, Kind.LATENCY, Kind.ERROR_RATE})


@dataclass(frozen=True, slots=True)
class ServedRequest:
    """One request that a service answered. `response_time_ms` is None when not measured."""

    service: str
    endpoint: str
    method: str
    status_code: int
    response_time_ms: float | None
    at: datetime


@dataclass(frozen=True, slots=True)
class Watch:
    """What one indicator looks at; an empty method is any."""

    indicator_id: int
    kind: Kind
    endpoint: str
    method: str
    latency_threshold_ms: int | None

    def takes_in(self, request: ServedRequest) -> bool:
        return self.method in ("", request.method) and matches(self.endpoint, request.endpoint)


def is_good(watch: Watch, request: ServedRequest) -> bool | None:
    """This will tell whether the request is good, or None when the kind does not count it.

    Availability: the server answered, so every status below 500 is good. Error rate: bad
    are the errors that the service causes, 5xx and 429; other 4xx are the client's own.
    Latency: counts requests that were answered and measured; good is at most the threshold.
    """
    is_answered = request.status_code < 500
    match watch.kind:
        case Kind.AVAILABILITY:
            return is_answered
        case Kind.ERROR_RATE:
            return is_answered and request.status_code != TOO_MANY_REQUESTS
        case Kind.LATENCY:
            time, threshold = request.response_time_ms, watch.latency_threshold_ms
            if not is_answered or time is None or threshold is None:
                return None
            return time <= threshold
    return None


@dataclass(slots=True)
class Tally:
    """Counts and latency buckets by indicator and minute."""

    counts: dict[tuple[int, datetime], Counts] = field(default_factory=dict)
    latencies: dict[tuple[int, datetime], Counter[int]] = field(default_factory=dict)

    def add(self, watch: Watch, request: ServedRequest, *, minute: datetime) -> None:
        good = is_good(watch, request) if watch.takes_in(request) else None
        if good is None:
            return
        place = (watch.indicator_id, minute)
        self.counts[place] = self.counts.get(place, Counts()) + Counts(int(good), 1)
        if watch.kind is Kind.LATENCY and request.response_time_ms is not None:
            self.latencies.setdefault(place, Counter())[bucket_of(request.response_time_ms)] += 1


def tally(requests: Iterable[ServedRequest], watches: Mapping[str, Sequence[Watch]]) -> Tally:
    """This will count the requests by indicator and minute; `watches` is keyed by service."""
    found = Tally()
    for request in requests:
        minute = minute_of(request.at)
        for watch in watches.get(request.service, ()):
            found.add(watch, request, minute=minute)
    return found
