"""Whatever is changed in the log is found, and where."""

import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.conf import LazySettings
from django.core.management import CommandError, call_command

from events import registry, selectors, services
from events.models import Event, LogHead, Seal
from portal.shared.registry import Registry
from tests.conftest import NOON
from tests.events.log import days_ago, sealed, written

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def log(monkeypatch: pytest.MonkeyPatch) -> None:
    """Positions 1 to 3 are dropped, 4 to 6 sealed, 7 to 9 not yet; 5 and 8 are telemetry."""
    monkeypatch.setattr(registry, "_subscriptions", Registry("subscriber"))
    written(3, at=days_ago(9))
    for at in (days_ago(1), NOON):
        written(1, at=at, stream="orders.2")
        written(1, at=at, stream="")
        written(1, at=at, stream="orders.2")
    sealed()
    assert services.drop_expired_days(at=NOON)


def first_fault() -> tuple[int, str]:
    fault = selectors.verify().faults[0]
    return fault.position, fault.reason


def test_holds_as_it_was_written() -> None:
    found = selectors.verify()

    assert found.faults == []
    assert (found.head, found.events, found.dropped, found.seals) == (9, 6, 3, 2)
    assert found.unsealed == 3


OTHER = uuid.UUID(int=7)
CHANGES: dict[str, Any] = {
    "event_id": OTHER,
    "stream": "orders.3",
    "event_type": "orders.order.paid",
    "schema_version": 2,
    "payload": {"n": 0, "price": 9.25},
    "priority": 9,
    "correlation_id": OTHER,
    "causation_id": OTHER,
    "actor": "mallory",
    "traceparent": "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
    "occurred_at": NOON + timedelta(microseconds=1),
    "recorded_at": NOON + timedelta(microseconds=1),
    "retention_class": "security",
    "stream_version": 77,
    "authentication_tag": b"x" * 40,
}


def test_looks_at_every_column() -> None:
    columns = {field.name for field in Event._meta.concrete_fields}

    # Who wrote the row is of no use once it has a position.
    assert columns - set(CHANGES) == {"id", "position", "transaction_id", "transaction_began"}


@pytest.mark.parametrize("position", [4, 5, 9])
@pytest.mark.parametrize("column", CHANGES)
def test_finds_each_changed_column_at_its_position(column: str, position: int) -> None:
    Event.objects.filter(position=position).update(**{column: CHANGES[column]})

    assert first_fault()[0] == position


def test_finds_one_changed_bit_of_each_tag_and_each_number() -> None:
    event = Event.objects.get(position=7)
    for place in range(len(event.tag or b"")):
        changed = bytearray(event.tag or b"")
        changed[place] ^= 1
        Event.objects.filter(pk=event.pk).update(authentication_tag=bytes(changed))
        assert first_fault()[0] == 7


def swap_positions() -> None:
    a, b = Event.objects.get(position=7), Event.objects.get(position=9)
    Event.objects.filter(pk=a.pk).update(position=9)
    Event.objects.filter(pk=b.pk).update(position=7)


def swap_tags_too() -> None:
    swap_positions()
    a, b = Event.objects.get(position=7), Event.objects.get(position=9)
    Event.objects.filter(pk=a.pk).update(authentication_tag=b.tag)
    Event.objects.filter(pk=b.pk).update(authentication_tag=a.tag)


def copy_row() -> None:
    event = Event.objects.get(position=8)
    event.pk = None
    event.save(force_insert=True)


@pytest.mark.parametrize(
    ("change", "position", "reason"),
    [
        (lambda: Event.objects.filter(position=8).delete(), 8, "It is missing"),
        (
            lambda: Event.objects.filter(position__in=[5, 6]).delete(),
            5,
            "Positions 5 to 6 are missing",
        ),
        (lambda: Event.objects.filter(position=9).delete(), 9, "It is missing"),
        (lambda: LogHead.objects.update(position=11), 10, "Positions 10 to 11 are missing"),
        (swap_positions, 7, "not what was sequenced"),
        (swap_tags_too, 7, "not what was sequenced"),
        (copy_row, 8, "Two events have this position"),
        (
            lambda: Event.objects.filter(position=8).update(authentication_tag=None),
            8,
            "carries no authentication code",
        ),
        (lambda: Seal.objects.filter(number=1).delete(), 1, "Positions 1 to 3 are missing"),
    ],
)
def test_finds_what_is_missing_or_moved(
    change: Callable[[], object], position: int, reason: str
) -> None:
    change()

    found = first_fault()
    assert found[0] == position
    assert reason in " ".join(fault.reason for fault in selectors.verify().faults)


