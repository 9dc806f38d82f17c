"""Each day that is over is sealed: once, whole, and only if it is what was written."""

from datetime import UTC, datetime, timedelta

import pytest

from events import services, signing
from events.models import Event, Seal
from events.rules import integrity
from tests.conftest import NOON
from tests.events.log import days_ago, sealed, written

pytestmark = pytest.mark.django_db


def test_seals_a_day_that_is_over_with_its_root_and_positions() -> None:
    yesterday = written(3, at=days_ago(1))
    written(2, at=NOON)

    (seal,) = services.seal_days(at=NOON)

    assert (seal.retention_class, seal.day, seal.part) == ("api", days_ago(1).date(), 1)
    assert (seal.events, seal.first_position, seal.last_position) == (3, 1, 3)
    leaves = [
        integrity.leaf(integrity.content(event.recorded(), position=event.position or 0))
        for event in yesterday
    ]
    assert seal.merkle_root == integrity.MerkleTree(leaves).root().hex()
    assert list(seal.runs()) == [(1, 3)]
    assert signing.is_signed(seal.sealed().written(), seal.signature, signing.current().public_key)


def test_seals_nothing_twice() -> None:
    written(3, at=days_ago(1))
    sealed()

    assert services.seal_days(at=NOON) == []
    assert services.seal_days(at=NOON + timedelta(hours=5)) == []


def test_keeps_classes_and_days_apart_in_one_chain() -> None:
    for day in (3, 2):
        written(1, at=days_ago(day))
        written(1, at=days_ago(day), retention_class="audit", stream="audit.1")

    services.seal_days(at=NOON)

    seals = list(Seal.objects.order_by("number"))
    assert [seal.number for seal in seals] == [1, 2, 3, 4]
    assert [seal.previous for seal in seals] == ["0" * 64, *(s.digest() for s in seals[:-1])]
    assert {(s.retention_class, s.day) for s in seals} == {
        (name, days_ago(day).date()) for name in ("api", "audit") for day in (3, 2)
    }


@pytest.mark.parametrize(("minutes", "seals"), [(59, 0), (60, 1)])
def test_waits_until_what_was_under_way_is_committed(minutes: int, seals: int) -> None:
    written(1, at=datetime(2026, 3, 1, 23, 59, tzinfo=UTC))

    made = services.seal_days(at=datetime(2026, 3, 2, tzinfo=UTC) + timedelta(minutes=minutes))

    assert len(made) == seals


def test_waits_for_the_sequencer() -> None:
    written(1, at=days_ago(1))
    written(1, at=days_ago(1), sequenced=False)

    assert services.seal_days(at=NOON) == []

    services.sequence_events(at=NOON)
    sealed()
    assert Seal.objects.get().events == 2


def test_seals_what_was_committed_later_in_a_further_part() -> None:
    written(2, at=days_ago(1))
    sealed()
    late = written(1, at=days_ago(1) + timedelta(hours=1))

    (seal,) = services.seal_days(at=NOON)

    assert (seal.part, seal.events, seal.first_position) == (2, 1, late[0].position)
    assert services.seal_days(at=NOON) == []


def test_catches_up_after_the_portal_was_away() -> None:
    for day in (20, 19, 5):
        written(1, at=days_ago(day), retention_class="audit")

    sealed()

    assert Seal.objects.count() == 3


def test_does_not_seal_what_somebody_changed(caplog: pytest.LogCaptureFixture) -> None:
    _first, second = written(2, at=days_ago(1))
    Event.objects.filter(pk=second.pk).update(actor="mallory")

    assert services.seal_days(at=NOON) == []
    assert "position 2 does not hold" in caplog.text
