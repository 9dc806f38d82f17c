"""What is signed of an event, and how many events are signed at once.

Trees are those of RFC 6962 (certificate transparency): a leaf is SHA-256 of a zero byte and
the content, a node that of a one byte and its two children; the left side of a node holds
the largest power of two that leaves something for the right.
"""

import hashlib
import hmac
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

import msgspec

from events.contracts.recorded import RecordedEvent

EMPTY_ROOT = hashlib.sha256(b"").digest()


def canonical(document: Any) -> bytes:
    """This will write JSON with sorted names and no blanks."""
    return msgspec.json.encode(document, order="sorted")


def content(event: RecordedEvent, *, position: int) -> bytes:
    """This will return all that is told of an event at its position, as canonical JSON."""
    return canonical(
        {
            "position": position,
            "event_id": str(event.event_id),
            "stream": event.stream,
            "stream_version": event.stream_version,
            "event_type": event.event_type,
            "schema_version": event.schema_version,
            "payload": event.payload,
            "priority": event.priority,
            "retention_class": event.retention_class,
            "correlation_id": str(event.correlation_id),
            "causation_id": str(event.causation_id) if event.causation_id else None,
            "actor": event.actor,
            "traceparent": event.traceparent,
            "occurred_at": moment(event.occurred_at),
            "recorded_at": moment(event.recorded_at),
        }
    )


def moment(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="microseconds")


def authentication_code(written: bytes, *, key: bytes, row: int) -> bytes:
    """This will return HMAC-SHA-256 over the content and the row's primary key."""
    return hmac.digest(key, b"%d:" % row + written, "sha256")


def leaf(written: bytes) -> bytes:
    return hashlib.sha256(b"\x00" + written).digest()


def _node(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + left + right).digest()


class MerkleTree:
    """Grows by one leaf at a time and remembers as many nodes as it has levels."""

    def __init__(self, leaves: Iterable[bytes] = ()) -> None:
        self.count = 0
        # Whole subtrees from the left, each smaller than the one before it.
        self._peaks: list[tuple[int, bytes]] = []
        for one in leaves:
            self.add(one)

    def add(self, one: bytes) -> None:
        self.count += 1
        size, node = 1, one
        while self._peaks and self._peaks[-1][0] == size:
            _same, left = self._peaks.pop()
            size, node = size * 2, _node(left, node)
        self._peaks.append((size, node))

    def root(self) -> bytes:
        """This will return the root over all leaves so far."""
        if not self._peaks:
            return EMPTY_ROOT
        (_size, root), *others = reversed(self._peaks)
        for _size, left in others:
            root = _node(left, root)
        return root
