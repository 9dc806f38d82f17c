from argparse import ArgumentParser, ArgumentTypeError
from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from django.core.management.base import BaseCommand

from portal.shared import clock
from slo import selectors
from slo.models import Objective
from slo.rules.alert_level import Level, WindowPair
from slo.rules.minute import minute_of
from slo.rules.request_validation import moment
from slo.rules.window import Span
from slo.selectors import Changes, Version


class Command(BaseCommand):
    help = "Replay the last days of an objective under other settings; nothing is stored."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("slug", help="of the objective")
        parser.add_argument("--target", type=_decimal, help="percent, for example 99.5")
        parser.add_argument("--window-days", type=int, help="a rolling window")
        parser.add_argument("--calendar-unit", choices=Objective.CalendarUnit.values)
        parser.add_argument("--time-zone", help="for example Europe/Berlin")
        parser.add_argument("--latency-threshold-ms", type=int)
        parser.add_argument(
            "--burn-window",
            type=_pair,
            action="append",
            metavar="LEVEL:LONG:SHORT:SHARE",
            help="minutes and share of the budget, critical:60:5:0.02; instead of all pairs",
        )
        parser.add_argument(
            "--exclude", type=_span, action="append", default=[], metavar="START/END"
        )
        parser.add_argument("--without-corrections", action="store_true")
        parser.add_argument("--days", type=int, choices=range(1, 91), default=90, metavar="1-90")

    def handle(self, *_arguments: Any, **options: Any) -> None:
        pairs = options["burn_window"]
        changes = Changes(
            target=options["target"],
            window_days=options["window_days"],
            calendar_unit=options["calendar_unit"],
            time_zone=options["time_zone"],
            latency_threshold_ms=options["latency_threshold_ms"],
            burn_windows=None if pairs is None else tuple(pairs),
            exclusions=tuple(options["exclude"]),
            without_corrections=options["without_corrections"],
        )
        found = selectors.what_if(options["slug"], changes, at=clock.now(), days=options["days"])
        self.stdout.write(f"{found.name}, {_time(found.span.start)} to {_time(found.span.end)}\n")
        for line in _table(found.present, found.changed):
            self.stdout.write(line)


def _table(present: Version, changed: Version) -> Iterable[str]:
    rows = [("", "present", "changed")]
    rows += zip(LABELS, _figures(present), _figures(changed), strict=True)
    for label, one, other in rows:
        yield f"{label:<22}{one:>24}{other:>24}"
    for name, version in (("present", present), ("changed", changed)):
        yield f"\nAlerts, {name}: {len(version.replay.alerts) or 'none'}"
        for alert in version.replay.alerts:
            until = _time(alert.ended_at) if alert.ended_at else "now"
            peak = "" if alert.peak_burn is None else f"  peak {alert.peak_burn:.1f}x"
            yield f"  {alert.level.value:<9} {_time(alert.started_at)} to {until}{peak}"
        for pair in version.left_out:
            yield f"  left out: {pair.level.value}, {pair.long_minutes} min could never fire"


LABELS = ("target", "window", "budget remaining", "worst", "worst at", "exhausted")


def _figures(version: Version) -> tuple[str, ...]:
    replay = version.replay
    return (
        f"{version.target.normalize():f} %",
        version.window,
        _percent(float(replay.remaining[-1])),
        _percent(replay.worst),
        _time(replay.worst_at) if replay.worst_at else "-",
        f"{replay.times_exhausted} times, {replay.minutes_exhausted} min",
    )


def _percent(share: float | None) -> str:
    return "no data" if share is None or share != share else f"{share * 100:.1f} %"


def _time(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M}"


def _decimal(written: str) -> Decimal:
    try:
        return Decimal(written)
    except InvalidOperation as error:
        raise ArgumentTypeError(f"{written!r} is not a number") from error


def _pair(written: str) -> WindowPair:
    try:
        level, long, short, share = written.split(":")
        return WindowPair(int(long), int(short), _decimal(share), Level(level))
    except ValueError as error:
        raise ArgumentTypeError("write LEVEL:LONG:SHORT:SHARE, as critical:60:5:0.02") from error


def _span(written: str) -> Span:
    start, end = (moment(part) for part in written.partition("/")[::2])
    if start is None or end is None or start >= end:
        raise ArgumentTypeError("write 2026-03-01T02:00:00Z/2026-03-01T04:00:00Z")
    return Span(minute_of(start), minute_of(end))
