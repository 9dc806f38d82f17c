"""When a version that clients still use is close to the day they must have left it."""

from datetime import date, timedelta

NOTICE = timedelta(days=90)


def is_near_sunset(sunset_on: date | None, *, today: date) -> bool:
    """This will tell whether the day is within the notice, or has passed already."""
    return sunset_on is not None and sunset_on - today <= NOTICE


def days_left(sunset_on: date, *, today: date) -> int:
    """This will return the whole days until then, below zero once it has passed."""
    return (sunset_on - today).days
