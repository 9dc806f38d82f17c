"""Giving events to their handlers again, in a sandbox."""

from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction
from structlog.contextvars import bound_contextvars

from events import registry
from events.contracts.events import ReplayFinished
from events.contracts.recorded import RecordedEvent, upcast
from events.errors import CountChanged
from events.registry import Subscription
from events.rules import text
from events.rules.replays import Choice, is_leaving
from events.selectors import head_of_log, reading
from events.services.publishing import announce, caused_by
from events.services.sandbox import Sandbox
from portal.shared import clock
from portal.shared.errors import FieldError, InvalidInput, NotFound

LIMIT = 10_000
MOST_SHOWN = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """One event given to one handler. `outcome` is done, failed or blocked."""

    position: int
    event_type: str
    subscriber: str
    outcome: str
    error: str = ""
    writes: dict[str, int] = field(default_factory=dict)
    effects: list[str] = field(default_factory=list)


@dataclass(slots=True, kw_only=True)
class Replayed:
    """What the handlers did, or would have done when nothing was kept.

    `deliveries` counts pairs of event and handler. `attempts` shows the first hundred,
    `troubles` the first hundred that were not done. `next_position` is where to go on
    after the limit was reached, None when nothing is left.
    """

    kept: bool
    events: int = 0
    deliveries: int = 0
    done: int = 0
    failed: int = 0
    blocked: int = 0
    first_position: int = 0
    last_position: int = 0
    next_position: int | None = None
    writes: Counter[str] = field(default_factory=Counter)
    effects: Counter[str] = field(default_factory=Counter)
    announced: Counter[str] = field(default_factory=Counter)
    attempts: list[Attempt] = field(default_factory=list)
    troubles: list[Attempt] = field(default_factory=list)


def replay_events(  # noqa: PLR0913  (a choice has many sides)
    event_type: str = "",
    start_time: datetime | None = None,
    *,
    end_time: datetime | None = None,
    stream: str = "",
    from_position: int | None = None,
    to_position: int | None = None,
    subscriber: str = "",
    keep: bool = False,
    effects: Collection[str] = (),
    confirmed: int | None = None,
    limit: int = LIMIT,
    at: datetime | None = None,
    acting_user: str = "",
) -> Replayed:
    """This will give the chosen events to their handlers again and tell what those did.

    Nothing stays unless `keep`: then each event and handler is a transaction, and what
    reaches outside goes out when its kind is in `effects` and declared by the subscription;
    `events`, what is announced anew, needs no declaration. `confirmed` is the number of
    deliveries of a dry run; another one is refused. Raises NotFound, CountChanged and
    InvalidInput.
    """
    if limit < 1:
        raise InvalidInput(
            "A replay takes one event at least.", fields=[FieldError("/limit", "Say how many.")]
        )
    choice = Choice(
        event_type=event_type,
        stream=stream,
        since=start_time,
        until=end_time,
        from_position=from_position,
        # What the replay itself announces is not replayed.
        to_position=head_of_log() if to_position is None else to_position,
    )
    takers = _takers(subscriber)
    if confirmed is not None:
        _refuse_other_count(confirmed, choice, takers, limit=limit)
    replayed = _run(choice, takers, allowed=frozenset(effects), keep=keep, limit=limit)
    if keep:
        _tell(replayed, choice, subscriber, effects, at=at or clock.now(), actor=acting_user)
    return replayed


def _run(
    choice: Choice,
    takers: Collection[Subscription],
    *,
    allowed: frozenset[str],
    keep: bool,
    limit: int,
) -> Replayed:
    replayed = Replayed(kept=keep)
    for event, wanting in _chosen(choice, takers):
        position = event.position or 0
        if replayed.events == limit:
            replayed.next_position = position
            break
        replayed.events += 1
        replayed.first_position = replayed.first_position or position
        replayed.last_position = position
        for taker in wanting:
            _enter(replayed, _give(event, taker, allowed=allowed, keep=keep))
    return replayed


