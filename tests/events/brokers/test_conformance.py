"""What every broker must do alike, whatever carries the messages.

The results under `librdkafka mock` are of librdkafka's own mock cluster, and say nothing
about a Kafka.
"""

from threading import Timer

import pytest

from events.contracts.base import Priority
from events.errors import BrokerUnavailable
from events.providers.base import Arrival, Message, Outcome
from tests.events.brokers.conftest import Arm, message, numbered, take
from tests.events.brokers.mock_cluster import NOT_ENOUGH_REPLICAS, REQUEST_TIMED_OUT

DEADLINE = 15.0


def send(arm: Arm, *messages: Message) -> None:
    receipts = arm.broker.send(messages, deadline_seconds=DEADLINE)
    assert [receipt.outcome for receipt in receipts] == [Outcome.CONFIRMED] * len(messages)


def send_until_confirmed(arm: Arm, sent: Message) -> None:
    for _try in range(20):
        if arm.broker.send([sent], deadline_seconds=DEADLINE)[0].outcome == Outcome.CONFIRMED:
            return
    raise AssertionError("It was never confirmed")


def bodies(arrivals: list[Arrival]) -> list[bytes]:
    return [arrival.body for arrival in arrivals]


def test_confirms_nothing_when_nothing_is_sent(arm: Arm) -> None:
    assert arm.broker.send([], deadline_seconds=1) == []


def test_carries_headers_and_body_unchanged(arm: Arm) -> None:
    sent = message(
        '{"name": "Ünïcode 😀"}'.encode(),
        headers={"ce-subject": "orders.1", "ce-type": "orders.order.shipped"},
    )
    send(arm, sent)

    found = arm.read(1)[0]

    assert found.body == sent.body
    assert {name: found.headers[name] for name in sent.headers} == sent.headers
    assert found.channel == arm.lane(Priority.NORMAL)
    assert arm.prefix in found.place


@pytest.mark.parametrize(
    "body",
    [b"", bytes(range(256)), b"x" * 256 * 1024],
    ids=["empty", "every byte", "256 KiB"],
)
def test_carries_any_body(arm: Arm, body: bytes) -> None:
    send(arm, message(body))

    assert arm.read(1)[0].body == body


def test_carries_a_key_in_any_script(arm: Arm) -> None:
    send(arm, message(key="заказы.1"), message(key="注文.1"))

    assert len(arm.read(2)) == 2


def test_keeps_the_order_of_a_key_through_a_thousand_at_once(arm: Arm) -> None:
    keys = ("orders.1", "orders.2", "orders.3")
    sent = numbered(1000, keys=keys)
    send(arm, *sent)

    found = [int(arrival.body) for arrival in arm.read(1000)]

    for place in range(len(keys)):
        of_key = [number for number in found if number % len(keys) == place]
        assert of_key == sorted(of_key)
    assert sorted(found) == list(range(1000))


def test_keeps_the_order_between_two_sends(arm: Arm) -> None:
    for n in range(3):
        send(arm, message(str(n).encode()))

    assert bodies(arm.read(3)) == [b"0", b"1", b"2"]


@pytest.mark.parametrize("lane", list(Priority))
def test_keeps_the_lanes_apart(arm: Arm, lane: Priority) -> None:
    send(arm, *(message(other.name.encode(), lane=other) for other in Priority))

    assert bodies(arm.read(1, lane)) == [lane.name.encode()]


def test_gives_what_was_done_to_nobody_again(arm: Arm) -> None:
    send(arm, message(b"first"), message(b"second"))
    arm.read(1)

    assert bodies(arm.read(1)) == [b"second"]


def test_gives_what_was_not_done_again(arm: Arm) -> None:
    send(arm, message(b"first"), message(b"second"))
    with arm.reading(Priority.NORMAL) as intake:
        found = take(intake, 2)
        intake.done(found[:1])

    assert bodies(arm.read(1)) == [b"second"]


def test_waits_no_longer_than_asked_when_nothing_comes(arm: Arm) -> None:
    send(arm, message())
    arm.read(1)
    with arm.reading(Priority.NORMAL) as intake:
        assert intake.poll(timeout_seconds=0.2, most=1) == []


def test_gives_no_more_than_asked(arm: Arm) -> None:
    send(arm, *numbered(10))
    with arm.reading(Priority.NORMAL) as intake:
        take(intake, 1)
        assert len(intake.poll(timeout_seconds=2, most=3)) <= 3


