"""Taking what recorders keep into the buckets: each slot of a spool once, whoever does it."""

from datetime import datetime
from pathlib import Path

import structlog
from django.conf import settings
from django.db import transaction

from slo.models import Indicator, RecorderSpool
from slo.providers.spool import Kept, Orphan, SpoolDamaged, orphans
from slo.rules.outcome import Gathered, gathered
from slo.services.buckets import add_counts

log = structlog.get_logger(__name__)


def spool_directory() -> Path:
    return Path(settings.STATE_DIR) / "slo-recorder"


def adopt_spools(*, at: datetime) -> int:
    """This will take in the spools whose processes are gone; returns how many requests.

    Safe to run from many processes at once, and to be killed at any point.
    """
    with orphans(spool_directory()) as found:
        return sum(_adopt(orphan, at=at) for orphan in found)


def take_in(*, spool: str, sequence: int, kept: Kept, at: datetime) -> int:
    """This will count one slot unless it was counted before; returns how many requests.

    The counts and the sequence are one commit, so that whoever asks again learns of it.
    """
    found = gathered(kept)
    with transaction.atomic(durable=True):
        row = RecorderSpool.objects.select_for_update().filter(spool=spool).first()
        if row and sequence <= row.sequence:
            return 0
        _count(found)
        RecorderSpool.objects.update_or_create(
            spool=spool, defaults={"sequence": sequence, "taken_at": at}
        )
    return found.calls


def forget_spool(spool: str) -> None:
    """This will drop the row of a spool in which nothing is left to be counted."""
    RecorderSpool.objects.filter(spool=spool).delete()


def _adopt(orphan: Orphan, *, at: datetime) -> int:
    try:
        slots = orphan.read()
    except SpoolDamaged as error:
        log.exception("recorder_spool_damaged", kept_as=str(orphan.set_aside()), reason=str(error))
        return 0
    calls = 0
    for sequence, kept in slots:
        calls += take_in(spool=orphan.name, sequence=sequence, kept=kept, at=at)
        orphan.clear(sequence)
    # In this order: without its row, a slot that is still in the file would count again.
    forget_spool(orphan.name)
    orphan.remove()
    if calls:
        log.info("recorder_spool_adopted", spool=orphan.name, requests=calls)
    return calls


def _count(found: Gathered) -> None:
    """An indicator that was deleted meanwhile counts nothing any more."""
    wanted = {indicator_id for indicator_id, _minute in found.counts}
    known = set(Indicator.objects.filter(pk__in=wanted).values_list("pk", flat=True))
    add_counts(
        counts={place: counts for place, counts in found.counts.items() if place[0] in known},
        latencies={place: own for place, own in found.latencies.items() if place[0] in known},
    )
