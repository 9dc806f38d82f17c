"""The part of a stream's page that goes back and forth in time."""

import json
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from events import selectors, services
from events.admin.events import pretty, stream_page
from events.errors import UnknownSchemaVersion
from events.models import Event, Stream
from events.rules import instants
from events.rules.changes import Change, Kind
from events.rules.folding import StreamState
from events.services.states import StreamDiff
from portal.shared.errors import InvalidInput

TONES = {Kind.ADDED: "good", Kind.REMOVED: "high", Kind.CHANGED: "low"}
WORDS = {Kind.ADDED: _("added"), Kind.REMOVED: _("removed"), Kind.CHANGED: _("changed")}


@dataclass(frozen=True, slots=True)
class Step:
    """A place on the slider; without an address it is where one stands already."""

    label: str | Promise
    icon: str
    address: str


@dataclass(frozen=True, slots=True)
class ChangeLine:
    change: Change
    word: str | Promise
    tone: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Comparison:
    """What the form asked for, and what it found or why it found nothing."""

    since: str
    until: str
    found: StreamDiff | None = None
    lines: tuple[ChangeLine, ...] = ()
    refusal: str = ""


@dataclass(frozen=True, slots=True)
class Travel:
    """A state of the stream, the event that led to it, and the ways on from there."""

    head: int
    refusal: str = ""
    state: StreamState | None = None
    value: str = ""
    event: Event | None = None
    step: tuple[ChangeLine, ...] = ()
    slider: tuple[Step, ...] = ()
    comparison: Comparison | None = None


def travel(request: HttpRequest, stream: Stream) -> Travel:
    """This will go where `?version=` or `?at=` says, and compare `?from=` with `?to=`."""
    comparison = _comparison(request, stream.name)
    try:
        version = _version(request, stream)
        # At version 0 nothing has happened, so nothing changed.
        before = min(max(version - 1, 0), stream.version)
        step = services.diff(stream.name, before, version)
    except (InvalidInput, UnknownSchemaVersion) as error:
        return Travel(
            stream.version,
            refusal=str(error),
            slider=_slider(stream, stream.version),
            comparison=comparison,
        )
    state = step.after
    event = selectors.events_of_stream(stream.name).filter(stream_version=version)
    return Travel(
        stream.version,
        state=state,
        value=pretty(state.value),
        event=event.defer("payload").first(),
        step=_lines(step),
        slider=_slider(stream, version),
        comparison=comparison,
    )


def _version(request: HttpRequest, stream: Stream) -> int:
    at, version = request.GET.get("at", ""), request.GET.get("version", "")
    if not at:
        return instants.version(version) if version else stream.version
    asked = instants.version(version) if version else None
    return services.state(stream.name, at=instants.moment(at), version=asked).version


def _slider(stream: Stream, version: int) -> tuple[Step, ...]:
    ways = (
        (_("First"), "first_page", min(1, stream.version)),
        (_("Previous"), "chevron_left", max(version - 1, 0)),
        (_("Next"), "chevron_right", min(version + 1, stream.version)),
        (_("Last"), "last_page", stream.version),
    )
    page = stream_page(stream.name)
    return tuple(
        Step(label, icon, "" if to == version else f"{page}?{urlencode({'version': to})}#state")
        for label, icon, to in ways
    )


def _comparison(request: HttpRequest, stream: str) -> Comparison:
    since, until = request.GET.get("from", "").strip(), request.GET.get("to", "").strip()
    if not (since and until):
        return Comparison(since, until)
    try:
        found = services.diff(stream, instants.instant(since), instants.instant(until))
    except (InvalidInput, UnknownSchemaVersion) as error:
        return Comparison(since, until, refusal=str(error))
    return Comparison(since, until, found, _lines(found))


def _lines(difference: StreamDiff) -> tuple[ChangeLine, ...]:
    return tuple(
        ChangeLine(
            change,
            WORDS[change.kind],
            TONES[change.kind],
            "" if change.kind == Kind.ADDED else _in_a_line(change.before),
            "" if change.kind == Kind.REMOVED else _in_a_line(change.after),
        )
        for change in difference.changes
    )


def _in_a_line(value: Any) -> str:
    """A cell is narrow: what is long breaks where it must."""
    return json.dumps(value, ensure_ascii=False)
