"""Trees and runs, against a second way of computing them."""

import hashlib
from collections.abc import Sequence
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from events.rules.integrity import EMPTY_ROOT, MerkleTree, leaf
from events.rules.runs import Runs


def root_by_definition(leaves: Sequence[bytes]) -> bytes:
    """RFC 6962, section 2.1, as it is written there."""
    if not leaves:
        return hashlib.sha256(b"").digest()
    if len(leaves) == 1:
        return leaves[0]
    split = 1
    while split * 2 < len(leaves):
        split *= 2
    left, right = root_by_definition(leaves[:split]), root_by_definition(leaves[split:])
    return hashlib.sha256(b"\x01" + left + right).digest()


@pytest.mark.parametrize("count", range(70))
def test_has_the_root_of_the_definition(count: int) -> None:
    leaves = [leaf(b"%d" % number) for number in range(count)]

    assert MerkleTree(leaves).root() == root_by_definition(leaves)


def test_has_the_root_that_certificate_logs_publish_for_nothing() -> None:
    assert MerkleTree().root() == EMPTY_ROOT
    assert EMPTY_ROOT.hex() == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"


def test_changes_with_every_leaf_and_with_their_order() -> None:
    leaves = [leaf(b"%d" % number) for number in range(9)]
    roots = {MerkleTree(leaves).root(), MerkleTree(leaves[::-1]).root()}
    for place in range(9):
        roots.add(MerkleTree([*leaves[:place], leaf(b"x"), *leaves[place + 1 :]]).root())

    assert len(roots) == 11


ascending = st.lists(st.integers(1, 10_000_000), unique=True).map(sorted)


@given(ascending)
def test_keeps_positions_through_packing(positions: list[int]) -> None:
    runs = Runs.unpacked(Runs.of(positions).packed())

    assert [p for first, last in runs for p in range(first, last + 1)] == positions


@given(st.lists(st.integers(1, 60), unique=True).map(sorted))
def test_tells_what_it_holds_and_covers(positions: list[int]) -> None:
    runs = Runs.of(positions)
    held = set(positions)

    assert {p for p in range(62) if runs.holds(p)} == held
    for first in range(1, 61, 7):
        for last in range(first, 61, 5):
            assert runs.covers(first, last) == held.issuperset(range(first, last + 1))


@given(st.lists(st.lists(st.integers(1, 60), unique=True).map(sorted)))
def test_joins_what_any_holds(several: list[list[int]]) -> None:
    joined = Runs.joined(Runs.of(positions) for positions in several)

    assert {p for p in range(62) if joined.holds(p)} == {p for one in several for p in one}
    assert all(before[1] + 1 < after[0] for before, after in pairwise(joined.spans))


@pytest.mark.parametrize("next_", [3, 2])
def test_refuses_what_does_not_come_behind(next_: int) -> None:
    with pytest.raises(ValueError, match="does not come after 3"):
        Runs.of([1, 3, next_])


def test_takes_little_room() -> None:
    runs = Runs.of(position for position in range(1, 200_000) if position % 1000)

    assert len(runs.packed()) < 200
