"""What a publisher may rely on: versions, all or nothing, and refusals."""

from datetime import datetime

import pytest
from django.db import DataError, connection

from events import services
from events.contracts.draft import Draft
from events.errors import PayloadRefused, RetentionClassUnknown, StreamMoved
from events.models import Event, Stream

pytestmark = pytest.mark.django_db


def drafts(count: int, *, at: datetime, stream: str = "orders.1") -> list[Draft]:
    return [
        Draft(
            event_type="orders.order.shipped",
            payload={"number": number},
            stream=stream,
            occurred_at=at,
        )
        for number in range(count)
    ]


@pytest.mark.parametrize("count", [1, 3, 250], ids=["one", "a few", "many, copied"])
def test_counts_versions_on_from_the_last_writer(at: datetime, count: int) -> None:
    services.append(drafts(2, at=at))
    written = services.append(drafts(count, at=at))

    assert [event.stream_version for event in written] == list(range(3, count + 3))
    assert Stream.objects.get().version == count + 2
    stored = Event.objects.order_by("pk").values_list("stream_version", "payload", "pk")
    assert list(stored)[2:] == [(e.stream_version, e.payload, e.pk) for e in written]


@pytest.mark.parametrize("expected", [0, 1, 3])
@pytest.mark.parametrize("count", [1, 250])
def test_refuses_to_write_over_what_it_has_not_seen(
    at: datetime, expected: int, count: int
) -> None:
    services.append(drafts(2, at=at))

    with pytest.raises(StreamMoved, match=f"orders.1 is not at version {expected}"):
        services.append(drafts(count, at=at), expected_version=expected)

    assert Event.objects.count() == 2
    assert Stream.objects.get().version == 2


def test_writes_at_the_version_that_was_seen(at: datetime) -> None:
    services.append(drafts(1, at=at), expected_version=0)
    services.append(drafts(1, at=at), expected_version=1)

    assert Stream.objects.get().version == 2


def test_refuses_to_go_on_with_a_stream_that_never_was(at: datetime) -> None:
    with pytest.raises(StreamMoved):
        services.append(drafts(1, at=at), expected_version=7)

    assert not Stream.objects.exists()


@pytest.mark.skipif(connection.vendor == "sqlite", reason="SQLite counts no characters.")
@pytest.mark.parametrize("count", [1, 40], ids=["one", "many, copied"])
def test_tells_in_one_way_what_the_database_refuses(at: datetime, count: int) -> None:
    draft = Draft(
        event_type="orders.order.shipped", payload={}, actor="x" * 151, stream="a", occurred_at=at
    )

    with pytest.raises(DataError, match="too long"):
        services.append([draft] * count)


def test_gives_telemetry_no_version_and_no_stream(at: datetime) -> None:
    event = services.publish("orders.order.seen", {}, at=at)

    event.refresh_from_db()
    assert (event.stream, event.stream_version) == ("orders.order.seen", None)
    assert not Stream.objects.exists()


def test_keeps_the_lane_of_the_first_event_of_a_stream(at: datetime) -> None:
    services.publish("orders.order.paid", {}, 9, stream="orders.1", at=at)
    services.publish("orders.order.seen", {}, 1, stream="orders.1", at=at)

    assert Stream.objects.get().lane == 9


def test_refuses_a_retention_class_nobody_configured(at: datetime) -> None:
    with pytest.raises(RetentionClassUnknown, match="Known: api, security, system, audit"):
        services.publish("orders.order.paid", {}, retention_class="forever", at=at)


@pytest.mark.parametrize(
    "value",
    ["\x00", "\ud800", "ab\\\x00"],
    ids=["NUL", "half a pair", "NUL behind a backslash"],
)
def test_refuses_text_that_no_database_keeps(at: datetime, value: str) -> None:
    with pytest.raises(PayloadRefused, match="no database keeps"):
        services.publish("orders.order.paid", {"note": value}, at=at)


@pytest.mark.parametrize("value", ["\\u0000", "\\ud800", "😀", "\\\\u0000"])
def test_keeps_text_that_only_looks_like_it(at: datetime, value: str) -> None:
    event = services.publish("orders.order.paid", {"note": value}, at=at)

    event.refresh_from_db()
    assert event.payload == {"note": value}
