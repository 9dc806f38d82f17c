"""Who hears of which events, and what the events of a stream add up to.

Filled from AppConfig.ready(); the sequencer reads the subscriptions.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from events.contracts.recorded import RecordedEvent
from events.rules.folding import StreamFold, default_fold
from events.rules.naming import falls_under
from portal.shared.registry import Registry

Handler = Callable[[RecordedEvent], None]


@dataclass(frozen=True, slots=True)
class Subscription:
    """`name` identifies the consumer group in its rows: never rename it lightly.

    `effects` names what the handler does beside writing to the database: a replay
    holds back what is not named here. A handler that reaches outside (`reaches_outside`)
    runs without a transaction around it, so it may be called twice for one event and must
    pass on the event's id for the receiver to tell. One who passes events on without
    reading them, such as the relay, takes them `as_written`, without upcasting.
    """

    name: str
    pattern: str
    handler: Handler
    effects: frozenset[str] = frozenset()
    from_beginning: bool = False
    as_written: bool = False
    # More of what it asks for, beside the first pattern.
    other_patterns: tuple[str, ...] = ()
    # Delivered by a mover of its own: what outsiders are slow with delays nobody else.
    is_apart: bool = False

    @property
    def reaches_outside(self) -> bool:
        return bool(self.effects - {"database", "events"})

    @property
    def is_fed(self) -> bool:
        """False for one whose deliveries somebody else writes, such as the relay."""
        return bool(self.pattern)

    def wants(self, event_type: str) -> bool:
        return any(falls_under(event_type, one) for one in (self.pattern, *self.other_patterns))


Source = Callable[[], Iterable[Subscription]]

_subscriptions: Registry[Subscription] = Registry("subscriber")
# What is subscribed by rows and not by code, such as webhooks.
_sources: list[Source] = []


def add(subscription: Subscription) -> None:
    _subscriptions.register(subscription.name, subscription)


def add_source(source: Source) -> None:
    """This will ask the source for its subscriptions each time they are read."""
    _sources.append(source)


def current() -> dict[str, Subscription]:
    """This will return every subscription of this moment by its name."""
    found = dict(_subscriptions)
    for source in _sources:
        found.update({subscription.name: subscription for subscription in source()})
    return found


def fed() -> dict[str, Subscription]:
    """This will return those whom the sequencer hands events to."""
    return {name: subscription for name, subscription in current().items() if subscription.is_fed}


_folds: Registry[StreamFold] = Registry("fold")
_default_fold = StreamFold("", default_fold)


def add_fold(fold: StreamFold) -> None:
    _folds.register(fold.prefix, fold)


def fold_of(stream: str) -> StreamFold:
    """This will return the fold of the longest prefix that the stream begins with."""
    fitting = [fold for prefix, fold in _folds if stream.startswith(prefix)]
    return max(fitting, key=lambda fold: len(fold.prefix), default=_default_fold)
