"""Moving a stream on by compare-and-set; the row's lock orders the writers of a stream."""

from typing import Any

from events.errors import StreamMoved
from events.storage.base import Place

_ANY = """
INSERT INTO events_stream AS s (name, version, lane, created_at) VALUES (%s, %s, %s, %s)
ON CONFLICT (name) DO UPDATE SET version = s.version + excluded.version
RETURNING version"""
_NEW = """
INSERT INTO events_stream (name, version, lane, created_at) VALUES (%s, %s, %s, %s)
ON CONFLICT (name) DO NOTHING
RETURNING version"""
_AT = """
UPDATE events_stream SET version = version + %s WHERE name = %s AND version = %s
RETURNING version"""


def moved_by(count: int, place: Place) -> tuple[str, list[Any]]:
    """This will return SQL whose one row is the new version; no row means it has moved."""
    if place.expected_version:
        return _AT, [count, place.stream, place.expected_version]
    statement = _ANY if place.expected_version is None else _NEW
    return statement, [place.stream, count, place.lane, place.at]


def moved(place: Place) -> StreamMoved:
    return StreamMoved(
        f"The stream {place.stream} is not at version {place.expected_version}. "
        "Read it again and decide again."
    )
