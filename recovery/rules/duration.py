"""Seconds, taken apart the way people say them."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Parts:
    hours: int
    minutes: int
    seconds: int


def parts_of(total_seconds: int) -> Parts:
    minutes, seconds = divmod(total_seconds, 60)
    hours, minutes = divmod(minutes, 60)
    return Parts(hours, minutes, seconds)
