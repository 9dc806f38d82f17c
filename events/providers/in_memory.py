"""A broker within the process, for one machine and for tests. It keeps nothing on disk."""

import threading
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field

from django.conf import settings

from events.providers.base import Arrival, Message, Outcome, Receipt

# Of each channel; beyond it the oldest goes, as from a topic whose retention ran out.
MESSAGES_KEPT = 10_000


@dataclass(slots=True)
class _Channel:
    messages: deque[Message] = field(default_factory=lambda: deque(maxlen=MESSAGES_KEPT))
    # How many there have ever been: the number of the next message.
    count: int = 0

    def append(self, message: Message) -> None:
        self.messages.append(message)
        self.count += 1

    def after(self, number: int) -> list[tuple[int, Message]]:
        oldest = self.count - len(self.messages)
        return [
            (oldest + place, message)
            for place, message in enumerate(self.messages)
            if oldest + place >= number
        ]


@dataclass(slots=True)
class _Cursor:
    """Where a group stands in a channel; `taken` are with a member and not done."""

    done: int = 0
    taken: set[int] = field(default_factory=set)


class InMemory:
    def __init__(self) -> None:
        self.arrived = threading.Condition()
        self._channels: dict[str, _Channel] = {}
        self._cursors: dict[tuple[str, str], _Cursor] = {}

    def send(self, messages: Sequence[Message], *, deadline_seconds: float) -> list[Receipt]:
        with self.arrived:
            for message in messages:
                name = f"{settings.EVENT_BROKER_PREFIX}.{message.lane.name.lower()}"
                self.channel(name).append(message)
            self.arrived.notify_all()
        return [Receipt(Outcome.CONFIRMED)] * len(messages)

    def put(self, channel: str, message: Message) -> None:
        """This will put a message as somebody outside would."""
        with self.arrived:
            self.channel(channel).append(message)
            self.arrived.notify_all()

    def read(self, channels: Sequence[str], *, group: str) -> "InMemoryIntake":
        return InMemoryIntake(self, channels, group=group)

    def close(self) -> None:
        pass

    def channel(self, name: str) -> _Channel:
        return self._channels.setdefault(name, _Channel())

    def cursor(self, group: str, channel: str) -> _Cursor:
        return self._cursors.setdefault((group, channel), _Cursor())


class InMemoryIntake:
    def __init__(self, broker: InMemory, channels: Sequence[str], *, group: str) -> None:
        self._broker = broker
        self._channels = list(channels)
        self._group = group
        self._taken: list[tuple[str, int]] = []

    def poll(self, *, timeout_seconds: float, most: int) -> list[Arrival]:
        with self._broker.arrived:
            self._broker.arrived.wait_for(lambda: self._waiting(1), timeout_seconds)
            found = self._waiting(most)
            for channel, number, _message in found:
                self._broker.cursor(self._group, channel).taken.add(number)
                self._taken.append((channel, number))
        return [
            Arrival(
                channel=channel,
                place=f"{channel} #{number}",
                headers=message.headers,
                body=message.body,
                token=(channel, number),
            )
            for channel, number, message in found
        ]

    def done(self, arrivals: Sequence[Arrival]) -> None:
        with self._broker.arrived:
            for arrival in arrivals:
                channel, number = arrival.token
                cursor = self._broker.cursor(self._group, channel)
                cursor.done = max(cursor.done, number + 1)
                cursor.taken.discard(number)
                self._taken.remove(arrival.token)

    def close(self) -> None:
        """What was taken and is not done comes to the next member of the group."""
        with self._broker.arrived:
            for channel, number in self._taken:
                cursor = self._broker.cursor(self._group, channel)
                cursor.taken.discard(number)
                cursor.done = min(cursor.done, number)
            self._taken.clear()
            self._broker.arrived.notify_all()

    def _waiting(self, most: int) -> list[tuple[str, int, Message]]:
        found = []
        for channel in self._channels:
            cursor = self._broker.cursor(self._group, channel)
            for number, message in self._broker.channel(channel).after(cursor.done):
                if number not in cursor.taken:
                    found.append((channel, number, message))
        return found[:most]
