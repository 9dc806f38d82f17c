"""Fans and comparisons: every course on the paper, in words too, gaps left out."""

import math
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from xml.etree import ElementTree as ET

import pytest

from portal.shared.charts import Point
from portal.shared.fan_chart import comparison_svg, fan_svg

AT = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
SVG = "{http://www.w3.org/2000/svg}"


def points(*values: float, since: int = 0) -> list[Point]:
    return [(AT + (since + n) * timedelta(hours=1), value) for n, value in enumerate(values)]


def fan(
    past: Sequence[Point] = (),
    median: Sequence[Point] = (),
    bands: Sequence[tuple[Sequence[Point], Sequence[Point]]] = (),
) -> ET.Element:
    markup = fan_svg(
        past, median, bands, title="Budget <b>", described="Half & half", width=480, height=140
    )
    return ET.fromstring(markup)  # noqa: S314  (our own markup)


def comparison(one: Sequence[Point], other: Sequence[Point]) -> ET.Element:
    markup = comparison_svg(
        one, other, title="Budget <b>", described="Half & half", width=480, height=140
    )
    return ET.fromstring(markup)  # noqa: S314  (our own markup)


def courses(svg: ET.Element) -> list[tuple[str, list[tuple[float, float]]]]:
    """The dashes of each line, and the places it goes through."""
    return [
        (
            line.get("stroke-dasharray", ""),
            [
                (float(x), float(y))
                for x, y in (p.split(",") for p in line.get("points", "").split())
            ],
        )
        for line in svg.iter(f"{SVG}polyline")
    ]


def texts(svg: ET.Element) -> list[str]:
    return [text.text or "" for text in svg.iter(f"{SVG}text")]


def test_a_fan_draws_past_median_and_edges_and_says_where_now_is() -> None:
    band = (points(0.5, 0, since=1), points(0.5, 0.4, since=1))
    svg = fan(points(1, 0.5), points(0.5, 0.2, since=1), [band])

    dashes = [dash for dash, _places in courses(svg)]
    assert dashes == ["1 3", "1 3", "none", "6 4"]
    past, median = courses(svg)[2][1], courses(svg)[3][1]
    assert past[-1] == median[0]
    assert "now" in texts(svg)
    [now] = [line for line in svg.iter(f"{SVG}line") if not line.get("stroke-dasharray")]
    assert float(now.get("x1", "0")) == median[0][0]


def test_a_band_is_the_area_between_its_edges() -> None:
    svg = fan(bands=[(points(0, 0.1), points(1, 0.9))])

    [area] = svg.iter(f"{SVG}polygon")
    low, high = (places for dash, places in courses(svg) if dash == "1 3")
    corners = [tuple(map(float, p.split(","))) for p in area.get("points", "").split()]
    assert corners == [*low, *reversed(high)]


def test_an_edge_below_zero_is_on_the_paper() -> None:
    svg = fan(points(1, 0.5), points(0.5, 0.4), [(points(0.5, -2), points(0.5, 0.5))])

    assert "−200 %" in texts(svg)
    assert all(0 <= y <= 140 for _dash, places in courses(svg) for _x, y in places)


def test_without_a_forecast_there_is_no_now() -> None:
    assert "now" not in texts(fan(points(1, 0.5)))


def test_a_comparison_draws_the_first_solid_and_the_other_dashed() -> None:
    svg = comparison(points(1, 0.5), points(1, 0.8))

    (solid, one), (dashed, other) = courses(svg)
    assert (solid, dashed) == ("none", "6 4")
    assert one[0] == other[0]
    assert one[1][1] > other[1][1], "what is spent more lies lower"


def test_words_are_there_and_escaped() -> None:
    for svg in (fan(points(1)), comparison(points(1), points(1))):
        assert svg.findtext(f"{SVG}title") == "Budget <b>"
        assert svg.findtext(f"{SVG}desc") == "Half & half"
        assert svg.get("role") == "img"


@pytest.mark.parametrize("nothing", [[], points(math.nan, math.nan)])
def test_without_data_it_says_so(nothing: list[Point]) -> None:
    for svg in (fan(nothing), comparison(nothing, nothing)):
        assert texts(svg) == ["No data"]


def test_moments_without_data_are_left_out() -> None:
    gap = points(1, math.nan, 0.5)

    for svg in (fan(gap), comparison(gap, [])):
        assert "nan" not in ET.tostring(svg, encoding="unicode")
        assert max(len(places) for _dash, places in courses(svg)) == 2
