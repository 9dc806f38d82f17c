"""Which types of events there are: those declared, and those seen in the log."""

from dataclasses import dataclass
from datetime import datetime

from django.db import connection
from django.db.models import QuerySet

from events.contracts.base import CONTRACTS
from events.models import Event

# Beyond, the report says "at least": to count millions would be to read them.
COUNTED_AT_MOST = 10_000
VERSIONS_LOOKED_AT = 100
TYPES_AT_MOST = 500

# From each type to the next by index: it reads as many entries as there are types.
_NEXT = "(SELECT MIN(e.event_type) FROM events_event AS e WHERE e.event_type > {after})"
_SEEN = f"""
WITH RECURSIVE seen (event_type) AS (
    SELECT {_NEXT.format(after="''")}
    UNION ALL
    SELECT {_NEXT.format(after="seen.event_type")} FROM seen WHERE seen.event_type IS NOT NULL
)
SELECT event_type FROM seen WHERE event_type IS NOT NULL"""  # noqa: S608  (nothing of others)


@dataclass(frozen=True, slots=True, kw_only=True)
class EventType:
    """A type of the log or of the registry. Without a contract its `declared_version` is None.

    `count` is exact up to ten thousand and "at least" beyond. `schema_versions` are those of
    the newest hundred events. What never came has no `first_seen`.
    """

    event_type: str
    declared_version: int | None
    schema_versions: list[int]
    count: int
    is_count_exact: bool
    first_seen: datetime | None
    last_seen: datetime | None
    last_actor: str

    @property
    def is_declared(self) -> bool:
        return self.declared_version is not None


@dataclass(frozen=True, slots=True)
class TypesSeen:
    """`is_complete` is False when the log holds more types than a report does."""

    types: list[EventType]
    is_complete: bool


def event_types(*, declared: bool | None = None) -> TypesSeen:
    """This will compare the log to the registry, at a cost that does not grow with the log.

    Asked for declared types it returns every contract, those never seen too.
    """
    seen = _undeclared(most=TYPES_AT_MOST + 1) if declared is not True else []
    names = [*seen[:TYPES_AT_MOST], *(CONTRACTS if declared is not False else ())]
    return TypesSeen(
        types=[_reported(name) for name in sorted(names)],
        is_complete=len(seen) <= TYPES_AT_MOST,
    )


def _undeclared(*, most: int) -> list[str]:
    """The database goes on looking only while more are wanted."""
    marks = ", ".join(["%s"] * len(CONTRACTS))
    with connection.cursor() as cursor:
        cursor.execute(
            f"{_SEEN} AND event_type NOT IN ({marks}) LIMIT %s",
            [*CONTRACTS, most],
        )
        return [name for (name,) in cursor.fetchall()]


def _reported(name: str) -> EventType:
    contract = CONTRACTS.get(name)
    newest = list(
        _of_type(name, "-event_type", "-id").values_list("schema_version", "occurred_at", "actor")[
            :VERSIONS_LOOKED_AT
        ]
    )
    ascending = _of_type(name, "event_type", "id")
    # Of one column of the index: the rows themselves are not read.
    count = ascending.values("event_type")[: COUNTED_AT_MOST + 1].count() if newest else 0
    return EventType(
        event_type=name,
        declared_version=contract.schema_version if contract else None,
        schema_versions=sorted({version for version, _at, _actor in newest}),
        count=min(count, COUNTED_AT_MOST),
        is_count_exact=count <= COUNTED_AT_MOST,
        first_seen=ascending.values_list("occurred_at", flat=True).first() if newest else None,
        last_seen=newest[0][1] if newest else None,
        last_actor=newest[0][2] if newest else "",
    )


def _of_type(name: str, *order: str) -> QuerySet[Event]:
    """Asked for one type in the order of ids, PostgreSQL would read the log by its ids until
    it meets one. A range in the order of types leaves it nothing but the right index.
    """
    return Event.objects.filter(event_type__gte=name, event_type__lte=name).order_by(*order)
