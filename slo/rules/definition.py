"""What is promised, free of the format it was said in and of where it is stored."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from slo.rules.alert_level import WindowPair
from slo.rules.composite import Blend
from slo.rules.request_outcome import Kind
from slo.rules.time_slice import Slices
from slo.rules.window import Window

# By part of a definition, where a document says it, as JSON pointers.
Pointers = Mapping[str, str]


def _no_pointers() -> Pointers:
    return {}


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceDefinition:
    slug: str
    name: str
    description: str = ""
    pointer: str = field(default="/", compare=False)


@dataclass(frozen=True, slots=True)
class Series:
    """The series of all requests, and of the good or of the bad ones; the other is blank."""

    total: str
    good: str = ""
    bad: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class IndicatorDefinition:
    """What is counted. `components` are slugs and weights, of a composite alone."""

    slug: str
    name: str
    service: str
    kind: Kind
    endpoint: str = "*"
    method: str = ""
    latency_threshold_ms: int | None = None
    report_minutes: int | None = None
    series: Series | None = None
    components: tuple[tuple[str, int], ...] = ()
    blend: Blend = Blend.WEIGHTED_MEAN
    pointers: Pointers = field(default_factory=_no_pointers, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class ObjectiveDefinition:
    """What is promised of an indicator. Without `burn_windows` nothing was said of alerts."""

    slug: str
    name: str
    service: str
    indicator: str
    target: Decimal
    window: Window
    slices: Slices | None = None
    burn_windows: tuple[WindowPair, ...] | None = None
    pointers: Pointers = field(default_factory=_no_pointers, compare=False)


Definition = IndicatorDefinition | ObjectiveDefinition


@dataclass(frozen=True, slots=True)
class Definitions:
    """`skipped` says in sentences what was understood and has no place in the portal."""

    services: tuple[ServiceDefinition, ...] = ()
    indicators: tuple[IndicatorDefinition, ...] = ()
    objectives: tuple[ObjectiveDefinition, ...] = ()
    skipped: tuple[str, ...] = ()
