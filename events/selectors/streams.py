"""What a stream added up to at a version or a moment, by folding what the log holds of it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from events import registry
from events.contracts.recorded import RecordedEvent, upcast
from events.errors import StreamUnknown, StreamVersionUnknown
from events.models import Stream, StreamSnapshot
from events.rules.folding import (
    LONG_READING,
    SNAPSHOT_EVERY,
    StreamFold,
    StreamState,
    steps,
)
from events.selectors.places import (
    Place,
    Span,
    events_of_stream,
    newest_snapshot,
    places_after,
)
from events.storage.reading import read


@dataclass(frozen=True, slots=True)
class Mark:
    """A state on the way that is worth keeping.

    `span` is where the events since the mark before lie; `goes_first` is the one of all its
    events that retention drops first.
    """

    state: StreamState
    event_row: int
    span: Span
    goes_first: Place


@dataclass(frozen=True, slots=True)
class Reading:
    """A state, how many events were folded for it, and the marks that were passed.

    `begins_anew` tells that no snapshot could be used.
    """

    state: StreamState
    fold: StreamFold
    folded_now: int = 0
    marks: tuple[Mark, ...] = ()
    begins_anew: bool = True


def read_stream(name: str, *, at: datetime | None = None, version: int | None = None) -> Reading:
    """This will fold the stream up to the version, or as of the moment; whole with neither.

    As of a moment means: up to the greatest version that was recorded by then. A clock that
    stepped back therefore tears no stream. Raises StreamUnknown and StreamVersionUnknown,
    and UnknownSchemaVersion when an event cannot be read.
    """
    stream = _stream(name, at=at, version=version)
    fold = registry.fold_of(name)
    newest = newest_snapshot(name, stamp=fold.stamp)
    after = places_after(newest, stream)
    start = StreamState(stream=name, first_version=_first_version(newest, after))
    fitting = [place for place in after if _is_within(place, at=at, version=version)]
    if fitting:
        reading = _read_on(
            _behind(newest, start), newest, fold, after[: after.index(fitting[-1]) + 1]
        )
    else:
        reading = _read_back(start, fold, newest, at=at, version=version)
    if version is None:
        return reading
    # Retention may have dropped the very version that was asked for.
    return replace(reading, state=replace(reading.state, version=version))


def _stream(name: str, *, at: datetime | None, version: int | None) -> Stream:
    stream = Stream.objects.filter(name=name).first()
    if stream is None:
        raise StreamUnknown(f"There is no stream {name!r}. Write its name in full.")
    if at is not None and version is not None:
        raise StreamVersionUnknown("Name a moment or a version, not both.")
    if version is not None and not 0 <= version <= stream.version:
        raise StreamVersionUnknown(
            f"{name} has the versions 0 to {stream.version}, and no {version}."
        )
    return stream


def _first_version(newest: StreamSnapshot | None, after: Sequence[Place]) -> int:
    if newest is not None:
        return newest.first_version
    return after[0].version if after else 0


def _is_within(place: Place, *, at: datetime | None, version: int | None) -> bool:
    if version is not None:
        return place.version <= version
    return at is None or place.recorded_at <= at


def _behind(snapshot: StreamSnapshot | None, start: StreamState) -> StreamState:
    if snapshot is None:
        return start
    return replace(start, version=snapshot.version, value=snapshot.value, folded=snapshot.folded)


def _read_on(
    base: StreamState, newest: StreamSnapshot | None, fold: StreamFold, places: Sequence[Place]
) -> Reading:
    """From the last snapshot, or from the beginning, over events whose places are known."""
    events = _recorded(base.stream, Span.of(places), places[0].row, places[-1].row)
    states = list(steps(base, map(upcast, events), fold.fold))
    # Fewer than there were a moment ago: retention is at work, so nothing is kept of this.
    is_whole = len(states) == len(places) > LONG_READING
    marks = _marks(newest, places, states) if is_whole else ()
    return Reading(
        states[-1] if states else base, fold, len(states), marks, begins_anew=newest is None
    )


def _read_back(
    start: StreamState,
    fold: StreamFold,
    newest: StreamSnapshot | None,
    *,
    at: datetime | None,
    version: int | None,
) -> Reading:
    """Within what snapshots cover: between the one before and the one after what is asked."""
    if newest is None or version == 0:
        return Reading(start, fold, begins_anew=newest is None)
    lower, upper = _around(newest, at=at, version=version)
    if upper is None:
        return Reading(start, fold, begins_anew=False)
    span = Span(frozenset(upper.classes), upper.earliest_at, upper.latest_at)
    events = _recorded(start.stream, span, lower.event_row + 1 if lower else 0, upper.event_row)
    wanted = [
        event for event in events if (event.stream_version or 0) <= (version or upper.version)
    ]
    if at is not None:
        places = (place for place, event in enumerate(wanted) if event.recorded_at <= at)
        last = max(places, default=-1)
        wanted = wanted[: last + 1]
    base = _behind(lower, start)
    states = list(steps(base, map(upcast, wanted), fold.fold))
    return Reading(states[-1] if states else base, fold, len(states), begins_anew=False)


def _around(
    newest: StreamSnapshot, *, at: datetime | None, version: int | None
) -> tuple[StreamSnapshot | None, StreamSnapshot | None]:
    """The snapshots that what is asked lies between: behind the one, within the other."""
    all_of_them = StreamSnapshot.objects.filter(stream=newest.stream, stamp=newest.stamp)
    wanted = all_of_them
    if version is not None:
        wanted = wanted.filter(version__lt=version + SNAPSHOT_EVERY)
    elif at is not None:
        wanted = wanted.filter(earliest_at__lte=at)
    upper, lower = [*wanted.order_by("-version")[:2], None, None][:2]
    if upper and lower and lower.version == upper.version - SNAPSHOT_EVERY:
        return lower, upper
    if upper and upper.version - SNAPSHOT_EVERY >= upper.first_version:
        # A clock stepped back: the one before holds nothing of the moment.
        lower = all_of_them.filter(version__lt=upper.version).order_by("-version").first()
    return lower, upper


def _recorded(stream: str, span: Span, first_row: int, last_row: int) -> list[RecordedEvent]:
    rows = span.within(events_of_stream(stream)).filter(pk__gte=first_row, pk__lte=last_row)
    return read(rows.order_by("pk"))


def _marks(
    newest: StreamSnapshot | None, places: Sequence[Place], states: Sequence[StreamState]
) -> tuple[Mark, ...]:
    """One at every `SNAPSHOT_EVERY`th version."""
    goes_first = None if newest is None else _goes_first(newest)
    found: list[Mark] = []
    since: list[Place] = []
    for place, state in zip(places, states, strict=True):
        since.append(place)
        goes_first = min(goes_first or place, place, key=lambda one: one.kept_until)
        if state.version % SNAPSHOT_EVERY == 0:
            found.append(Mark(state, place.row, Span.of(since), goes_first))
            since = []
    return tuple(found)


def _goes_first(snapshot: StreamSnapshot) -> Place:
    return Place(
        row=snapshot.goes_first_row,
        version=0,
        position=None,
        retention_class=snapshot.retention_class,
        recorded_at=snapshot.recorded_at,
    )
