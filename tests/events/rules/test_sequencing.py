"""The order of positions, against every order of commits that a reader could have seen."""

import uuid
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import pairwise

from hypothesis import example, given, settings
from hypothesis import strategies as some

from events.contracts.recorded import RecordedEvent
from events.rules.sequencing import Unsequenced, in_commit_order

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
STREAMS = "abc"
WRITERS = 3


@dataclass
class World:
    """Transactions that write rows under the lock of each stream's row, as a database does."""

    rows: list[Unsequenced] = field(default_factory=list)
    committed: list[tuple[int, datetime | None]] = field(default_factory=list)
    # Each stream's rows in the order in which their transactions committed.
    truth: dict[str, list[int]] = field(default_factory=dict)
    _open: dict[int, tuple[int, datetime | None]] = field(default_factory=dict)
    _written: dict[int, list[Unsequenced]] = field(default_factory=dict)
    _begun: int = 0

    def act(self, step: str, writer: int, stream: str) -> None:
        if step == "begin":
            self.begin(writer)
        elif step == "write":
            self.write(writer, stream)
        else:
            self.commit(writer)

    def begin(self, writer: int) -> None:
        """Its number is taken here, long before the first row perhaps."""
        if writer not in self._open:
            self._begun += 1
            # Numbers come again after a restore; when it began tells them apart.
            self._open[writer] = (self._begun % 3, NOON.replace(microsecond=self._begun))
            self._written[writer] = []

    def write(self, writer: int, stream: str) -> None:
        self.begin(writer)
        holders = [
            holder
            for holder, rows in self._written.items()
            if any(row.event.stream == stream for row in rows)
        ]
        if holders not in ([], [writer]):
            return
        row = unsequenced(len(self.rows) + 1, self._open[writer], stream)
        self.rows.append(row)
        self._written[writer].append(row)

    def commit(self, writer: int) -> None:
        rows = self._written.pop(writer, [])
        if writer in self._open:
            self.committed.append(self._open.pop(writer))
        for row in rows:
            self.truth.setdefault(row.event.stream, []).append(row.pk)

    def seen(self, taken: set[int]) -> list[Unsequenced]:
        return [
            row for row in self.rows if row.transaction in self.committed and row.pk not in taken
        ]


def unsequenced(
    pk: int, transaction: tuple[int, datetime | None] | None, stream: str = "a"
) -> Unsequenced:
    event = RecordedEvent(
        event_id=uuid.UUID(int=pk),
        position=None,
        stream=stream,
        stream_version=1,
        event_type="orders.order.shipped",
        schema_version=1,
        payload={},
        priority=5,
        retention_class="system",
        correlation_id=uuid.UUID(int=pk),
        causation_id=None,
        actor="",
        traceparent="",
        occurred_at=NOON,
        recorded_at=NOON,
    )
    return Unsequenced(pk=pk, transaction=transaction, event=event)


def sequence(world: World, order: list[int], *, size: int) -> None:
    """One look, as the sequencer's: so many rows, and more when no transaction is whole."""
    while True:
        seen = world.seen(set(order))
        rows = seen[:size]
        unfinished = {row.transaction for row in seen[size:] if row.transaction}
        given_now = in_commit_order(rows, unfinished=unfinished)
        order += given_now
        if given_now or not rows:
            return
        size *= 2


writers = some.integers(1, WRITERS)
sizes = some.integers(1, 30)
writes = some.tuples(some.just("write"), writers, some.sampled_from(STREAMS))
commits = some.tuples(some.just("commit"), writers, some.just(""))
steps = some.lists(
    some.one_of(
        writes,
        writes,
        commits,
        commits,
        some.tuples(some.just("begin"), writers, some.just("")),
        some.tuples(some.just("look"), sizes, some.just("")),
    ),
    min_size=20,
    max_size=60,
)


# The first writer began before the second, wrote elsewhere, and waited for it.
EARLY = [
    ("write", 1, "a"),
    ("write", 2, "b"),
    ("commit", 2, ""),
    ("write", 1, "b"),
    ("commit", 1, ""),
]


@settings(max_examples=300)
@example(EARLY, 30)
@given(steps, sizes)
def test_is_one_in_which_the_streams_could_have_been_written(
    play: list[tuple[str, int, str]], last_size: int
) -> None:
    world = World()
    order: list[int] = []
    for step, number, stream in [*play, *(("commit", writer, "") for writer in range(WRITERS + 1))]:
        if step == "look":
            sequence(world, order, size=number)
        else:
            world.act(step, number, stream)
    while world.seen(set(order)):
        sequence(world, order, size=last_size)

    assert sorted(order) == [row.pk for row in world.rows]
    place = {pk: number for number, pk in enumerate(order)}
    for written in world.truth.values():
        assert sorted(written, key=place.__getitem__) == written
    for transaction in world.committed:
        places = sorted(place[row.pk] for row in world.rows if row.transaction == transaction)
        assert all(after - before == 1 for before, after in pairwise(places))


def test_takes_rows_without_a_transaction_one_by_one() -> None:
    assert in_commit_order([unsequenced(2, None), unsequenced(1, None)]) == [1, 2]


def test_orders_transactions_by_their_last_row() -> None:
    rows = [unsequenced(1, (7, NOON)), unsequenced(2, (8, NOON)), unsequenced(3, (7, NOON))]

    assert in_commit_order(rows) == [2, 1, 3]


def test_leaves_what_is_not_seen_whole_to_the_next_batch() -> None:
    rows = [unsequenced(1, (7, NOON)), unsequenced(2, (8, NOON))]

    assert in_commit_order(rows, unfinished={(7, NOON)}) == [2]
    assert in_commit_order(rows, unfinished={(7, None)}) == [1, 2]
