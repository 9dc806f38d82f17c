"""From rows to RabbitMQ: ours against two outboxes for Django, 2,000 rows a turn.

Ours is `events.services.relay_events`: rows read in the order of their positions, written as
CloudEvents, sent persistent and mandatory to quorum queues, every one confirmed before the
checkpoint moves over it. `django-outbox-pattern` sends over STOMP to a classic queue, asks for no
receipt and updates each row; its pause of a second after each look is set to nothing.
`django-celery-outbox` sends Celery messages to a classic queue, each confirmed before the next
(`confirm_publish`), in its default batches of 100. Writing the rows and giving positions is not
timed; what the earlier turns sent stays in the queues until the end.
"""

import time
from collections.abc import Callable
from datetime import UTC, datetime

import pika
from django.conf import settings
from django.db import transaction
from django_celery_outbox.models import CeleryOutbox
from django_celery_outbox.relay import Relay, RelayConfig
from django_outbox_pattern.choices import StatusChoice
from django_outbox_pattern.factories import factory_producer
from django_outbox_pattern.models import Published

from benchmarks.events.append_arms import EVENT_TYPE, payload
from benchmarks.events.relay_celery import app
from benchmarks.rounds import Arm, interleaved, report
from benchmarks.servers import answers
from events import services
from events.contracts.base import Priority
from events.contracts.draft import Draft
from events.providers import registry
from events.providers.rabbitmq import connection_parameters
from portal.shared import clock

ROUNDS = 10
ROWS = 2_000
STREAMS = 20
STOMP_PORT = 61613
OURS = "events.services.relay_events"
STOMP = "django-outbox-pattern, no receipt"
CELERY = "django-celery-outbox, confirms"


def run() -> None:
    arms: dict[str, Arm] = {
        OURS: _turn(_write_events, _relay),
        CELERY: _turn(_write_tasks, _relay_tasks()),
    }
    if answers(settings.RABBITMQ_HOST, STOMP_PORT):
        arms[STOMP] = _turn(_write_published, _relay_published())
    else:
        print(
            f"  Without django-outbox-pattern: nobody speaks STOMP at port {STOMP_PORT}. "
            "`rabbitmq-plugins enable rabbitmq_stomp` lets RabbitMQ do it."
        )
    # A broker that is new to the portal is sent what happens from now on.
    services.relay_events(at=clock.now())
    try:
        measured = interleaved(arms, rounds=ROUNDS)
    finally:
        registry.forget()
        _clean_up()
    targets = {STOMP: 8.0, CELERY: 12.0}
    report(f"{ROWS:,} rows to RabbitMQ", measured, unit="rows/s", targets=targets)


def _turn(write: Callable[[], None], relay: Callable[[], None]) -> Arm:
    def turn() -> float:
        write()
        begin = time.monotonic()
        relay()
        return ROWS / (time.monotonic() - begin)

    return turn


def _write_events() -> None:
    for stream in range(STREAMS):
        services.append(
            [
                Draft(
                    event_type=EVENT_TYPE,
                    payload=payload(number),
                    stream=f"orders.{stream}",
                    occurred_at=datetime.now(UTC),
                )
                for number in range(ROWS // STREAMS)
            ]
        )
    services.sequence_events(at=clock.now())


def _relay() -> None:
    relayed = 0
    while relayed < ROWS:
        relayed += services.relay_events(at=clock.now())


@transaction.atomic
def _write_published() -> None:
    for number in range(ROWS):
        Published(destination=_stomp_queue(), body=payload(number)).save()


def _relay_published() -> Callable[[], None]:
    producer = factory_producer()

    def relay() -> None:
        while Published.objects.filter(status=StatusChoice.SCHEDULE).exists():
            producer.publish_message_from_database()

    return relay


def _stomp_queue() -> str:
    return f"/queue/{settings.EVENT_BROKER_PREFIX}.stomp"


@transaction.atomic
def _write_tasks() -> None:
    for number in range(ROWS):
        app.send_task(EVENT_TYPE, kwargs=payload(number))


def _relay_tasks() -> Callable[[], None]:
    relay = Relay(app=app, config=RelayConfig.init())

    def relay_all() -> None:
        while CeleryOutbox.objects.exists():
            relay._processing()  # noqa: SLF001  (what its loop calls)

    return relay_all


def _clean_up() -> None:
    prefix = settings.EVENT_BROKER_PREFIX
    with pika.BlockingConnection(connection_parameters()) as connection:
        channel = connection.channel()
        for name in ("stomp", "celery", *(lane.name.lower() for lane in Priority)):
            channel.queue_delete(f"{prefix}.{name}")
        for exchange in (prefix, f"{prefix}.celery"):
            channel.exchange_delete(exchange)