@pytest.mark.parametrize("number", [1, 2])
@pytest.mark.parametrize(
    "changes",
    [
        {"events": 2},
        {"merkle_root": "0" * 64},
        {"previous": "1" * 64},
        {"signature": "2" * 128},
        {"public_key": "3" * 64},
        {"day": days_ago(5).date()},
        {"part": 3},
        {"retention_class": "system"},
        {"first_position": 2},
        {"last_position": 12},
        {"sealed_at": NOON - timedelta(days=1)},
    ],
    ids=lambda changes: next(iter(changes)),
)
def test_finds_a_changed_seal(number: int, changes: dict[str, Any]) -> None:
    Seal.objects.filter(number=number).update(**changes)

    assert any(f"Seal {number}" in fault.reason for fault in selectors.verify().faults)


@pytest.mark.parametrize(
    "changes",
    [
        {"dropped_at": NOON - timedelta(days=1)},
        {"drop_signature": ""},
        {"archive": "elsewhere.jsonl.gz"},
        {"archive_digest": "4" * 64},
    ],
    ids=lambda changes: next(iter(changes)),
)
def test_finds_a_changed_drop(changes: dict[str, Any]) -> None:
    Seal.objects.filter(number=1).update(**changes)

    assert "nobody signed for that" in first_fault()[1]


def test_finds_a_day_that_was_deleted_and_passed_off_as_dropped() -> None:
    Event.objects.filter(position__in=[4, 5, 6]).delete()
    Seal.objects.filter(number=2).update(
        dropped_at=NOON, drop_public_key=Seal.objects.get(number=2).public_key
    )

    assert first_fault() == (4, "Seal 2: its events are gone, and nobody signed for that.")


def test_accepts_what_was_sealed_with_a_former_key(settings: LazySettings) -> None:
    settings.EVENT_SEAL_FORMER_KEYS = [settings.EVENT_SEAL_KEY]
    settings.EVENT_SEAL_KEY = "another secret of more than thirty-two"
    written(1, at=NOON)
    assert selectors.verify().faults == []

    settings.EVENT_SEAL_FORMER_KEYS = []
    assert "EVENT_SEAL_FORMER_KEYS" in first_fault()[1]


def test_shows_with_an_earlier_head_that_something_was_cut_off() -> None:
    found = selectors.verify()
    head = (found.head, found.tag)
    written(1, at=NOON)
    assert selectors.verify(head=head).faults == []

    Event.objects.filter(position__gte=9).delete()
    LogHead.objects.update(position=8)
    assert selectors.verify().faults == []
    assert selectors.verify(head=head).faults[0].position == 9


def test_prints_what_holds(capsys: pytest.CaptureFixture[str]) -> None:
    call_command("verify_events")

    printed = capsys.readouterr().out
    assert "The log holds: positions 1 to 9" in printed
    call_command("verify_events", head=selectors.verify().tag and (9, selectors.verify().tag))


def test_names_the_first_position_that_does_not_hold() -> None:
    Event.objects.filter(position=5).update(actor="mallory")

    with pytest.raises(CommandError, match="position 5: It is not what was sequenced"):
        call_command("verify_events")


def test_blames_no_seal_whose_events_it_did_not_come_to() -> None:
    for at in (NOON, NOON + timedelta(minutes=1)):
        written(1, at=at, stream="other")
        written(25, at=at, retention_class="audit", stream="audit.1")
    services.seal_days(at=NOON + timedelta(days=1))
    Event.objects.filter(retention_class="audit").update(actor="mallory")

    assert first_fault()[0] == Event.objects.filter(retention_class="audit").earliest("id").position
