"""Charts drawn on the server, as SVG that needs no script and reads without colour."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext

Point = tuple[datetime, float]
Span = tuple[datetime, datetime]

LEFT, RIGHT, TOP, BOTTOM = 64, 10, 12, 24
# Still readable where a phone shows the paper at three quarters of its size.
FONT = 13


class Frame:
    """Where a moment and a share of the budget lie on the paper."""

    def __init__(self, points: Sequence[Point], *, width: int, height: int) -> None:
        self.left, self.right = LEFT, width - RIGHT
        self.top, self.bottom = TOP, height - BOTTOM
        self.first, self.last = points[0][0], points[-1][0]
        values = [value for _moment, value in points]
        # All and nothing are always on the paper: a line without them has no meaning.
        self.lowest, self.highest = min(0.0, *values), max(1.0, *values)

    def x(self, moment: datetime) -> float:
        length = (self.last - self.first) or timedelta(seconds=1)
        share = min(max((moment - self.first) / length, 0.0), 1.0)
        return round(self.left + share * (self.right - self.left), 1)

    def y(self, value: float) -> float:
        share = (self.highest - value) / (self.highest - self.lowest)
        return round(self.top + share * (self.bottom - self.top), 1)


def burn_down_svg(
    points: Sequence[Point], *, title: str, width: int, height: int, span: Span | None = None
) -> SafeString:
    """This will draw how much of a budget was left over time; 1.0 is all of it.

    Below zero, where it is overspent, the paper is shaded. `span` marks a part of the time,
    for example that of an incident. Without points it says that there is no data.
    """
    inside = (
        _drawing(points, span, width=width, height=height)
        if points
        else no_data(width=width, height=height)
    )
    return format_html(
        '<svg class="op-burn-down" xmlns="http://www.w3.org/2000/svg" role="img" '
        'viewBox="0 0 {width} {height}" width="{width}" height="{height}" '
        'font-size="{font}" direction="ltr">'
        "<title>{title}</title>{inside}</svg>",
        width=width,
        height=height,
        font=FONT,
        title=_described(title, points),
        inside=inside,
    )


def _described(title: str, points: Sequence[Point]) -> str:
    """The title also says what the line shows, for those who do not see it."""
    if not points:
        return gettext("%(title)s: no data") % {"title": title}
    return gettext("%(title)s: %(first)s, then %(last)s left") % {
        "title": title,
        "first": _percent(points[0][1]),
        "last": _percent(points[-1][1]),
    }


def no_data(*, width: int, height: int) -> SafeString:
    """This will say in the middle of the paper that there is no data."""
    return format_html(
        '<text class="op-axis" x="{}" y="{}" text-anchor="middle" fill="currentColor">{}</text>',
        width // 2,
        height // 2,
        gettext("No data"),
    )


def _drawing(points: Sequence[Point], span: Span | None, *, width: int, height: int) -> SafeString:
    frame = Frame(points, width=width, height=height)
    parts = [
        (below_zero(frame),),
        (_marked(frame, span) if span else "",),
        (_line(frame, points),),
        (zero_line(frame),),
        (value_labels(frame),),
        (time_labels(frame),),
    ]
    return format_html_join("", "{}", parts)


def below_zero(frame: Frame) -> SafeString:
    """This will shade the paper where a budget is overspent."""
    zero = frame.y(0.0)
    return format_html(
        '<rect class="op-below-zero" x="{}" y="{}" width="{}" height="{}" '
        'fill="currentColor" fill-opacity="0.12"/>',
        frame.left,
        zero,
        frame.right - frame.left,
        round(frame.bottom - zero, 1),
    )


def _marked(frame: Frame, span: Span) -> SafeString:
    start, end = frame.x(span[0]), frame.x(span[1])
    return format_html(
        '<rect class="op-span" x="{}" y="{}" width="{}" height="{}" '
        'fill="currentColor" fill-opacity="0.08"/>',
        start,
        frame.top,
        round(max(end - start, 1.0), 1),
        frame.bottom - frame.top,
    )


def _line(frame: Frame, points: Sequence[Point]) -> SafeString:
    places = [f"{frame.x(moment)},{frame.y(value)}" for moment, value in points]
    zero, start, end = frame.y(0.0), frame.x(points[0][0]), frame.x(points[-1][0])
    return format_html(
        '<polygon class="op-area" points="{},{} {} {},{}" fill="currentColor" '
        'fill-opacity="0.15"/>'
        '<polyline class="op-line" points="{}" fill="none" stroke="currentColor" '
        'stroke-width="2" stroke-linejoin="round"/>',
        start,
        zero,
        " ".join(places),
        end,
        zero,
        " ".join(places),
    )


def zero_line(frame: Frame) -> SafeString:
    """This will draw the dashed line at which a budget is spent."""
    zero = frame.y(0.0)
    return format_html(
        '<line class="op-zero" x1="{}" y1="{}" x2="{}" y2="{}" stroke="currentColor" '
        'stroke-dasharray="4 3"/>',
        frame.left,
        zero,
        frame.right,
        zero,
    )


def value_labels(frame: Frame) -> SafeString:
    """This will write the highest and lowest value; one that would touch zero is left out."""
    labels = [
        value
        for value in (frame.highest, frame.lowest)
        if abs(frame.y(value) - frame.y(0.0)) > FONT
    ]
    return format_html_join(
        "",
        '<text class="op-axis" x="{}" y="{}" text-anchor="end" fill="currentColor">{}</text>',
        (
            (frame.left - 6, round(frame.y(value) + FONT / 3, 1), _percent(value))
            for value in (*labels, 0.0)
        ),
    )


def time_labels(frame: Frame) -> SafeString:
    """This will write when the drawing begins and ends."""
    form = _day_and_time if frame.first.date() != frame.last.date() else _time
    return format_html_join(
        "",
        '<text class="op-axis" x="{}" y="{}" text-anchor="{}" fill="currentColor">{}</text>',
        (
            (frame.left, frame.bottom + FONT + 5, "start", form(frame.first)),
            (frame.right, frame.bottom + FONT + 5, "end", f"{form(frame.last)} UTC"),
        ),
    )


def _time(moment: datetime) -> str:
    return date_format(moment, "H:i")


def _day_and_time(moment: datetime) -> str:
    # The mark keeps the time behind the month where the month is written from right to left.
    return f"{date_format(moment, 'j M')}\u200e {_time(moment)}"


def _percent(share: float) -> str:
    return f"{share * 100:.0f} %".replace("-", "−")
