"""Time in whole minutes: the grain of every count."""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta

MINUTE = timedelta(minutes=1)


def minute_of(at: datetime) -> datetime:
    """This will return the start of the minute, in UTC."""
    return at.astimezone(UTC).replace(second=0, microsecond=0)


def day_of(at: datetime) -> datetime:
    """This will return the start of the day, in UTC."""
    return minute_of(at).replace(hour=0, minute=0)


def window_end(at: datetime) -> datetime:
    """This will return the exclusive end of every window seen at that moment.

    The minute under way is included: a burn is seen in the minute in which it starts.
    """
    return minute_of(at) + MINUTE


def spelled(minutes: int) -> str:
    """This will write a length as people say it: 5 min, 14 h, 7 d."""
    if minutes % 1440 == 0:
        return f"{minutes // 1440} d"
    if minutes % 60 == 0:
        return f"{minutes // 60} h"
    return f"{minutes} min"


def shorthand(minutes: int) -> str:
    """This will write a length as configurations do, in the largest unit: 5m, 14h, 7d."""
    return spelled(minutes).replace(" min", "m").replace(" ", "")


def minutes_spelled(text: str) -> int | None:
    """This will read a length as addresses write it, 5m, 1h or 7d; None when it is none."""
    number, unit = text[:-1], {"m": 1, "h": 60, "d": 1440}.get(text[-1:])
    is_number = number.isascii() and number.isdigit() and len(number) <= 6
    return int(number) * unit if unit and is_number else None


def runs(minutes: Iterable[datetime], *, gap: timedelta) -> Iterator[list[datetime]]:
    """This will group minutes so that neighbours within a group are at most `gap` apart."""
    run: list[datetime] = []
    for minute in sorted(minutes):
        if run and minute - run[-1] > gap:
            yield run
            run = []
        run.append(minute)
    if run:
        yield run
