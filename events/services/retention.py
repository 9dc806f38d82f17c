"""Dropping the days whose time is over, sealed and with nothing left to do."""

from datetime import date, datetime, timedelta
from typing import Any

import structlog
from django.conf import settings
from django.db import DatabaseError, transaction
from django.db.models import QuerySet

from events import selectors, signing
from events.errors import LogDoesNotHold
from events.models import Delivery, Event, Received, Seal
from events.services.archiving import Archived, archive
from events.storage import days
from portal.shared.stopwatch import Stopwatch

log = structlog.get_logger(__name__)

# What was delivered is proof for so long, and so long a sender may repeat itself.
DELIVERIES_KEPT = timedelta(days=30)
RECEIVED_KEPT = timedelta(days=30)
ROWS_AT_ONCE = 2_000


def drop_expired_days(*, at: datetime) -> list[Seal]:
    """This will drop each day that its class keeps no longer, and return its seals.

    A day stays while it is not whole under seals, while a delivery of it is undelivered or
    while a consumer or the relay has not come past it: nothing is lost to a deadline.
    """
    watch = Stopwatch(at)
    dropped: list[Seal] = []
    for retention_class, day in selectors.expired_days(at=at):
        reasons = selectors.held_back(retention_class, day)
        if reasons:
            log.warning("day_held_back", retention_class=retention_class, day=str(day), by=reasons)
            continue
        try:
            dropped += _drop(retention_class, day, at=watch.now())
        except (DatabaseError, OSError, LogDoesNotHold) as error:
            log.error("day_not_dropped", day=str(day), reason=str(error))  # noqa: TRY400  (the sentence says it)
    _finish_dropping()
    return dropped


def _drop(retention_class: str, day: date, *, at: datetime) -> list[Seal]:
    parts = list(
        Seal.objects.filter(retention_class=retention_class, day=day, dropped_at=None).order_by(
            "number"
        )
    )
    files = [archive(part) for part in parts]
    _forget_deliveries_of(retention_class, day)
    with transaction.atomic():
        days.lock(retention_class, day)
        # Counted under the lock: what was committed meanwhile is in no seal yet.
        if selectors.unsealed_events(retention_class, day):
            raise LogDoesNotHold(
                f"{retention_class} of {day} has events that no seal accounts for, or lacks some. "
                "It is sealed anew within the hour; if this comes again, run "
                "`manage.py verify_events`."
            )
        for part, file in zip(parts, files, strict=True):
            _sign_drop(part, file, at=at)
        days.drop(retention_class, day)
    return parts


def _sign_drop(part: Seal, file: Archived, *, at: datetime) -> None:
    part.archive, part.archive_digest, part.dropped_at = file.name, file.digest, at
    key = signing.current()
    document = part.dropped()
    part.drop_public_key = key.public_key
    part.drop_signature = key.sign(document.written()) if document else ""
    part.save(
        update_fields=[
            "archive",
            "archive_digest",
            "dropped_at",
            "drop_public_key",
            "drop_signature",
        ]
    )


def _finish_dropping() -> None:
    """Where a day is no table of its own its rows go some at a time, after they are signed off."""
    classes = [name for name, kept in settings.EVENT_RETENTION_CLASSES.items() if kept is not None]
    gone = Seal.objects.filter(retention_class__in=classes).exclude(dropped_at=None)
    for seal in gone.order_by("-number")[: len(classes) * 10]:
        while days.delete_some(
            seal.retention_class, seal.day, upto=seal.last_position, most=ROWS_AT_ONCE
        ):
            pass


def _forget_deliveries_of(retention_class: str, day: date) -> None:
    """Before the day is locked: there may be many."""
    ids = Event.objects.of_day(retention_class, day).values("pk")
    done = Delivery.objects.exclude(state__in=Delivery.UNDELIVERED).filter(event_id__in=ids)
    while _delete_some(done.order_by("pk")):
        pass


def forget_deliveries(*, at: datetime) -> int:
    """This will delete what was delivered, discarded or received long ago; returns how many."""
    forgotten = 0
    done = Delivery.objects.exclude(state__in=Delivery.UNDELIVERED)
    old = done.filter(recorded_at__lt=at - DELIVERIES_KEPT).order_by("pk")
    received = Received.objects.filter(received_at__lt=at - RECEIVED_KEPT).order_by("pk")
    for rows in (old, received):
        while deleted := _delete_some(rows):
            forgotten += deleted
    return forgotten


def _delete_some(rows: QuerySet[Any]) -> int:
    some = rows[:ROWS_AT_ONCE].values("pk")
    return rows.model.objects.filter(pk__in=some).delete()[0]  # type: ignore[no-any-return]
