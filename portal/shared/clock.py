"""The only clock of the portal. Doors read it; everything below is told the time."""

from datetime import UTC, datetime


def now() -> datetime:
    """This will return the current time, aware, in UTC."""
    return datetime.now(tz=UTC)
