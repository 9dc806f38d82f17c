"""Reading the log back: events a second through reading, upcasting and a folding handler."""

# ruff: noqa: PLC0415, TRY301  (Django is set up first; raising undoes what was written)

import secrets
import time
import uuid
from datetime import UTC, datetime, timedelta

import django

EVENTS = 200_000
ROUNDS = 5


def run() -> None:
    django.setup()
    from django.db import connection, transaction

    from events.contracts.recorded import upcast
    from events.models import LogHead
    from events.registry import Subscription
    from events.rules.replays import Choice
    from events.selectors import reading

    class _Undo(Exception):
        pass

    counts: dict[str, int] = {}

    def fold(event: object) -> None:
        stream = event.stream  # type: ignore[attr-defined]
        counts[stream] = counts.get(stream, 0) + 1

    taker = Subscription(name="fold", pattern="bench.*", handler=fold)
    try:
        with transaction.atomic():
            LogHead.objects.all().delete()
            _write()
            speeds = []
            for _round in range(ROUNDS):
                started, seen = time.perf_counter(), 0
                choice = Choice(event_type="bench.*", from_position=1, to_position=EVENTS)
                for batch in reading.batches(choice):
                    for event in batch:
                        if taker.wants(event.event_type):
                            taker.handler(upcast(event))
                            seen += 1
                assert seen == EVENTS, seen
                speeds.append(seen / (time.perf_counter() - started))
            told = ", ".join(f"{speed:,.0f}" for speed in sorted(speeds))
            print(f"{connection.vendor}: {told} events/s over {EVENTS:,} events")
            raise _Undo
    except _Undo:
        pass


def _write() -> None:
    from events.models import Event

    begin = datetime.now(tz=UTC)
    payload = {"order": 7, "customer": secrets.token_hex(8), "lines": [1, 2, 3], "price": 9.5}
    Event.objects.all().delete()
    for start in range(1, EVENTS + 1, 5_000):
        Event.objects.bulk_create(
            Event(
                event_id=uuid.uuid4(),
                position=position,
                stream=f"bench.{position % 100}",
                stream_version=position // 100 + 1,
                event_type="bench.order.shipped",
                payload=payload,
                priority=5,
                correlation_id=uuid.uuid4(),
                occurred_at=begin,
                recorded_at=begin + timedelta(microseconds=position),
            )
            for position in range(start, start + 5_000)
        )
