"""Keeping the first undelivered of each key marked, so that finding what is due reads no backlog.

Two transactions that do not see each other can leave a key without its mark: one hands an
event over behind another that the other has just delivered. Each therefore looks again
after its commit, and `restore_heads` is for those that died before they could.
"""

from collections.abc import Collection, Iterator

from django.db import connection

from events.models import Delivery

# Subscriber and sequence key.
Key = tuple[str, str]

KEYS_A_STATEMENT = 200

# The lane of the first is the highest that waits behind it: priority never overtakes
# within a stream, so it must carry what stands in its way.
_MARK = """
UPDATE events_delivery SET is_head = %s, lane = first.lane
FROM (
    SELECT MIN(id) AS id, MAX(lane) AS lane
    FROM events_delivery
    WHERE state IN ('pending', 'parked') {which}
    GROUP BY subscriber, sequence_key
) AS first
WHERE events_delivery.id = first.id
AND (NOT events_delivery.is_head OR events_delivery.lane < first.lane)"""

_WAITING = """
SELECT DISTINCT subscriber, sequence_key FROM events_delivery
WHERE state IN ('pending', 'parked') {which}"""


def undelivered(keys: Collection[Key]) -> set[Key]:
    """This will return those of the keys that have something undelivered."""
    found: set[Key] = set()
    for some in _portions(keys):
        condition, values = _among(some)
        with connection.cursor() as cursor:
            cursor.execute(_WAITING.format(which=condition), values)
            found.update((subscriber, key) for subscriber, key in cursor.fetchall())
    return found


def promote(keys: Collection[Key]) -> None:
    """This will mark the first undelivered delivery of each key, and give it its lane."""
    for some in _portions(keys):
        condition, values = _among(some)
        with connection.cursor() as cursor:
            cursor.execute(_MARK.format(which=condition), [True, *values])


def restore_heads() -> int:
    """This will mark every first delivery that lost its mark, and return how many did."""
    with connection.cursor() as cursor:
        cursor.execute(_MARK.format(which=""), [True])
        return int(cursor.rowcount)


def next_of(delivery: Delivery) -> Delivery | None:
    """This will return what is first of the delivery's key now."""
    return Delivery.objects.of_key(delivery.subscriber, delivery.sequence_key).first()


def _portions(keys: Collection[Key]) -> Iterator[list[Key]]:
    """Sorted, so that two who mark the same keys meet them in one order."""
    ordered = sorted(keys)
    for start in range(0, len(ordered), KEYS_A_STATEMENT):
        yield ordered[start : start + KEYS_A_STATEMENT]


def _among(keys: Collection[Key]) -> tuple[str, list[str]]:
    rows = ", ".join(["(%s, %s)"] * len(keys))
    return (
        f"AND (subscriber, sequence_key) IN (VALUES {rows})",
        [part for key in keys for part in key],
    )
