"""The burn-down chart says what it shows, in words and in well-formed SVG."""

from datetime import UTC, datetime, timedelta
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portal.shared.charts import burn_down_svg

AT = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
SVG = "{http://www.w3.org/2000/svg}"


def drawn(values: list[float], *, title: str = "Budget", hours: int = 1) -> ET.Element:
    points = [(AT + n * timedelta(hours=hours), value) for n, value in enumerate(values)]
    markup = burn_down_svg(points, title=title, width=480, height=140, span=(AT, AT))
    return ET.fromstring(markup)  # noqa: S314  (our own markup)


def by_class(svg: ET.Element, name: str) -> list[ET.Element]:
    return [element for element in svg.iter() if element.get("class") == name]


def test_says_in_words_what_it_shows() -> None:
    svg = drawn([1, 0.5, -0.25])

    assert svg.get("role") == "img"
    assert svg.findtext(f"{SVG}title") == "Budget: 100 %, then −25 % left"


def test_marks_zero_and_shades_what_is_below() -> None:
    svg = drawn([1, -1])

    (zero,), (below,) = by_class(svg, "op-zero"), by_class(svg, "op-below-zero")
    assert zero.get("y1") == below.get("y")
    assert float(below.get("height", "0")) > 0
    assert [text.text for text in by_class(svg, "op-axis")][:3] == ["100 %", "−100 %", "0 %"]


def test_shades_nothing_while_budget_is_left() -> None:
    (below,) = by_class(drawn([1, 0.5]), "op-below-zero")

    assert float(below.get("height", "1")) == 0


def test_says_that_there_is_no_data() -> None:
    svg = drawn([])

    assert "no data" in (svg.findtext(f"{SVG}title") or "")
    assert [text.text for text in by_class(svg, "op-axis")] == ["No data"]


def test_escapes_its_title() -> None:
    assert "<script>" in (drawn([1], title="<script>").findtext(f"{SVG}title") or "")


@pytest.mark.parametrize(
    ("hours", "shown"), [(11, "12:00"), (12, "2 Mar 12:00"), (24, "2 Mar 12:00")]
)
def test_names_the_days_when_a_midnight_lies_between(hours: int, shown: str) -> None:
    axis = by_class(drawn([1, 1], hours=hours), "op-axis")
    texts = [(text.text or "").replace("\u200e", "") for text in axis]

    assert shown in texts


# The first drawing of a run reads the language's formats, which takes longer than the rest.
@settings(deadline=None)
@given(st.lists(st.floats(-2000, 1), min_size=1, max_size=20))
def test_stays_on_the_paper(values: list[float]) -> None:
    (line,) = by_class(drawn(values), "op-line")

    for place in (line.get("points") or "").split():
        x, y = map(float, place.split(","))
        assert 0 <= x <= 480
        assert 0 <= y <= 140
