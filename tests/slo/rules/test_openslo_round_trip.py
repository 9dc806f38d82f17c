"""Whatever is promised reads back from OpenSLO as the same promise."""

from decimal import Decimal
from zoneinfo import ZoneInfo

import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from slo.rules.alert_level import Level, WindowPair
from slo.rules.composite import Blend
from slo.rules.definition import (
    Definition,
    Definitions,
    IndicatorDefinition,
    ObjectiveDefinition,
    Series,
    ServiceDefinition,
)
from slo.rules.definition_document import read_definitions
from slo.rules.openslo_writing import openslo_documents
from slo.rules.request_outcome import Kind
from slo.rules.time_slice import SLICE_MINUTES, Budgeting, Slices
from slo.rules.window import CalendarUnit, CalendarWindow, RollingWindow
from slo.rules.yaml_writing import yaml_text

ZONES = [ZoneInfo(name) for name in ("UTC", "Europe/Berlin", "America/St_Johns", "Asia/Kathmandu")]
PERCENT = st.integers(1, 999_999).map(lambda steps: Decimal(steps) / 10_000)
# YAML, HTML and shells have opinions about these.
WORDS = st.text(
    st.characters(codec="utf-8", categories=["L", "N", "P", "S", "Zs"]), min_size=1, max_size=30
)
NAMES = WORDS.map(str.strip).filter(bool)
SELECTORS = st.sampled_from(
    ["http_requests_total", 'a{b="c"}', r'a{b=~"\\d+|x: y",c!="#"}', 'ns:a:b{é="{{"}'][:3]
)
WINDOWS = st.one_of(
    st.integers(1, 90).map(RollingWindow),
    st.builds(CalendarWindow, st.sampled_from(CalendarUnit), st.sampled_from(ZONES)),
)
SLICES = st.one_of(
    st.none(),
    st.builds(Slices, st.just(Budgeting.RATIO_TIMESLICES), st.sampled_from(SLICE_MINUTES)),
    st.builds(
        Slices, st.just(Budgeting.TIMESLICES), st.sampled_from(SLICE_MINUTES),
        st.one_of(PERCENT, st.just(Decimal(100))),
    ),
)  # fmt: skip


@st.composite
def burn_windows(draw: st.DrawFn) -> tuple[WindowPair, ...]:
    lengths = st.integers(2, 30_000).flatmap(
        lambda long: st.tuples(st.just(long), st.integers(1, long - 1))
    )
    found = draw(st.lists(lengths, max_size=4, unique=True))
    levels = st.sampled_from([level for level in Level if level is not Level.NORMAL])
    shares = st.integers(1, 10_000).map(lambda steps: Decimal(steps) / 10_000)
    return tuple(WindowPair(*pair, draw(shares), draw(levels)) for pair in sorted(found))


@st.composite
def counted(draw: st.DrawFn, slug: str) -> IndicatorDefinition:
    kind = draw(st.sampled_from([Kind.AVAILABILITY, Kind.LATENCY, Kind.ERROR_RATE, Kind.COUNTS]))
    total, part = draw(SELECTORS), draw(SELECTORS)
    series = draw(st.sampled_from([Series(total, good=part), Series(total, bad=part), None]))
    is_counts = kind is Kind.COUNTS
    return IndicatorDefinition(
        slug=slug,
        name=draw(NAMES),
        service=draw(st.sampled_from(["shop", "Blog_2", "on"])),
        kind=kind,
        endpoint="*" if is_counts else draw(st.sampled_from(["*", "/a/*", "/no"])),
        method="" if is_counts else draw(st.sampled_from(["", "GET", "POST"])),
        latency_threshold_ms=draw(st.integers(1, 10_000)) if kind is Kind.LATENCY else None,
        report_minutes=draw(st.one_of(st.none(), st.integers(1, 1440))),
        series=series if is_counts else None,
    )


@st.composite
def composite_of(draw: st.DrawFn, parts: list[IndicatorDefinition]) -> IndicatorDefinition:
    weights = st.integers(1, 1_000_000)
    return IndicatorDefinition(
        slug="journey",
        name=draw(NAMES),
        service=parts[0].service,
        kind=Kind.COMPOSITE,
        components=tuple((part.slug, draw(weights)) for part in parts),
        blend=draw(st.sampled_from(Blend)),
    )


@st.composite
def promises(draw: st.DrawFn) -> Definitions:
    indicators = [draw(counted(f"indicator-{n}")) for n in range(draw(st.integers(1, 3)))]
    if draw(st.booleans()):
        indicators.append(draw(composite_of(indicators)))
    objectives = [
        ObjectiveDefinition(
            slug=f"objective-{number}",
            name=draw(NAMES),
            service=indicator.service,
            indicator=indicator.slug,
            target=draw(PERCENT),
            window=draw(WINDOWS),
            slices=draw(SLICES) if indicator.kind is not Kind.COMPOSITE else None,
            burn_windows=draw(st.one_of(st.none(), burn_windows())),
        )
        for number, indicator in enumerate(indicators)
    ]
    services = [
        ServiceDefinition(slug=s, name=draw(NAMES)) for s in {i.service for i in indicators}
    ]
    return Definitions(tuple(services), tuple(indicators), tuple(objectives))


@settings(max_examples=200, deadline=None)
@given(promises())
def test_reads_what_it_wrote(promised: Definitions) -> None:
    text = yaml_text(openslo_documents(promised))

    read = read_definitions(text)

    assert read.mistakes == ()
    assert read.definitions.skipped == ()
    assert set(read.definitions.services) == set(promised.services)
    assert by_slug(read.definitions) == by_slug(promised)
    assert len(list(yaml.safe_load_all(text))) > 1


def by_slug(definitions: Definitions) -> dict[tuple[str, str], Definition]:
    found: list[Definition] = [*definitions.indicators, *definitions.objectives]
    return {(type(definition).__name__, definition.slug): definition for definition in found}
