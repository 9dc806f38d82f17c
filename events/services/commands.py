"""What can be asked of the log through the bus, and the service that does each."""

from dataclasses import asdict, dataclass, field, fields, replace
from typing import Any

from events.bus import Command, Order, handles
from events.contracts.draft import Draft
from events.rules.cloud_events import Foreign, Unreadable
from events.rules.dead_letters import Chosen
from events.rules.replays import Choice
from events.services import dead_letters, intake, projecting, publishing, replaying
from portal.shared.errors import FieldError, InvalidInput


@dataclass(frozen=True, kw_only=True)
class PublishEvent(Command):
    """A free-form event; its actor is whoever gives the order."""

    draft: Draft


@handles(PublishEvent, versioned=True)
def publish_event(command: PublishEvent, order: Order) -> str:
    """Returns the event's id."""
    draft = replace(command.draft, actor=order.acting_user)
    event = publishing.publish_draft(draft, at=order.at, expected_version=order.expected_version)
    return str(event.event_id)


@dataclass(frozen=True, kw_only=True)
class ReceiveEvents(Command):
    """CloudEvents of somebody else's, as they were read."""

    found: list[Foreign | Unreadable]


@handles(ReceiveEvents)
def receive_events(command: ReceiveEvents, order: Order) -> list[dict[str, Any]]:
    """Returns an answer for each event."""
    taken = intake.receive(command.found, at=order.at, actor=order.acting_user)
    return [
        {
            "source": event.source,
            "id": event.id,
            "event_id": str(one.event_id),
            "is_new": one.is_new,
        }
        for event, one in zip(command.found, taken, strict=True)
        if isinstance(event, Foreign)
    ]


@dataclass(frozen=True, kw_only=True)
class RedriveDelivery(Command):
    delivery: int
    note: str = ""
    payload: dict[str, Any] | None = None


@handles(RedriveDelivery)
def redrive_delivery(command: RedriveDelivery, order: Order) -> int:
    """Returns the delivery."""
    return dead_letters.redrive_delivery(
        delivery_id=command.delivery,
        at=order.at,
        acting_user=order.acting_user,
        note=command.note,
        payload=command.payload,
    ).pk


@dataclass(frozen=True, kw_only=True)
class DiscardDelivery(Command):
    delivery: int
    note: str


@handles(DiscardDelivery)
def discard_delivery(command: DiscardDelivery, order: Order) -> int:
    """Returns the delivery."""
    return dead_letters.discard_delivery(
        delivery_id=command.delivery,
        at=order.at,
        acting_user=order.acting_user,
        note=command.note,
    ).pk


@dataclass(frozen=True, kw_only=True)
class RedriveParked(Command):
    confirmed: int
    chosen: Chosen = field(default_factory=Chosen)
    note: str = ""
    rate_per_second: float | None = None


@handles(RedriveParked)
def redrive_parked(command: RedriveParked, order: Order) -> int:
    """Returns how many were let out."""
    return dead_letters.redrive_parked(
        chosen=command.chosen,
        confirmed=command.confirmed,
        at=order.at,
        acting_user=order.acting_user,
        note=command.note,
        rate_per_second=command.rate_per_second,
    )


@dataclass(frozen=True, kw_only=True)
class TakeInRefused(Command):
    """With `body`, the mended message instead of the one that came."""

    arrival: int
    body: bytes | None = None


@handles(TakeInRefused)
def take_in_refused(command: TakeInRefused, order: Order) -> str:
    """Returns the event's id."""
    taken = intake.take_in_refused(
        arrival_id=command.arrival,
        at=order.at,
        acting_user=order.acting_user,
        body=command.body,
    )
    return str(taken.event_id)


@dataclass(frozen=True, kw_only=True)
class DiscardRefused(Command):
    arrival: int


@handles(DiscardRefused)
def discard_refused(command: DiscardRefused, order: Order) -> int:
    """Returns the arrival."""
    intake.discard_refused(arrival_id=command.arrival, at=order.at, acting_user=order.acting_user)
    return command.arrival


@dataclass(frozen=True, kw_only=True)
class ReplayEvents(Command):
    """Kept only with `confirmed`, the number of deliveries that a dry run counted."""

    choice: Choice = field(default_factory=Choice)
    subscriber: str = ""
    keep: bool = False
    confirmed: int | None = None
    effects: tuple[str, ...] = ()
    limit: int = replaying.LIMIT


@handles(ReplayEvents, piecemeal=True)
def replay_events(command: ReplayEvents, order: Order) -> dict[str, Any]:
    """Returns what the handlers did."""
    if command.keep and command.confirmed is None:
        raise InvalidInput(
            "What is kept is confirmed first.",
            fields=[FieldError("/confirm", "Repeat the deliveries that a dry run counted.")],
        )
    choice = command.choice
    replayed = replaying.replay_events(
        choice.event_type,
        choice.since,
        end_time=choice.until,
        stream=choice.stream,
        from_position=choice.from_position,
        to_position=choice.to_position,
        subscriber=command.subscriber,
        keep=command.keep,
        effects=command.effects,
        confirmed=command.confirmed,
        limit=command.limit,
        at=order.at,
        acting_user=order.acting_user,
    )
    counted = {name: dict(getattr(replayed, name)) for name in ("writes", "effects", "announced")}
    return {field.name: getattr(replayed, field.name) for field in fields(replayed)} | {
        **counted,
        "attempts": [asdict(attempt) for attempt in replayed.attempts],
        "troubles": [asdict(attempt) for attempt in replayed.troubles],
    }


@dataclass(frozen=True, kw_only=True)
class RebuildProjection(Command):
    name: str


@handles(RebuildProjection)
def rebuild_projection(command: RebuildProjection, order: Order) -> int | None:
    """Returns the generation that is being built."""
    return projecting.rebuild_projection(
        name=command.name, acting_user=order.acting_user, at=order.at
    ).building_generation