def _takers(subscriber: str) -> list[Subscription]:
    known = registry.current()
    if not subscriber:
        return [s for name, s in sorted(known.items()) if s.is_fed and not is_leaving(name)]
    if subscriber not in known:
        raise NotFound(
            f"There is no subscriber {subscriber!r}. Known: {', '.join(sorted(known)) or 'none'}."
        )
    return [known[subscriber]]


def _chosen(
    choice: Choice, takers: Collection[Subscription]
) -> Iterator[tuple[RecordedEvent, list[Subscription]]]:
    """The events that somebody wants; one that is fed by rows wants whatever is chosen."""
    wanting: dict[str, list[Subscription]] = {}
    for batch in reading.batches(choice):
        for event in batch:
            kind = event.event_type
            if kind not in wanting:
                wanting[kind] = [t for t in takers if not t.is_fed or t.wants(kind)]
            if wanting[kind]:
                yield event, wanting[kind]


def _refuse_other_count(
    confirmed: int, choice: Choice, takers: Collection[Subscription], *, limit: int
) -> None:
    meant = 0
    for number, (_event, wanting) in enumerate(_chosen(choice, takers)):
        if number == limit:
            break
        meant += len(wanting)
    if meant != confirmed:
        raise CountChanged(
            f"The choice means {meant} deliveries now, and {confirmed} were confirmed. "
            "Look again, then confirm the new number."
        )


def _give(
    event: RecordedEvent, taker: Subscription, *, allowed: frozenset[str], keep: bool
) -> tuple[Attempt, Sandbox]:
    sandbox = Sandbox(allowed & (taker.effects | {"events"}) if keep else {"events"})
    outcome, error = "done", ""
    with (
        sandbox.around(),
        caused_by(event),
        bound_contextvars(event_id=str(event.event_id), event_type=event.event_type),
    ):
        try:
            with transaction.atomic():
                taker.handler(event if taker.as_written else upcast(event))
                if sandbox.blocked:
                    # The handler went on as if the other side had not answered.
                    raise sandbox.blocked  # noqa: TRY301  (undoes what it wrote)
                transaction.set_rollback(not keep)
        except Exception as raised:  # noqa: BLE001  (whatever a handler raises is told)
            outcome, error = "failed", text.in_a_line(raised)
    if sandbox.blocked:
        outcome, error = "blocked", text.in_a_line(sandbox.blocked)
    attempt = Attempt(
        position=event.position or 0,
        event_type=event.event_type,
        subscriber=taker.name,
        outcome=outcome,
        error=error,
        writes={f"{verb} {table}": count for (verb, table), count in sandbox.writes.items()},
        effects=[f"{kind}: {what}" for kind, what in sandbox.effects],
    )
    return attempt, sandbox


def _enter(replayed: Replayed, given: tuple[Attempt, Sandbox]) -> None:
    attempt, sandbox = given
    replayed.deliveries += 1
    setattr(replayed, attempt.outcome, getattr(replayed, attempt.outcome) + 1)
    replayed.writes.update(attempt.writes)
    for kind, what in sandbox.effects:
        if kind == "events":
            replayed.announced.update(what.split(", "))
        else:
            replayed.effects[kind] += 1
    if len(replayed.attempts) < MOST_SHOWN:
        replayed.attempts.append(attempt)
    if attempt.outcome != "done" and len(replayed.troubles) < MOST_SHOWN:
        replayed.troubles.append(attempt)


def _tell(
    replayed: Replayed,
    choice: Choice,
    subscriber: str,
    effects: Collection[str],
    *,
    at: datetime,
    actor: str,
) -> None:
    fact = ReplayFinished(
        chosen_type=choice.event_type,
        chosen_stream=choice.stream,
        subscriber=subscriber,
        first_position=replayed.first_position,
        last_position=replayed.last_position,
        effects=sorted(effects),
        events=replayed.events,
        done=replayed.done,
        failed=replayed.failed,
        blocked=replayed.blocked,
        at=at.isoformat(),
    )
    announce(fact, at=at, actor=actor)
