"""What a stream added up to at any moment: the same with and without snapshots."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as examples
from hypothesis import strategies as st

from events import registry, services
from events.contracts.draft import Draft
from events.contracts.recorded import RecordedEvent
from events.errors import StreamUnknown, StreamVersionUnknown
from events.models import Event, Stream, StreamSnapshot
from events.rules.folding import default_fold
from events.selectors import read_stream
from portal.shared.registry import Registry
from tests.conftest import NOON

pytestmark = pytest.mark.django_db

STREAM = "orders.1"


@pytest.fixture(autouse=True)
def no_folds_of_others(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(registry, "_folds", Registry("fold"))


def write(count: int, *, stream: str = STREAM, retention_class: str = "system") -> None:
    """Events a minute apart, the first at noon."""
    before = Stream.objects.filter(name=stream).values_list("version", flat=True).first() or 0
    services.append(
        [
            Draft(
                event_type="orders.order.changed",
                payload={"number": number, f"field_{number % 7}": number},
                stream=stream,
                retention_class=retention_class,
                occurred_at=NOON,
            )
            for number in range(before + 1, before + count + 1)
        ]
    )
    for event in Event.objects.filter(stream=stream, stream_version__gt=before):
        record(event.stream_version or 0, minute=(event.stream_version or 0) - 1, stream=stream)


def record(version: int, *, minute: int, stream: str = STREAM) -> None:
    Event.objects.filter(stream=stream, stream_version=version).update(
        recorded_at=NOON + timedelta(minutes=minute)
    )


def brute_force(*, at: datetime | None = None, version: int | None = None) -> Mapping[str, Any]:
    events = list(Event.objects.filter(stream=STREAM).order_by("stream_version"))
    if at is not None:
        version = max((e.stream_version or 0 for e in events if e.recorded_at <= at), default=0)
    value: Mapping[str, Any] = {}
    for event in events:
        if version is None or (event.stream_version or 0) <= version:
            value = default_fold(value, event.recorded())
    return value


def test_adds_up_a_stream_to_its_end() -> None:
    write(3)

    state = services.state(STREAM)

    assert state.value == brute_force()
    assert (state.version, state.recorded_at) == (3, NOON + timedelta(minutes=2))
    assert state.is_complete


@pytest.mark.parametrize("version", [0, 1, 2, 3])
def test_adds_up_to_a_version(version: int) -> None:
    write(3)

    state = services.state(STREAM, version=version)

    assert (state.version, state.value) == (version, brute_force(version=version))
    assert state.is_complete


@pytest.mark.parametrize(("seconds", "version"), [(-1, 0), (0, 1), (59, 1), (60, 2), (9999, 3)])
def test_adds_up_to_a_moment(seconds: int, version: int) -> None:
    write(3)

    state = services.state(STREAM, at=NOON + timedelta(seconds=seconds))

    assert (state.version, state.value) == (version, brute_force(version=version))


def test_keeps_the_order_when_the_clock_stepped_back() -> None:
    write(4)
    record(3, minute=-60)

    state = services.state(STREAM, at=NOON - timedelta(minutes=30))

    # The third was written by then, so the first two were too.
    assert state.version == 3
    assert state.value["fields"]["number"] == 3


def test_tells_the_position_once_there_is_one() -> None:
    write(1)
    before = services.state(STREAM).position
    services.sequence_events(at=NOON)

    assert (before, services.state(STREAM).position) == (None, 1)


@pytest.mark.parametrize("version", [-1, 4])
def test_refuses_a_version_that_never_was(version: int) -> None:
    write(3)

    with pytest.raises(StreamVersionUnknown, match=f"versions 0 to 3, and no {version}"):
        services.state(STREAM, version=version)


def test_refuses_a_stream_that_never_was_and_two_instants_at_once() -> None:
    with pytest.raises(StreamUnknown, match=r"no stream 'orders\.1'"):
        services.state(STREAM)
    write(1)
    with pytest.raises(StreamVersionUnknown, match="not both"):
        services.state(STREAM, at=NOON, version=1)


def test_leaves_out_telemetry_of_the_same_name() -> None:
    write(1)
    services.publish("orders.order.seen", {"number": 9}, at=NOON)
    Event.objects.filter(event_type="orders.order.seen").update(stream=STREAM)

    assert services.state(STREAM).value["fields"]["number"] == 1


@pytest.mark.parametrize(
    ("count", "kept"), [(100, []), (101, [25, 50, 75, 100]), (110, [25, 50, 75, 100])]
)
def test_keeps_snapshots_where_reading_was_long(count: int, kept: list[int]) -> None:
    write(count)

    services.state(STREAM)

    snapshots = StreamSnapshot.objects.order_by("version")
    assert list(snapshots.values_list("version", flat=True)) == kept


def test_folds_few_events_once_it_was_read() -> None:
    write(250)
    services.state(STREAM)

    folded = {version: read_stream(STREAM, version=version) for version in (1, 99, 100, 201, 250)}

    assert [reading.folded_now for reading in folded.values()] == [1, 24, 25, 1, 25]
    assert all(r.state.value == brute_force(version=v) for v, r in folded.items())


@examples(
    suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=25
)
@given(
    steps_back=st.dictionaries(st.integers(1, 40), st.integers(-50, 60), max_size=8),
    minutes=st.lists(st.integers(-60, 70), min_size=1, max_size=6),
)
def test_is_what_brute_force_says_with_and_without_snapshots(
    steps_back: dict[int, int], minutes: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("events.selectors.streams.SNAPSHOT_EVERY", 7)
    monkeypatch.setattr("events.selectors.streams.LONG_READING", 14)
    StreamSnapshot.objects.all().delete()
    if not Stream.objects.exists():
        write(40)
    for version in range(1, 41):
        record(version, minute=steps_back.get(version, version - 1))

    for minute in minutes:
        at = NOON + timedelta(minutes=minute)
        expected = brute_force(at=at)
        # The first reading leaves snapshots to the second.
        assert services.state(STREAM, at=at).value == expected
        services.state(STREAM)
        assert services.state(STREAM, at=at).value == expected
    assert StreamSnapshot.objects.count() >= 4


def test_uses_no_snapshot_of_other_code() -> None:
    write(101)
    services.state(STREAM)

    def numbers(value: Mapping[str, Any], event: RecordedEvent) -> Mapping[str, Any]:
        return {"sum": value.get("sum", 0) + event.payload["number"]}

    services.register_fold("orders.", numbers)

    assert services.state(STREAM).value == {"sum": 101 * 102 // 2}
    assert set(StreamSnapshot.objects.values_list("value__sum", flat=True)) == {
        325,
        1275,
        2850,
        5050,
    }


def test_folds_by_the_longest_prefix() -> None:
    services.register_fold("orders.", lambda _value, _event: {"by": "short"})
    services.register_fold("orders.1", lambda _value, _event: {"by": "long"})
    write(1)
    write(1, stream="orders.2")

    assert services.state("orders.1").value == {"by": "long"}
    assert services.state("orders.2").value == {"by": "short"}


def test_says_what_retention_has_dropped() -> None:
    write(150)
    services.state(STREAM)
    Event.objects.filter(stream_version__lte=120).delete()

    state = services.state(STREAM)
    before = services.state(STREAM, version=50)

    assert (state.first_version, state.folded, state.is_complete) == (121, 30, False)
    assert state.value["events"] == {"orders.order.changed": 30}
    assert (before.version, before.value, before.is_complete) == (50, {}, False)


@pytest.mark.parametrize(("days", "kept"), [(13, 4), (15, 0)])
def test_forgets_snapshots_with_the_first_event_in_them(days: int, kept: int) -> None:
    write(101)
    services.state(STREAM)

    forgotten = services.forget_snapshots(at=NOON + timedelta(days=days))

    assert (forgotten, StreamSnapshot.objects.count()) == (4 - kept, kept)


def test_forgets_a_snapshot_for_one_short_lived_event_among_many() -> None:
    write(50, retention_class="audit")
    write(1, retention_class="api")
    write(60, retention_class="audit")
    services.state(STREAM)

    forgotten = services.forget_snapshots(at=NOON + timedelta(days=8))

    # The first two hold nothing but what is kept for ever.
    assert (forgotten, StreamSnapshot.objects.count()) == (2, 2)


def test_keeps_for_ever_what_is_made_of_what_is_kept_for_ever() -> None:
    write(101, retention_class="audit")
    services.state(STREAM)

    assert services.forget_snapshots(at=NOON + timedelta(days=9999)) == 0


def test_tells_what_changed_between_two_instants() -> None:
    write(3)

    difference = services.diff(STREAM, 1, NOON + timedelta(minutes=1))

    assert (difference.before.version, difference.after.version) == (1, 2)
    assert [(c.pointer, c.kind.value) for c in difference.changes] == [
        ("/events/orders.order.changed", "changed"),
        ("/fields/field_2", "added"),
        ("/fields/number", "changed"),
    ]


def test_begins_behind_a_snapshot_that_holds_nothing_of_the_moment() -> None:
    write(101)
    services.state(STREAM)
    StreamSnapshot.objects.all().delete()
    record(60, minute=-30)
    services.state(STREAM)

    state = services.state(STREAM, at=NOON - timedelta(minutes=15))

    assert (state.version, state.folded) == (60, 60)
    assert state.value == brute_force(version=60)
