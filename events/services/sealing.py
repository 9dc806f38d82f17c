"""Sealing the days of the log: what stood there stays provable after it is gone."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta

import structlog
from django.conf import settings
from django.db import IntegrityError, transaction

from events import selectors, signing
from events.errors import LogDoesNotHold
from events.models import Event, Seal
from events.rules import integrity, seals
from events.rules.runs import Runs
from events.rules.seals import BEGINNING, Sealed
from portal.shared.stopwatch import Stopwatch

log = structlog.get_logger(__name__)

# Days before the last sealed one that are looked at again for what was committed late.
DAYS_TO_LOOK_BACK = 3
ROWS_AT_ONCE = 2_000


def seal_days(*, at: datetime) -> list[Seal]:
    """This will seal every day that is over and returns the new seals.

    A day is sealed again in a further part when something was committed to it later. A row
    that is not as it was sequenced is not sealed: its day stays open, and the log says so.
    """
    watch = Stopwatch(at)
    made = []
    for retention_class in settings.EVENT_RETENTION_CLASSES:
        for day in _days_to_look_at(retention_class, at=at):
            try:
                seal = _seal_day(retention_class, day, at=watch.now())
            except LogDoesNotHold as error:
                log.error("day_not_sealed", day=str(day), reason=str(error))  # noqa: TRY400  (the sentence says it)
            else:
                made += [seal] if seal else []
    return made


def _days_to_look_at(retention_class: str, *, at: datetime) -> Iterator[date]:
    begin = _first_day(retention_class)
    while begin is not None and seals.is_settled(begin, at=at):
        yield begin
        begin += timedelta(days=1)


def _first_day(retention_class: str) -> date | None:
    last = Seal.objects.filter(retention_class=retention_class).order_by("-day").first()
    if last is not None:
        return last.day - timedelta(days=DAYS_TO_LOOK_BACK)
    first = Event.objects.filter(retention_class=retention_class).order_by("id").first()
    return seals.day_of(first.recorded_at) - timedelta(days=DAYS_TO_LOOK_BACK) if first else None


def _seal_day(retention_class: str, day: date, *, at: datetime) -> Seal | None:
    """Returns None when there is nothing to seal, or not yet."""
    parts = list(Seal.objects.filter(retention_class=retention_class, day=day).order_by("part"))
    rows = Event.objects.of_day(retention_class, day)
    is_whole = not selectors.unsealed_events(retention_class, day)
    if is_whole or rows.filter(position=None).exists():
        return None
    covered = [part.runs() for part in parts]
    runs, tree = _proof_of(_uncovered(rows.order_by("position").iterator(ROWS_AT_ONCE), covered))
    if not tree.count:
        return None
    try:
        with transaction.atomic():
            return _signed(retention_class, day, len(parts) + 1, runs, tree, at=at)
    except IntegrityError:
        # Another worker sealed something at this moment; the next sweep goes on from there.
        return None


def _uncovered(rows: Iterator[Event], covered: list[Runs]) -> Iterator[Event]:
    for row in rows:
        if not any(runs.holds(row.position or 0) for runs in covered):
            yield row


def _proof_of(rows: Iterator[Event]) -> tuple[Runs, integrity.MerkleTree]:
    runs, tree = Runs(), integrity.MerkleTree()
    for row in rows:
        position = row.position or 0
        written = integrity.content(row.recorded(), position=position)
        fault = signing.fault_of(row.tag, written, row=row.pk)
        if fault:
            raise LogDoesNotHold(
                f"The event at position {position} does not hold. {fault} "
                "Run `manage.py verify_events`."
            )
        runs.add(position)
        tree.add(integrity.leaf(written))
    return runs, tree


def _signed(
    retention_class: str,
    day: date,
    part: int,
    runs: Runs,
    tree: integrity.MerkleTree,
    *,
    at: datetime,
) -> Seal:
    last = Seal.objects.order_by("-number").first()
    key = signing.current()
    seal = Seal(
        number=last.number + 1 if last else 1,
        retention_class=retention_class,
        day=day,
        part=part,
        events=tree.count,
        first_position=runs.spans[0][0],
        last_position=runs.spans[-1][1],
        positions=runs.packed(),
        merkle_root=tree.root().hex(),
        previous=last.digest() if last else BEGINNING,
        public_key=key.public_key,
        sealed_at=at,
    )
    document: Sealed = seal.sealed()
    seal.signature = key.sign(document.written())
    seal.save(force_insert=True)
    return seal
