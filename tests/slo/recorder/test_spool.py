"""A file that survives its process, read by whoever comes next."""

import os
from pathlib import Path

import pytest

from slo.providers import spool as spools
from slo.providers.spool import CELLS, MOST_SLOTS, Spool, SpoolDamaged, orphans

WORDS = [29_540_000, 1, 7, 1, 12]


@pytest.fixture
def spool(tmp_path: Path) -> Spool:
    return Spool(tmp_path)


def filled(spool: Spool, *, sequence: int = 1, calls: int = 3) -> None:
    slot = spool.slots[0]
    slot.begin(sequence)
    cell = slot.add_cell(WORDS)
    assert cell is not None
    slot.counts[cell] += calls


def test_is_nobodys_while_its_owner_lives(spool: Spool, tmp_path: Path) -> None:
    filled(spool)

    with orphans(tmp_path) as found:
        assert found == []


def test_is_read_after_its_owner(spool: Spool, tmp_path: Path) -> None:
    filled(spool)
    spool.close()

    with orphans(tmp_path) as [orphan]:
        assert orphan.name == spool.name
        assert orphan.read() == [(1, [(WORDS, 3)])]
        orphan.clear(1)
        assert orphan.read() == []
        with orphans(tmp_path) as others:
            assert others == [], "one adopter at a time"


def test_forgets_what_was_in_a_slot_before(spool: Spool) -> None:
    filled(spool)

    filled(spool, sequence=2, calls=1)

    assert spool.slots[0].read() == [(WORDS, 1)]


def test_leaves_out_cells_that_count_nothing(spool: Spool) -> None:
    slot = spool.slots[0]
    slot.begin(1)
    slot.add_cell(WORDS)

    assert slot.read() == []


def test_says_when_a_slot_is_full(spool: Spool) -> None:
    slot = spool.slots[0]
    slot.begin(1)
    long = [29_540_000, 5_000, *[7, 1, 12] * 5_000]

    cells = [slot.add_cell(WORDS) for _number in range(CELLS + 1)]

    assert cells == [*range(CELLS), None]
    slot.begin(2)
    assert [slot.add_cell(long) for _number in range(4)] == [0, 1, 2, None]


@pytest.mark.parametrize("directory", [None, "here"])
def test_grows_to_its_bound(tmp_path: Path, directory: str | None) -> None:
    spool = Spool(tmp_path / directory if directory else None)
    for number in range(MOST_SLOTS):
        slot = spool.free_slot()
        assert slot is not None
        slot.begin(number + 1)

    assert spool.free_slot() is None
    assert spool.is_durable is (directory is not None)


def test_goes_on_without_room_on_the_disk(spool: Spool, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_arguments: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "posix_fallocate", full)
    for slot in spool.slots:
        slot.begin(1)

    assert spool.free_slot() is None


@pytest.mark.parametrize(("place", "value"), [(1, 9), (1, CELLS + 1), (2, -4), (3, 5)])
def test_refuses_a_damaged_file(spool: Spool, tmp_path: Path, place: int, value: int) -> None:
    filled(spool)
    spool.slots[0]._words[place] = value
    spool.close()

    with orphans(tmp_path) as [orphan]:
        with pytest.raises(SpoolDamaged):
            orphan.read()
        assert orphan.set_aside().exists()
    with orphans(tmp_path) as found:
        assert found == []


def test_finds_nothing_where_no_directory_is(tmp_path: Path) -> None:
    with orphans(tmp_path / "none") as found:
        assert found == []


def test_passes_over_a_file_that_went_away(tmp_path: Path) -> None:
    assert spools._held(tmp_path / f"gone{spools.SUFFIX}") is None
