"""Read models that follow the log; rebuilt beside the live one, and swapped once caught up."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

import structlog
from django.db import transaction

from events.contracts.recorded import RecordedEvent, upcast
from events.models import Projection
from events.rules.naming import falls_under
from events.rules.replays import Choice
from events.selectors import head_of_log, reading
from portal.shared.registry import Registry

log = structlog.get_logger(__name__)

BATCH = 2_000


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadModel:
    """`apply` writes rows of a generation in the caller's transaction; `forget` deletes some
    rows of the generations that are not among those given, and tells how many. A new
    `version` is rebuilt by itself. Unless it wants events as they were written, they come
    at the version that the code knows.
    """

    name: str
    version: int
    patterns: tuple[str, ...]
    apply: Callable[[Sequence[RecordedEvent], int], None]
    forget: Callable[[Sequence[int]], int]
    as_written: bool = False

    def wants(self, event_type: str) -> bool:
        return any(falls_under(event_type, pattern) for pattern in self.patterns)


_models: Registry[ReadModel] = Registry("projection")


def register_projection(model: ReadModel) -> None:
    _models.register(model.name, model)


def project_events(*, at: datetime) -> int:
    """This will bring every projection up to the head and return how many positions it took.

    Each batch and the position behind it are one transaction, so a killed process is
    followed where it stood.
    """
    moved = 0
    for name, model in _models:
        try:
            moved += _bring_up(model, at=at)
        except Exception:
            # It stands where it is, which the admin shows; the others go on.
            log.exception("projection_failed", projection=name)
    return moved


def _bring_up(model: ReadModel, *, at: datetime) -> int:
    moved = 0
    _enter(model, at=at)
    while taken := _step(model, at=at):
        moved += taken
    while _forget(model):
        pass
    return moved


@transaction.atomic
def _forget(model: ReadModel) -> int:
    # Under the lock: no generation may start between asking for them and deleting others.
    row = Projection.objects.select_for_update().get(name=model.name)
    kept = [g for g in (row.live_generation, row.building_generation) if g is not None]
    return model.forget(kept)


@transaction.atomic
def rebuild_projection(*, name: str, acting_user: str, at: datetime) -> Projection:
    """This will build the projection anew beside the live one. Raises NotFound."""
    model = _models.get(name)
    _enter(model, at=at)
    row = Projection.objects.select_for_update().get(name=name)
    _start(row, model, by=acting_user, at=at)
    return row


def _enter(model: ReadModel, *, at: datetime) -> None:
    with transaction.atomic():
        Projection.objects.get_or_create(name=model.name, defaults={"live_version": model.version})
        row = Projection.objects.select_for_update().get(name=model.name)
        latest = row.live_version if row.building_version is None else row.building_version
        if latest != model.version:
            _start(row, model, by="", at=at)


def _start(row: Projection, model: ReadModel, *, by: str, at: datetime) -> None:
    """A generation that was being built is given up; its number is not used again."""
    row.building_generation = max(row.live_generation, row.building_generation or 0) + 1
    row.building_version = model.version
    row.building_position = reading.first_position() - 1
    row.started_at, row.started_by = at, by
    row.save()


def _step(model: ReadModel, *, at: datetime) -> int:
    """One batch of each generation under the row's lock; returns how many positions."""
    with transaction.atomic():
        row = Projection.objects.select_for_update().get(name=model.name)
        taken = 0
        if row.live_version == model.version:
            row.live_position, taken = _advance(
                model, row.live_generation, row.live_position, head_of_log()
            )
        if row.building_generation is not None:
            # Only as far as the live one, unless that one's code is gone.
            upto = row.live_position if row.live_version == model.version else head_of_log()
            row.building_position, built = _advance(
                model, row.building_generation, row.building_position, upto
            )
            taken += built
            if row.building_position >= upto:
                _swap(row, at=at)
        row.save()
    return taken


def _advance(model: ReadModel, generation: int, position: int, upto: int) -> tuple[int, int]:
    until = min(position + BATCH, upto)
    if until <= position:
        return position, 0
    choice = Choice(from_position=position + 1, to_position=until)
    for batch in reading.batches(choice):
        wanted = [event for event in batch if model.wants(event.event_type)]
        model.apply(wanted if model.as_written else [upcast(e) for e in wanted], generation)
    return until, until - position


def _swap(row: Projection, *, at: datetime) -> None:
    row.live_generation = row.building_generation or row.live_generation
    row.live_version = row.building_version or row.live_version
    row.live_position = row.building_position
    row.building_generation = row.building_version = None
    row.building_position, row.swapped_at = 0, at