def test_shares_the_work_of_a_group(arm: Arm) -> None:
    send(arm, *numbered(20, keys=("a", "b", "c", "d")))
    seen: list[bytes] = []
    with arm.reading(Priority.NORMAL) as one, arm.reading(Priority.NORMAL) as other:
        for _round in range(40):
            for intake in (one, other):
                found = intake.poll(timeout_seconds=0.2, most=5)
                intake.done(found)
                seen += bodies(found)
            if len(set(seen)) >= 20:
                break

    # A member that joins may be given what the other has done and not yet told.
    assert set(seen) == {str(n).encode() for n in range(20)}


def test_can_be_closed_twice(arm: Arm) -> None:
    send(arm, message())
    arm.broker.close()
    arm.broker.close()


def test_says_that_nothing_is_known_while_the_broker_is_away(arm: Arm) -> None:
    if arm.name == "in_memory":
        pytest.skip("It is where the portal is.")
    send(arm, message(b"before"))
    arm.shut()

    receipts = arm.broker.send([message(b"lost"), message(b"lost")], deadline_seconds=1)

    assert [receipt.outcome for receipt in receipts] == [Outcome.UNKNOWN] * 2
    assert all(receipt.reason for receipt in receipts)

    arm.open()
    send_until_confirmed(arm, message(b"after"))
    assert b"after" in bodies(arm.read(2))


def test_sends_nothing_late_that_its_sender_has_given_up(arm: Arm) -> None:
    if arm.name == "in_memory":
        pytest.skip("It is where the portal is.")
    send(arm, message(b"before"))
    arm.shut()
    arm.broker.send([message(b"given up")], deadline_seconds=0.3)
    arm.open()
    send_until_confirmed(arm, message(b"after"))

    assert bodies(arm.read(2)) == [b"before", b"after"]


def test_makes_its_queues_again_when_somebody_deleted_them(arm: Arm) -> None:
    if arm.name != "rabbitmq":
        pytest.skip("Only RabbitMQ lets its users delete a queue under our hands.")
    send(arm, message(b"before"))
    with arm.reading(Priority.NORMAL) as intake:
        take(intake, 1)
        intake._channel.queue_delete(arm.lane(Priority.NORMAL))  # type: ignore[attr-defined]

    first = arm.broker.send([message(b"unroutable")], deadline_seconds=DEADLINE)[0]
    assert (first.outcome, first.reason) == (Outcome.UNROUTABLE, "312 NO_ROUTE")

    send_until_confirmed(arm, message(b"after"))
    assert bodies(arm.read(1)) == [b"after"]


def test_tells_a_reader_of_what_is_not_there(arm: Arm) -> None:
    if arm.name == "in_memory":
        pytest.skip("A channel in memory is there once it is named.")
    intake = arm.broker.read([f"{arm.prefix}.nowhere"], group="readers")
    with pytest.raises(BrokerUnavailable, match="nowhere"):
        take(intake, 1)
    intake.close()


def test_sends_each_once_through_errors_of_a_cluster(arm: Arm) -> None:
    if arm.cluster is None:
        pytest.skip("The errors are injected into the mock cluster.")
    arm.cluster.fail_produce(NOT_ENOUGH_REPLICAS, NOT_ENOUGH_REPLICAS, REQUEST_TIMED_OUT)
    arm.shut()
    Timer(0.5, arm.open).start()

    send(arm, *numbered(500))

    assert bodies(arm.read(500)) == [str(n).encode() for n in range(500)]


def test_refuses_what_is_larger_than_the_broker_takes(arm: Arm) -> None:
    if arm.cluster is None:
        pytest.skip("The limit is librdkafka's.")
    receipts = arm.broker.send([message(b"x" * 2_000_000)], deadline_seconds=DEADLINE)

    assert receipts[0].outcome == Outcome.REFUSED
    assert "too large" in receipts[0].reason


@pytest.mark.parametrize("times", range(3))
def test_gives_what_was_not_done_again_in_its_order(arm: Arm, times: int) -> None:
    send(arm, *numbered(400))
    for taken in range(3):
        with arm.reading(Priority.NORMAL) as intake:
            take(intake, taken + 1)

    again = bodies(arm.read(400, Priority.NORMAL))

    assert [int(body) for body in again] == list(range(400))
