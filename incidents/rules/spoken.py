"""Spans of time the way people say them at three in the morning."""

from datetime import timedelta


def spoken(span: timedelta) -> str:
    """This will return `40 s`, `5 min`, `2 h 5 min` or `3 d 4 h`; never a negative span."""
    seconds = max(int(span.total_seconds()), 0)
    if seconds < 60:
        return f"{seconds} s"
    minutes = seconds // 60
    if minutes < 60:
        return f"{minutes} min"
    hours, minutes = divmod(minutes, 60)
    if hours < 24:
        return f"{hours} h {minutes} min" if minutes else f"{hours} h"
    days, hours = divmod(hours, 24)
    return f"{days} d {hours} h" if hours else f"{days} d"
