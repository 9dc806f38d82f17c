"""The arms of `events.append`: each appends so many events so many times, and knows no other."""

import json
import time
import uuid
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from eventsourcing.persistence import StoredEvent
from eventsourcing.postgres import PostgresApplicationRecorder, PostgresDatastore

from events import services
from events.contracts.draft import Draft

EVENT_TYPE = "orders.order.shipped"
STREAMS = 50
PLAIN_TABLE = """
CREATE TABLE IF NOT EXISTS benchmark_plain (
    id bigserial PRIMARY KEY, event_id uuid NOT NULL, stream text NOT NULL,
    event_type text NOT NULL, payload jsonb NOT NULL, occurred_at timestamptz NOT NULL
)"""
PLAIN_INSERT = """
INSERT INTO benchmark_plain (event_id, stream, event_type, payload, occurred_at)
VALUES (%s, %s, %s, %s, %s)"""

# Appends `size` events `times` times.
Append = Callable[[int, int], None]


def payload(number: int) -> dict[str, Any]:
    return {"order": f"o-{number}", "service": "checkout", "amount_cents": 1999, "parcels": 2}


def ours() -> Append:
    """The public verb, outside a transaction, at an expected version, readers woken."""
    streams = [f"orders.{uuid.uuid4()}" for _ in range(STREAMS)]
    versions = dict.fromkeys(streams, 0)

    def append(times: int, size: int) -> None:
        for turn in range(times):
            stream = streams[turn % STREAMS]
            drafts = [_draft(stream, number) for number in range(size)]
            services.append(drafts, expected_version=versions[stream])
            versions[stream] += size

    return append


def _draft(stream: str, number: int) -> Draft:
    return Draft(
        event_type=EVENT_TYPE,
        payload=payload(number),
        stream=stream,
        occurred_at=datetime.now(UTC),
    )


def eventsourcing() -> Append:
    """`insert_events` of the default recorder; the state is the same payload as JSON."""
    recorder = PostgresApplicationRecorder(_datastore())
    recorder.create_table()
    aggregates = [uuid.uuid4() for _ in range(STREAMS)]
    versions = dict.fromkeys(aggregates, 0)

    def append(times: int, size: int) -> None:
        for turn in range(times):
            aggregate = aggregates[turn % STREAMS]
            version = versions[aggregate]
            recorder.insert_events(
                [
                    StoredEvent(
                        originator_id=aggregate,
                        originator_version=version + number + 1,
                        topic=EVENT_TYPE,
                        state=json.dumps(payload(number)).encode(),
                    )
                    for number in range(size)
                ]
            )
            versions[aggregate] += size

    return append


def _datastore() -> PostgresDatastore:
    database = settings.DATABASES["default"]
    return PostgresDatastore(
        dbname=database["NAME"],
        host=database["HOST"],
        port=str(database["PORT"] or 5432),
        user=database["USER"],
        password=database["PASSWORD"],
    )


def ours_with_work(*, lock: bool = False) -> Append:
    """One append in a transaction that goes on working for so many milliseconds."""
    stream = f"orders.{uuid.uuid4()}"

    def append(times: int, milliseconds: int) -> None:
        for number in range(times):
            with transaction.atomic():
                if lock:
                    with connection.cursor() as cursor:
                        cursor.execute("LOCK TABLE events_event IN EXCLUSIVE MODE")
                services.append([_draft(stream, number)])
                time.sleep(milliseconds / 1000)

    return append


def plain_with_work() -> Append:
    """An INSERT that takes no part in any order, in the same kind of transaction."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(1)")
        cursor.execute(PLAIN_TABLE)
        cursor.execute("SELECT pg_advisory_unlock(1)")
    stream = f"orders.{uuid.uuid4()}"

    def append(times: int, milliseconds: int) -> None:
        for number in range(times):
            with transaction.atomic(), connection.cursor() as cursor:
                written = json.dumps(payload(number))
                cursor.execute(
                    PLAIN_INSERT, [uuid.uuid4(), stream, EVENT_TYPE, written, datetime.now(UTC)]
                )
                time.sleep(milliseconds / 1000)

    return append
