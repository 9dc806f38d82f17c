"""Courses of a budget side by side: what was and what may come, or what would have been.

In the style of `charts`: SVG without script, where strokes tell what colour only repeats.
"""

import math
from collections.abc import Sequence
from datetime import datetime

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from portal.shared.charts import (
    FONT,
    Frame,
    Point,
    below_zero,
    no_data,
    time_labels,
    value_labels,
    zero_line,
)

# The lower and the upper edge of what lies between them.
Band = tuple[Sequence[Point], Sequence[Point]]


def fan_svg(
    past: Sequence[Point],
    median: Sequence[Point],
    bands: Sequence[Band],
    *,
    title: str,
    described: str,
    width: int,
    height: int,
) -> SafeString:
    """This will draw a budget up to now, and where it may go: 1.0 is all of it.

    The bands are laid over each other, the widest first, with dotted edges; the median is
    dashed, and an upright line says where now is.
    """
    edges = [point for band in bands for edge in band for point in edge]
    frame = _frame([*past, *median, *edges], width=width, height=height)
    if frame is None:
        return _paper(no_data(width=width, height=height), title, described, width, height)
    parts = [below_zero(frame), *(_band(frame, band) for band in bands)]
    parts += [_course(frame, past), _course(frame, median, dash="6 4"), zero_line(frame)]
    if median:
        parts.append(_now(frame, median[0][0]))
    return _drawn(frame, parts, title, described, width, height)


def comparison_svg(
    one: Sequence[Point],
    other: Sequence[Point],
    *,
    title: str,
    described: str,
    width: int,
    height: int,
) -> SafeString:
    """This will draw two courses of a budget: the first solid, the other dashed."""
    frame = _frame([*one, *other], width=width, height=height)
    if frame is None:
        return _paper(no_data(width=width, height=height), title, described, width, height)
    parts = [below_zero(frame), _course(frame, one), _course(frame, other, dash="6 4")]
    return _drawn(frame, [*parts, zero_line(frame)], title, described, width, height)


def _frame(points: Sequence[Point], *, width: int, height: int) -> Frame | None:
    known = sorted(_known(points))
    return Frame(known, width=width, height=height) if known else None


def _known(points: Sequence[Point]) -> list[Point]:
    return [(moment, value) for moment, value in points if not math.isnan(value)]


def _drawn(
    frame: Frame,
    parts: Sequence[SafeString],
    title: str,
    described: str,
    width: int,
    height: int,
) -> SafeString:
    inside = format_html_join(
        "", "{}", ((part,) for part in [*parts, value_labels(frame), time_labels(frame)])
    )
    return _paper(inside, title, described, width, height)


def _paper(inside: SafeString, title: str, described: str, width: int, height: int) -> SafeString:
    return format_html(
        '<svg class="op-fan" xmlns="http://www.w3.org/2000/svg" role="img" '
        'viewBox="0 0 {width} {height}" width="{width}" height="{height}" '
        'font-size="{font}" direction="ltr">'
        "<title>{title}</title><desc>{described}</desc>{inside}</svg>",
        width=width,
        height=height,
        font=FONT,
        title=title,
        described=described,
        inside=inside,
    )


def _band(frame: Frame, band: Band) -> SafeString:
    low, high = (_places(frame, edge) for edge in band)
    return format_html(
        '<polygon class="op-area" points="{} {}" fill="currentColor" fill-opacity="0.12"/>{}{}',
        " ".join(low),
        " ".join(reversed(high)),
        _course(frame, band[0], dash="1 3", stroke=1),
        _course(frame, band[1], dash="1 3", stroke=1),
    )


def _course(
    frame: Frame, points: Sequence[Point], *, dash: str = "none", stroke: int = 2
) -> SafeString:
    return format_html(
        '<polyline points="{}" fill="none" stroke="currentColor" stroke-width="{}" '
        'stroke-dasharray="{}" stroke-linejoin="round"/>',
        " ".join(_places(frame, points)),
        stroke,
        dash,
    )


def _places(frame: Frame, points: Sequence[Point]) -> list[str]:
    return [f"{frame.x(moment)},{frame.y(value)}" for moment, value in _known(points)]


def _now(frame: Frame, moment: datetime) -> SafeString:
    x = frame.x(moment)
    return format_html(
        '<line x1="{x}" y1="{top}" x2="{x}" y2="{bottom}" stroke="currentColor"/>'
        '<text class="op-axis" x="{label}" y="{below}" fill="currentColor">{now}</text>',
        x=x,
        top=frame.top,
        bottom=frame.bottom,
        label=x + 4,
        below=frame.top + FONT,
        now=gettext("now"),
    )
