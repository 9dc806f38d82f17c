"""Is the log what was written? Order, contiguity, every row and every seal, in one pass."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date

from django.db import connection

from events import signing
from events.models import Event, Seal
from events.rules import integrity
from events.rules.runs import Runs
from events.rules.seals import BEGINNING, day_of
from events.selectors.log import head_of_log

ROWS_AT_ONCE = 2_000
# So many are told; a log that was cut in half would have millions.
MOST_FAULTS = 20

# The first event of each stream that does not continue it: positions and versions rise together.
_OUT_OF_ORDER = """
SELECT position, stream, stream_version, before FROM (
    SELECT position, stream, stream_version,
           LAG(stream_version) OVER (PARTITION BY stream ORDER BY position) AS before
    FROM events_event WHERE stream_version IS NOT NULL AND position IS NOT NULL
) AS versions
WHERE before IS NOT NULL AND stream_version <= before
ORDER BY position LIMIT %s"""


@dataclass(frozen=True, slots=True, order=True)
class Fault:
    """What does not hold, and at which position it shows first."""

    position: int
    reason: str


@dataclass(slots=True)
class Verified:
    """`faults` are in the order of their positions; none means that all holds.

    `head` is the last position, and `tag` its authentication tag in hexadecimal: kept outside
    the database, it shows later that nothing was cut off.
    """

    head: int = 0
    tag: str = ""
    events: int = 0
    dropped: int = 0
    seals: int = 0
    unsealed: int = 0
    faults: list[Fault] = field(default_factory=list)

    def fault(self, position: int, reason: str) -> None:
        self.faults.append(Fault(position, reason))


def verify(*, head: tuple[int, str] | None = None) -> Verified:
    """This will read the whole log and tell what does not hold.

    `head` is an earlier head that was kept elsewhere: position and tag. Reads every row once,
    in the order of positions; what is written meanwhile is left out.
    """
    found = Verified()
    found.head = head_of_log()
    seals = list(Seal.objects.order_by("number"))
    found.seals = len(seals)
    _check_chain(seals, found)
    gone = Runs.joined(seal.runs() for seal in seals if seal.dropped_at)
    proofs = _Proofs(seals)
    if _check_rows(found, proofs, gone=gone, kept_head=head):
        proofs.check(found)
    with connection.cursor() as cursor:
        cursor.execute(_OUT_OF_ORDER, [MOST_FAULTS])
        for position, stream, version, before in cursor.fetchall():
            found.fault(position, f"Version {version} of {stream} stands behind version {before}.")
    found.faults = sorted(set(found.faults))[:MOST_FAULTS]
    return found


def _check_chain(seals: Sequence[Seal], found: Verified) -> None:
    previous, expected = BEGINNING, 1
    trusted = {key.public_key for key in signing.known().values()}
    for seal in seals:
        for reason in _seal_faults(seal, expected=expected, previous=previous, trusted=trusted):
            found.fault(seal.first_position, f"Seal {seal.number}: {reason}")
        previous, expected = seal.digest(), seal.number + 1
        found.dropped += seal.events if seal.dropped_at else 0


def _seal_faults(seal: Seal, *, expected: int, previous: str, trusted: set[str]) -> Iterator[str]:
    if seal.number != expected:
        yield f"the seal before it is missing, number {expected}."
    elif seal.previous != previous:
        yield "it does not follow from the seal before it."
    if seal.public_key not in trusted or (seal.dropped_at and seal.drop_public_key not in trusted):
        yield "its key is neither EVENT_SEAL_KEY nor among EVENT_SEAL_FORMER_KEYS."
    if not signing.is_signed(seal.sealed().written(), seal.signature, seal.public_key):
        yield "its signature is wrong: it is not what was sealed."
    dropped = seal.dropped()
    if dropped and not signing.is_signed(
        dropped.written(), seal.drop_signature, seal.drop_public_key
    ):
        yield "its events are gone, and nobody signed for that."
    if sum(last - first + 1 for first, last in seal.runs()) != seal.events:
        yield "it counts other events than it has positions."


class _Proofs:
    """A tree for each seal that is kept, fed with the rows as they come by."""

    def __init__(self, seals: Sequence[Seal]) -> None:
        self._by_day: dict[tuple[str, date], list[tuple[Seal, Runs]]] = defaultdict(list)
        self._trees: dict[int, integrity.MerkleTree] = {}
        self._kept = [(seal, seal.runs()) for seal in seals if seal.dropped_at is None]
        for seal, runs in self._kept:
            self._by_day[seal.retention_class, seal.day].append((seal, runs))
            self._trees[seal.number] = integrity.MerkleTree()

    def add(self, event: Event, written: bytes) -> bool:
        """Returns whether a seal accounts for the row."""
        for seal, runs in self._by_day.get((event.retention_class, day_of(event.recorded_at)), ()):
            if event.position is not None and runs.holds(event.position):
                self._trees[seal.number].add(integrity.leaf(written))
                return True
        return False

    def check(self, found: Verified) -> None:
        """A seal whose rows do not hold need not be named beside them."""
        known = {fault.position for fault in found.faults}
        for seal, runs in self._kept:
            tree = self._trees[seal.number]
            if any(runs.holds(position) for position in known):
                continue
            if tree.count != seal.events:
                found.fault(
                    seal.first_position,
                    f"Seal {seal.number}: it is over {seal.events} events, {tree.count} are there.",
                )
            elif tree.root().hex() != seal.merkle_root:
                found.fault(
                    seal.first_position, f"Seal {seal.number}: its events are not what was sealed."
                )


def _check_rows(
    found: Verified, proofs: _Proofs, *, gone: Runs, kept_head: tuple[int, str] | None
) -> bool:
    """Returns whether all were read: what was read in part would seem to lack the rest."""
    walk = _Walk(gone)
    rows = Event.objects.filter(position__lte=found.head).order_by("position", "id")
    for event in rows.iterator(ROWS_AT_ONCE):
        position = event.position or 0
        _report_gap(found, walk.step(position))
        if not walk.is_new:
            found.fault(position, "Two events have this position.")
        found.events += 1
        written = integrity.content(event.recorded(), position=position)
        fault = signing.fault_of(event.tag, written, row=event.pk)
        if fault:
            found.fault(position, fault)
        found.unsealed += not proofs.add(event, written)
        tag = (event.tag or b"").hex()
        if position == found.head:
            found.tag = tag
        if kept_head and kept_head[0] == position and kept_head[1] != tag:
            found.fault(position, "It is not the event whose tag was kept.")
        if len(found.faults) >= MOST_FAULTS:
            return False
    _report_gap(found, walk.step(found.head + 1))
    if kept_head and kept_head[0] > found.head:
        found.fault(found.head + 1, f"The log once reached position {kept_head[0]}.")
    return True


def _report_gap(found: Verified, gap: tuple[int, int] | None) -> None:
    if gap is None:
        return
    first, last = gap
    many = f"Positions {first} to {last} are missing" if last > first else "It is missing"
    found.fault(first, f"{many}, and no seal accounts for that.")


class _Walk:
    """From position to position, over what was dropped."""

    def __init__(self, gone: Runs) -> None:
        self._spans = iter(gone)
        self._span = next(self._spans, None)
        self._expected = 1
        self.is_new = True

    def step(self, position: int) -> tuple[int, int] | None:
        """Returns the first stretch before the position that nothing accounts for."""
        self.is_new = position >= self._expected
        gap = None
        while self._expected < position:
            first, last = self._span or (position, position)
            if last < self._expected:
                self._span = next(self._spans, None)
            elif first <= self._expected:
                self._expected = last + 1
            else:
                gap = gap or (self._expected, min(first, position) - 1)
                self._expected = min(first, position)
        self._expected = max(self._expected, position + 1)
        return gap
