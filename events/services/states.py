"""Time travel: what a stream added up to, and what lies between two of its moments."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction

from events import registry, selectors
from events.models import StreamSnapshot
from events.rules.changes import Change, changes
from events.rules.folding import Fold, StreamFold, StreamState
from events.rules.instants import Instant
from events.selectors import Reading


@dataclass(frozen=True, slots=True)
class StreamDiff:
    """`changes` lead from the state `before` to the state `after`."""

    before: StreamState
    after: StreamState
    changes: list[Change]


def register_fold(stream_prefix: str, fold: Fold, *, version: int = 1) -> None:
    """This will fold streams whose name begins so by the function, not by the default.

    Called from AppConfig.ready(). The longest prefix wins. `version` is raised when the fold
    comes to mean something else by code that it calls.
    """
    registry.add_fold(StreamFold(stream_prefix, fold, version))


def state(stream: str, *, at: datetime | None = None, version: int | None = None) -> StreamState:
    """This will return what the stream added up to at the version or moment, or does now.

    Where more than a hundred events had to be folded, snapshots are kept for the next
    reader. Raises StreamUnknown, StreamVersionUnknown and UnknownSchemaVersion.
    """
    reading = selectors.read_stream(stream, at=at, version=version)
    if reading.marks:
        _keep(reading)
    return reading.state


def diff(stream: str, since: Instant, until: Instant) -> StreamDiff:
    """This will return what changed in the stream between two versions or moments.

    Raises the same as `state`.
    """
    before, after = (
        state(stream, version=instant) if isinstance(instant, int) else state(stream, at=instant)
        for instant in (since, until)
    )
    return StreamDiff(before, after, changes(before.value, after.value))


@transaction.atomic
def _keep(reading: Reading) -> None:
    """What could not be used is of other code, or of events that are no longer there."""
    stream, fold = reading.state.stream, reading.fold
    if reading.begins_anew:
        StreamSnapshot.objects.filter(stream=stream).delete()
    StreamSnapshot.objects.bulk_create(
        [
            StreamSnapshot(
                stream=stream,
                version=mark.state.version,
                event_row=mark.event_row,
                fold=fold.name,
                stamp=fold.stamp,
                value=mark.state.value,
                first_version=mark.state.first_version,
                folded=mark.state.folded,
                classes=sorted(mark.span.classes),
                earliest_at=mark.span.earliest_at,
                latest_at=mark.span.latest_at,
                goes_first_row=mark.goes_first.row,
                retention_class=mark.goes_first.retention_class,
                recorded_at=mark.goes_first.recorded_at,
            )
            for mark in reading.marks
        ],
        ignore_conflicts=True,
    )


@transaction.atomic
def forget_snapshots(*, at: datetime) -> int:
    """This will delete snapshots that hold an event past its retention; returns how many."""
    forgotten = 0
    for retention_class, days in settings.EVENT_RETENTION_CLASSES.items():
        if days is not None:
            over = StreamSnapshot.objects.filter(
                retention_class=retention_class, recorded_at__lt=at - timedelta(days=days)
            )
            forgotten += over.delete()[0]
    return forgotten
