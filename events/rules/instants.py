"""Versions and moments as people and machines write them."""

from datetime import UTC, datetime

from events.errors import InstantRefused

# A version, or a moment as of which the stream is meant.
Instant = int | datetime

LONGEST_VERSION = 18


def instant(text: str) -> Instant:
    """This will read `12` as a version and anything else as a moment. Raises InstantRefused."""
    return version(text) if text.isascii() and text.isdigit() else moment(text)


def version(text: str) -> int:
    """This will read a version. Raises InstantRefused."""
    if not (text.isascii() and text.isdigit() and len(text) <= LONGEST_VERSION):
        raise InstantRefused(f"{text!r} is no version. Write a whole number, such as 12.")
    return int(text)


def moment(text: str) -> datetime:
    """This will read an ISO moment; one without offset is UTC. Raises InstantRefused."""
    try:
        read = datetime.fromisoformat(text)
        return (read if read.tzinfo else read.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise InstantRefused(
            f"{text!r} is neither a version nor a moment. Write 12, or 2026-03-02T12:00:00Z."
        ) from error
