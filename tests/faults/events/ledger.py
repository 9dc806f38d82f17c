"""What the actors write beside the log, and the verdict over both. For actor processes alone."""

from typing import Any, ClassVar

from django.db import connection, models

from events.models import Delivery, Event, LogHead, Received, RelayCheckpoint


class Committed(models.Model):
    """Written in the transaction of the event: it is there if and only if that committed."""

    objects: ClassVar[models.Manager["Committed"]] = models.Manager()

    event_id = models.UUIDField(primary_key=True)
    is_subscribed = models.BooleanField()

    class Meta:
        app_label = "faults"

    def __str__(self) -> str:
        return str(self.event_id)


class Handled(models.Model):
    """The effect of the handler, without anything that would prevent a second one."""

    objects: ClassVar[models.Manager["Handled"]] = models.Manager()

    event_id = models.UUIDField(db_index=True)
    stream = models.CharField(max_length=200)
    version = models.BigIntegerField(null=True)

    class Meta:
        app_label = "faults"

    def __str__(self) -> str:
        return str(self.event_id)


class Arrived(models.Model):
    """What an outside reader of the broker got, in the order it got it."""

    objects: ClassVar[models.Manager["Arrived"]] = models.Manager()

    event_id = models.UUIDField(db_index=True)
    sequence_key = models.CharField(max_length=200)
    position = models.BigIntegerField()

    class Meta:
        app_label = "faults"

    def __str__(self) -> str:
        return str(self.event_id)


TABLES = (Committed, Handled, Arrived)

_FOUND = {
    "lost": """
        SELECT COUNT(*) FROM faults_committed c
        LEFT JOIN events_event e ON e.event_id = c.event_id AND e.position IS NOT NULL
        WHERE e.id IS NULL""",
    "invented": """
        SELECT COUNT(*) FROM events_event e
        WHERE NOT EXISTS (SELECT 1 FROM faults_committed c WHERE c.event_id = e.event_id)
        AND NOT EXISTS (SELECT 1 FROM events_received r WHERE r.event_id = e.event_id)""",
    "written twice": "SELECT COUNT(*) - COUNT(DISTINCT event_id) FROM events_event",
    "positions given twice": "SELECT COUNT(position) - COUNT(DISTINCT position) FROM events_event",
    "positions missing": "SELECT COALESCE(MAX(position), 0) - COUNT(position) FROM events_event",
    "inversions of positions": """
        SELECT COUNT(*) FROM (
            SELECT stream_version - COALESCE(LAG(stream_version) OVER (
                PARTITION BY stream ORDER BY position), 0) AS step
            FROM events_event WHERE stream_version IS NOT NULL AND position IS NOT NULL
        ) s WHERE step <> 1""",
    "not handled": """
        SELECT COUNT(*) FROM faults_committed c WHERE c.is_subscribed
        AND NOT EXISTS (SELECT 1 FROM faults_handled h WHERE h.event_id = c.event_id)""",
    "handled without a reason": """
        SELECT COUNT(*) FROM faults_handled h WHERE NOT EXISTS (
            SELECT 1 FROM faults_committed c WHERE c.event_id = h.event_id AND c.is_subscribed)""",
    "double effects": "SELECT COUNT(*) - COUNT(DISTINCT event_id) FROM faults_handled",
    "inversions of handling": """
        SELECT COUNT(*) FROM (
            SELECT version - COALESCE(LAG(version) OVER (PARTITION BY stream ORDER BY id), 0)
            AS step FROM faults_handled WHERE version IS NOT NULL
        ) s WHERE step <> 1""",
    "not relayed": """
        SELECT COUNT(*) FROM events_event e
        WHERE NOT EXISTS (SELECT 1 FROM faults_arrived a WHERE a.event_id = e.event_id)""",
    "relayed without a reason": """
        SELECT COUNT(*) FROM faults_arrived a WHERE NOT EXISTS (
            SELECT 1 FROM events_event e
            WHERE e.event_id = a.event_id AND e.position = a.position)""",
    "inversions at the broker": """
        SELECT COUNT(*) FROM (
            SELECT position - LAG(position) OVER (PARTITION BY sequence_key ORDER BY first) AS step
            FROM (SELECT sequence_key, position, MIN(id) AS first FROM faults_arrived
                  GROUP BY sequence_key, position) f
        ) s WHERE step <= 0""",
}


def prepare() -> None:
    """This will make the tables, and the rows that a portal has that ran before."""
    with connection.schema_editor() as editor:
        for table in TABLES:
            editor.create_model(table)
    for broker in ("rabbitmq", "kafka"):
        RelayCheckpoint.objects.create(broker=broker)


def verdict() -> dict[str, int]:
    """This will return how much is wrong, by its name; all of it must be zero."""
    found = {name: _number(query) for name, query in _FOUND.items()}
    found["foreign inversions"] = _foreign_inversions()
    return found


def size() -> dict[str, int]:
    return {
        "events": Event.objects.count(),
        "handled": Handled.objects.count(),
        "arrived at the broker": Arrived.objects.count(),
        "received from others": Received.objects.count(),
    }


def waits_for(*, foreign: int) -> str:
    """This will say what is still on its way, or nothing when all has arrived."""
    head = LogHead.objects.get(pk=LogHead.ONLY).position
    checks: dict[str, Any] = {
        "events from others": lambda: Received.objects.count() < foreign,
        "positions": lambda: Event.objects.filter(position=None).exists(),
        "deliveries": lambda: Delivery.objects.undelivered().exists(),
        "the relay": lambda: not RelayCheckpoint.objects.filter(position=head).exists(),
        "the reader": lambda: _number(_FOUND["not relayed"]),
    }
    return next((what for what, is_waiting in checks.items() if is_waiting()), "")


def _number(query: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(query)
        return int(cursor.fetchone()[0])


def _foreign_inversions() -> int:
    """Others number their messages from 1 on; those of one subject must keep their order."""
    last: dict[str, int] = {}
    inversions = 0
    foreign = Event.objects.filter(event_type="shop.order.shipped").order_by("position")
    for stream, payload in foreign.values_list("stream", "payload").iterator():
        inversions += payload["n"] <= last.get(stream, 0)
        last[stream] = payload["n"]
    return inversions
