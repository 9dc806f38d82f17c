"""What each actor does until SIGTERM; SIGKILL may come at any time."""

import json
import logging
import os
import random
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.core.management import call_command
from django.db import DatabaseError, connection, transaction

from events import services
from events.contracts.base import Priority
from events.contracts.draft import Draft
from events.contracts.recorded import RecordedEvent
from events.errors import BrokerUnavailable
from events.models import Delivery, Event, LogHead, RelayCheckpoint
from events.movers import intake as intake_mover
from events.movers.intake import Intake
from events.movers.pump import Pump
from events.movers.relay import Relay
from events.providers import kafka, rabbitmq_sender
from events.providers.base import Arrival
from events.providers.registry import broker
from events.rules import retry
from events.services import relaying
from portal.shared import clock
from tests.faults.events import ledger
from tests.faults.events.points import set_trap
from tests.faults.processes import pause

SUBSCRIBED = "orders.order.shipped"
OTHERS = "meters.meter.read"
STREAMS = 40
SWEEPS_TO_A_VACUUM = 40
# The relay may be so much further behind than the consumers before the writers wait.
UNRELAYED_TO_UNDELIVERED = 10


class RolledBack(Exception):
    """The writer changed its mind."""


def hurry() -> None:
    """This will shorten the product's patience, so that a killed one is followed soon."""
    # It tells of every connection that is refused, in ten lines.
    logging.getLogger("pika").setLevel(logging.CRITICAL)
    retry.LEASE = timedelta(seconds=3)
    retry.FIRST_DELAY = timedelta(milliseconds=20)
    retry.LONGEST_DELAY = timedelta(seconds=1)
    relaying.LEASE = timedelta(seconds=4)
    relaying.CONFIRM_SECONDS = 1.5
    relaying.LONGEST_PAUSE = timedelta(seconds=0.5)
    rabbitmq_sender.LONGEST_PAUSE_SECONDS = 0.5
    kafka.SESSION_SECONDS = 1.2
    intake_mover.SECONDS_AFTER_FAILURE = 0.2


def set_trap_of(order: dict[str, Any]) -> None:
    if "dies" in order:
        set_trap(order["dies"], passes=order["passes"])


def prepare(stopping: threading.Event) -> None:
    call_command("migrate", "events", verbosity=0)
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA journal_mode=WAL")
    ledger.prepare()
    services.prepare_partitions(at=clock.now())


