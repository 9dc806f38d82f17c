"""What brokers bring is taken into the log once, or parked with the reason."""

import json
import uuid
from datetime import datetime
from typing import Any

import pytest

from events import services
from events.errors import ArrivalNotParked, ForeignEventRefused
from events.models import Event, RefusedArrival
from events.providers.base import Arrival
from portal.shared.errors import DomainError

pytestmark = pytest.mark.django_db


def arrival(body: bytes = b'{"n": 1}', **changes: str) -> Arrival:
    headers = {
        "specversion": "1.0",
        "id": str(uuid.uuid4()),
        "source": "/shop",
        "type": "shop.order.shipped",
    } | changes
    return Arrival(
        channel="shop.orders",
        place="shop.orders @7",
        headers={f"ce-{name}": value for name, value in headers.items()}
        | {"content-type": "application/json"},
        body=body,
        token=None,
    )


def plain(body: bytes, **headers: str) -> Arrival:
    return Arrival(channel="shop", place="shop @1", headers=headers, body=body, token=None)


def test_takes_in_what_arrived_once(at: datetime) -> None:
    one = arrival(subject="order-7")

    assert services.take_in_arrivals([one, one], at=at) == 1
    assert services.take_in_arrivals([one], at=at) == 0

    event = Event.objects.get()
    assert (event.event_type, event.stream) == ("shop.order.shipped", "/shop/order-7")
    assert (event.payload, event.actor) == ({"n": 1}, "/shop")


def test_keeps_the_order_of_a_subject(at: datetime) -> None:
    found = [arrival(json.dumps({"n": n}).encode(), subject=f"order-{n % 2}") for n in range(20)]

    services.take_in_arrivals(found, at=at)

    for parity in (0, 1):
        stream = Event.objects.filter(stream=f"/shop/order-{parity}").order_by("stream_version")
        numbers = [event.payload["n"] for event in stream]
        assert numbers == sorted(numbers)
        assert len(numbers) == 10


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        (plain(b"hello"), "not a CloudEvent"),
        (plain(b"{", **{"content-type": "application/cloudevents+json"}), "not JSON"),
        (arrival(b"not json"), "not a JSON object"),
        (arrival(b"\xff\xfe"), "not a JSON object"),
        (arrival(b""), "not a JSON object"),
        (arrival(type="slo.burn_rate.critical"), "Only the portal itself"),
        (arrival(source="urn:portal"), "is this portal itself"),
        (arrival(b'{"a": "' + b"x" * 262_144 + b'"}'), "at most 262144"),
        (arrival(b'{"a": "\\u0000"}'), "no database keeps"),
        (arrival(time="soon"), "cannot be read"),
        (arrival(subject="a\x00b"), "cannot be kept"),
    ],
)
def test_parks_what_it_cannot_keep_with_the_reason_and_goes_on(
    at: datetime, bad: Arrival, reason: str
) -> None:
    assert services.take_in_arrivals([arrival(), bad, arrival()], at=at) == 2

    refused = RefusedArrival.objects.get()
    assert reason in refused.reason
    assert refused.state == RefusedArrival.State.PARKED
    assert bytes(refused.body) == bad.body


def test_takes_a_refused_arrival_in_once_its_body_is_mended(at: datetime) -> None:
    services.take_in_arrivals([arrival(b"{")], at=at)
    refused = RefusedArrival.objects.get()
    with pytest.raises(ForeignEventRefused):
        services.take_in_refused(arrival_id=refused.pk, at=at, acting_user="alice")

    taken = services.take_in_refused(
        arrival_id=refused.pk, at=at, acting_user="alice", body=b'{"n": 1}'
    )

    refused.refresh_from_db()
    assert (refused.state, refused.settled_by) == ("taken_in", "alice")
    assert Event.objects.get().event_id == taken.event_id
    with pytest.raises(ArrivalNotParked):
        services.take_in_refused(arrival_id=refused.pk, at=at, acting_user="alice")


def test_refuses_again_what_is_still_not_to_be_believed(at: datetime) -> None:
    services.take_in_arrivals([arrival(source="urn:portal")], at=at)
    refused = RefusedArrival.objects.get()

    with pytest.raises(DomainError, match="this portal itself"):
        services.take_in_refused(arrival_id=refused.pk, at=at, acting_user="alice")


def test_discards_a_refused_arrival_once(at: datetime) -> None:
    services.take_in_arrivals([arrival(b"{")], at=at)
    refused = RefusedArrival.objects.get()
    wanted: dict[str, Any] = {"arrival_id": refused.pk, "at": at, "acting_user": "alice"}

    services.discard_refused(**wanted)

    refused.refresh_from_db()
    assert (refused.state, refused.settled_at, refused.settled_by) == ("discarded", at, "alice")
    with pytest.raises(ArrivalNotParked):
        services.discard_refused(**wanted)
