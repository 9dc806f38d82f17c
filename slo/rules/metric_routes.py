"""Where the samples of a series go: which sources count it, and as what."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import lru_cache

from slo.rules.metric_selector import Selector, parse_selector

# Series that a process remembers the way of, whether or not they have one.
MOST_REMEMBERED = 200_000


class Role(StrEnum):
    TOTAL = "total"
    GOOD = "good"
    BAD = "bad"


@dataclass(frozen=True, slots=True)
class SourceDefinition:
    """A source as it is stored: what is counted for which indicator."""

    source_id: int
    indicator_id: int
    takes_latencies: bool
    selectors: tuple[tuple[Role, str], ...]

    @property
    def counts_bad(self) -> bool:
        return any(role is Role.BAD for role, _text in self.selectors)


@dataclass(frozen=True, slots=True)
class Route:
    source: SourceDefinition
    role: Role
    selector: Selector


@dataclass(frozen=True, slots=True)
class Way:
    """Of one series: its metric and labels, and its routes, none where nobody counts it.

    `keys` are what its states are stored under, one a route.
    """

    metric: str
    labels: Mapping[str, str]
    routes: tuple[Route, ...]
    keys: tuple[str, ...] = ()


def series_key(
    *, channel: str, route: Route, labels: Mapping[str, str], is_delta: bool = False
) -> str:
    """This will name a series of a source, the same in whatever order its labels come."""
    identity = [channel, route.source.source_id, route.role, route.selector.metric, is_delta]
    spelled = json.dumps([*identity, sorted(labels.items())], separators=(",", ":"))
    return hashlib.sha256(spelled.encode()).hexdigest()


@dataclass(slots=True)
class Routes:
    """Looked up by the name of the metric first: most series are nobody's."""

    by_metric: dict[str, list[Route]]
    _remembered: dict[bytes, Way] = field(default_factory=dict)

    def of(self, metric: str, labels: Mapping[str, str]) -> tuple[Route, ...]:
        found = self.by_metric.get(metric, ())
        return tuple(route for route in found if route.selector.accepts(labels))

    def remembered(self, packed: bytes) -> Way | None:
        return self._remembered.get(packed)

    def remember(self, packed: bytes, labels: dict[str, str], *, channel: str) -> Way:
        metric = labels.pop("__name__", "")
        routes = self.of(metric, labels)
        keys = (series_key(channel=channel, route=r, labels=labels) for r in routes)
        # The labels of what nobody counts would only fill the memory.
        way = Way(metric, labels if routes else {}, routes, tuple(keys))
        if len(self._remembered) >= MOST_REMEMBERED:
            self._remembered.clear()
        self._remembered[packed] = way
        return way


@lru_cache(maxsize=4)
def routes_of(definitions: tuple[SourceDefinition, ...]) -> Routes:
    """This will make routes, once for as long as the sources stay as they are."""
    return Routes(_by_metric(definitions))


def _by_metric(definitions: Iterable[SourceDefinition]) -> dict[str, list[Route]]:
    by_metric: dict[str, list[Route]] = {}
    for source in definitions:
        for role, text in source.selectors:
            selector = parse_selector(text)
            by_metric.setdefault(selector.metric, []).append(Route(source, role, selector))
    return by_metric