def writer(
    stopping: threading.Event,
    *,
    seed: str,
    acknowledged: str,
    most_undelivered: int,
    one_in: int,
    sizes: list[int],
) -> None:
    """Appends and keeps two accounts: rows in the same transaction, and a file of what it
    was told is committed."""
    chance = random.Random(seed)
    file = os.open(acknowledged, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    transactions = 0
    while not stopping.is_set():
        try:
            written = _transaction(chance, one_in=one_in, sizes=sizes)
            transactions += 1
            if transactions % 10 == 0:
                _wait_for_the_others(stopping, most_undelivered)
        except RolledBack:
            continue
        except DatabaseError:
            connection.close()
            pause(0.1)
            continue
        os.write(file, "".join(f"{event.event_id}\n" for event in written).encode())
        os.fsync(file)


def _transaction(chance: random.Random, *, one_in: int, sizes: list[int]) -> list[Event]:
    written: list[Event] = []
    with transaction.atomic():
        if chance.random() < 0.15:
            _take_number_early()
            pause(chance.uniform(0, 0.02))
        for _stream in range(chance.choice((1, 1, 1, 2, 3))):
            written += _append(chance, one_in=one_in, sizes=sizes)
        if chance.random() < 0.1:
            with suppress(RolledBack), transaction.atomic():
                _append(chance, one_in=one_in, sizes=sizes)
                raise RolledBack
        if chance.random() < 0.02:
            pause(chance.uniform(0, 0.1))
        # Django rolls back without a word when the database went while a savepoint was undone.
        if chance.random() < 0.1 or connection.needs_rollback:
            raise RolledBack
    return written


def _take_number_early() -> None:
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_current_xact_id()")


def _append(chance: random.Random, *, one_in: int, sizes: list[int]) -> list[Event]:
    number = chance.randrange(STREAMS)
    is_subscribed = number % one_in == 0
    event_type = SUBSCRIBED if is_subscribed else OTHERS
    draft = Draft(
        event_type=event_type,
        payload={"rolls": chance.random()},
        # Every twentieth is telemetry.
        stream="" if chance.random() < 0.05 else f"{event_type.partition('.')[0]}.{number}",
        occurred_at=clock.now(),
        priority=chance.choice(list(Priority)),
    )
    events = services.append([draft] * chance.choice(sizes))
    ledger.Committed.objects.bulk_create(
        ledger.Committed(event_id=event.event_id, is_subscribed=is_subscribed) for event in events
    )
    return events


def _wait_for_the_others(stopping: threading.Event, most: int) -> None:
    while not stopping.is_set():
        head = LogHead.objects.values_list("position", flat=True).first() or 0
        relayed = max(RelayCheckpoint.objects.values_list("position", flat=True))
        most_unrelayed = most * UNRELAYED_TO_UNDELIVERED
        unordered = Event.objects.filter(position=None)[:most_unrelayed].count()
        undelivered = Delivery.objects.undelivered()[: most + 1].count()
        if undelivered <= most and unordered + head - relayed < most_unrelayed:
            return
        pause(0.05)


def _handle(event: RecordedEvent) -> None:
    if random.random() < 0.02:
        raise ValueError("not this time")
    ledger.Handled.objects.create(
        event_id=event.event_id,
        stream=event.stream,
        version=event.stream_version,
    )
    if random.random() < 0.05:
        answer = services.publish("billing.invoice.sent", {}, stream="billing.1")
        ledger.Committed.objects.create(event_id=answer.event_id, is_subscribed=False)
    if random.random() < 0.02:
        raise ValueError("too late")


def _subscribe() -> None:
    services.subscribe(SUBSCRIBED, _handle, name="faults", from_beginning=True)


def sequencer(stopping: threading.Event) -> None:
    _subscribe()
    _again_and_again(stopping, lambda: services.sequence_events(at=clock.now()), every=0.005)


def consumer(stopping: threading.Event) -> None:
    _subscribe()
    _run(Pump(), stopping)


def relay(stopping: threading.Event) -> None:
    _run(Relay(), stopping)


def intake(stopping: threading.Event, *, channel: str) -> None:
    _run(Intake([channel]), stopping)


def sweeper(stopping: threading.Event) -> None:
    """What Beat does every minute, and an operator who redrives what was given up."""
    swept = 0

    def sweep() -> None:
        nonlocal swept
        swept += 1
        if swept % SWEEPS_TO_A_VACUUM == 0 and connection.vendor == "postgresql":
            # A server that is stopped every minute never comes to it by itself.
            with connection.cursor() as cursor:
                cursor.execute("VACUUM (ANALYZE) events_event, events_delivery, events_stream")
        services.restore_heads()
        for parked in Delivery.objects.filter(state=Delivery.State.PARKED):
            services.redrive_delivery(delivery_id=parked.pk, at=clock.now(), acting_user="sweeper")

    _subscribe()
    _again_and_again(stopping, sweep, every=0.5)


def reader(stopping: threading.Event, *, channels: list[str]) -> None:
    """Somebody outside who writes down what the broker brings, and only then is done with it."""
    while not stopping.is_set():
        reading = broker().read(channels, group="faults-reader")
        try:
            while not stopping.is_set():
                arrivals = reading.poll(timeout_seconds=0.2, most=500)
                _write_down(arrivals)
                reading.done(arrivals)
        except BrokerUnavailable:
            pause(0.2)
        finally:
            reading.close()


def _write_down(arrivals: Sequence[Arrival]) -> None:
    """A database that is away is waited for: to let go of what was read would reorder it."""
    while True:
        try:
            ledger.Arrived.objects.bulk_create(
                ledger.Arrived(
                    event_id=arrival.headers["ce-id"],
                    sequence_key=arrival.headers["ce-partitionkey"],
                    position=int(arrival.headers["ce-sequence"]),
                )
                for arrival in arrivals
            )
        except DatabaseError:
            connection.close()
            pause(0.1)
        else:
            return


def examine(stopping: threading.Event, *, answer: str, foreign: int, at_length: bool) -> None:
    """Writes what is still on its way, and at length what is wrong, into a file."""
    found: dict[str, Any] = {"waits_for": ledger.waits_for(foreign=foreign)}
    if at_length:
        found |= {"wrong": ledger.verdict(), "size": ledger.size(), "missing": _missing(answer)}
    whole = Path(f"{answer}.part")
    whole.write_text(json.dumps(found))
    whole.rename(answer)


def _missing(answer: str) -> int:
    """How many events that a writer was told are committed are not there."""
    told: set[str] = set()
    for file in Path(answer).parent.glob("acknowledged-*"):
        # The last line may be half: its writer was killed.
        told.update(line for line in file.read_text().splitlines() if len(line) == 36)
    known = ledger.Committed.objects.values_list("event_id", flat=True).iterator()
    return len(told.difference(str(event_id) for event_id in known))


def _run(mover: Pump | Relay | Intake, stopping: threading.Event) -> None:
    mover.start()
    while not stopping.wait(0.1):
        # A mover that ends by itself is a fault, and its actor's end tells of it.
        assert mover.is_alive(), f"{mover.name} ended"
    mover.stop()


def _again_and_again(
    stopping: threading.Event, verb: Callable[[], object], *, every: float
) -> None:
    while not stopping.wait(every):
        try:
            verb()
        except DatabaseError:
            connection.close()
            pause(0.1)
