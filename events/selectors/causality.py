"""What led to an event, and all that followed from it."""

import uuid
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from django.db.models import QuerySet

from events.models import Event

EVENTS_AT_MOST = 200
CAUSES_AT_MOST = 10
DEPTH_AT_MOST = 16


@dataclass(slots=True)
class Node:
    """An event, and what its handling published. `hidden` is how much lies too deep to show."""

    event: Event
    is_subject: bool
    effects: list["Node"] = field(default_factory=list)
    hidden: int = 0


@dataclass(frozen=True, slots=True)
class Causality:
    """`roots` begins with the one that leads to the subject. `is_cut`: there is more."""

    roots: list[Node]
    count: int
    is_cut: bool


def causality_of(subject: Event) -> Causality:
    """This will return the tree that the event stands in, of those with its correlation id.

    However long the tree is, it takes a bounded number of queries; what does not fit is cut.
    """
    found = _light(Event.objects.filter(correlation_id=subject.correlation_id), EVENTS_AT_MOST + 1)
    is_cut = len(found) > EVENTS_AT_MOST
    known = {event.event_id: event for event in found[:EVENTS_AT_MOST]}
    if is_cut:
        # The subject may lie beyond the cut; what it caused belongs to its page all the same.
        effects = Event.objects.filter(
            correlation_id=subject.correlation_id, causation_id=subject.event_id
        )
        known |= {event.event_id: event for event in _light(effects, EVENTS_AT_MOST)}
    known[subject.event_id] = subject
    top = _top(subject, known)
    effects_of = _effects(known.values())
    ends = [top, *(event for event in known.values() if _is_end(event, known) and event != top)]
    roots = [_tree(event, subject, effects_of) for event in ends]
    return Causality(roots, len(known), is_cut or top.causation_id is not None)


def _light(events: QuerySet[Event], most: int) -> list[Event]:
    return list(events.defer("payload").order_by("pk")[:most])


def _top(subject: Event, known: dict[uuid.UUID, Event]) -> Event:
    """The furthest cause that is there; those that are not known yet are entered."""
    top, seen = subject, {subject.event_id}
    for _step in range(CAUSES_AT_MOST):
        if top.causation_id is None or top.causation_id in seen:
            break
        cause = known.get(top.causation_id) or (
            Event.objects.filter(event_id=top.causation_id).defer("payload").first()
        )
        if cause is None:
            break
        known[cause.event_id] = top = cause
        seen.add(cause.event_id)
    return top


def _is_end(event: Event, known: Mapping[uuid.UUID, Event]) -> bool:
    return event.causation_id not in known


def _effects(events: Iterable[Event]) -> Mapping[uuid.UUID, Sequence[Event]]:
    effects: dict[uuid.UUID, list[Event]] = defaultdict(list)
    for event in sorted(events, key=lambda event: event.pk):
        if event.causation_id is not None and event.causation_id != event.event_id:
            effects[event.causation_id].append(event)
    return effects


def _tree(
    event: Event, subject: Event, effects: Mapping[uuid.UUID, Sequence[Event]], depth: int = 1
) -> Node:
    node = Node(event, is_subject=event.pk == subject.pk)
    below = effects.get(event.event_id, ())
    if depth == DEPTH_AT_MOST:
        node.hidden = len(below)
    else:
        node.effects = [_tree(effect, subject, effects, depth + 1) for effect in below]
    return node
