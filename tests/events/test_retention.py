"""A day goes when its time is over and nobody needs it any more; its seals stay."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.core.management import call_command

from events import registry, selectors, services
from events.models import Consumer, Delivery, Event, Received, RelayCheckpoint, Seal
from portal.shared.registry import Registry
from tests.conftest import NOON
from tests.events.log import days_ago, sealed, written

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def nobody_listens(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(registry, "_subscriptions", Registry("subscriber"))
    monkeypatch.setattr(registry, "_sources", [])


def test_drops_a_sealed_day_past_its_time_and_keeps_the_seal() -> None:
    written(3, at=days_ago(9))
    kept = written(2, at=days_ago(1))
    sealed()

    (seal,) = services.drop_expired_days(at=NOON)

    assert (seal.events, seal.dropped_at is not None) == (3, True)
    assert list(Event.objects.values_list("pk", flat=True)) == [event.pk for event in kept]
    assert not selectors.verify().faults
    assert services.drop_expired_days(at=NOON) == []


@pytest.mark.parametrize(
    ("retention_class", "days", "is_dropped"),
    [
        ("api", 7, False),
        ("api", 8, True),
        ("system", 14, False),
        ("system", 15, True),
        ("security", 30, False),
        ("security", 31, True),
        ("audit", 400, False),
    ],
)
def test_keeps_each_class_as_long_as_it_says(
    retention_class: str, days: int, is_dropped: bool
) -> None:
    written(1, at=days_ago(days), retention_class=retention_class)
    sealed()

    services.drop_expired_days(at=NOON)

    assert Event.objects.exists() is not is_dropped


def test_keeps_what_is_not_sealed() -> None:
    written(1, at=days_ago(9))

    services.drop_expired_days(at=NOON)

    assert Event.objects.count() == 1


def test_keeps_a_day_with_something_undelivered_and_says_so() -> None:
    services.subscribe("orders.*", lambda _event: None, name="a")
    services.sequence_events(at=days_ago(9))
    written(1, at=days_ago(9))
    sealed()
    day = days_ago(9).date()

    services.drop_expired_days(at=NOON)
    assert Event.objects.count() == 1
    assert selectors.held_back("api", day) == ["1 undelivered deliveries"]

    services.deliver_due_events(at=NOON)
    services.drop_expired_days(at=NOON)
    assert not Event.objects.exists()
    assert not Delivery.objects.exists()


def test_keeps_a_day_that_a_consumer_or_the_relay_has_not_come_past() -> None:
    services.subscribe("orders.*", lambda _event: None, name="slow")
    written(2, at=days_ago(9))
    Delivery.objects.all().delete()
    Consumer.objects.update(position=1)
    RelayCheckpoint.objects.create(broker="in_memory", position=1)
    sealed()

    services.drop_expired_days(at=NOON)

    assert Event.objects.count() == 2
    assert selectors.held_back("api", days_ago(9).date()) == [
        "the consumer slow",
        "the relay to in_memory",
    ]


def test_keeps_a_day_that_changed_after_it_was_sealed(caplog: pytest.LogCaptureFixture) -> None:
    first, second = written(2, at=days_ago(9))
    sealed()
    Event.objects.filter(pk=second.pk).delete()

    services.drop_expired_days(at=NOON)

    assert Event.objects.filter(pk=first.pk).exists()
    assert "no seal accounts for, or lacks some" in caplog.text


def test_drops_what_came_late_with_its_own_part() -> None:
    written(2, at=days_ago(9))
    sealed()
    services.drop_expired_days(at=NOON)
    written(1, at=days_ago(9))

    sealed()
    assert Event.objects.count() == 1
    services.drop_expired_days(at=NOON)

    assert not Event.objects.exists()
    assert list(Seal.objects.order_by("number").values_list("part", "events")) == [(1, 2), (2, 1)]
    assert not selectors.verify().faults


def test_goes_on_after_it_was_killed_in_the_middle(monkeypatch: pytest.MonkeyPatch) -> None:
    written(5, at=days_ago(9))
    sealed()
    monkeypatch.setattr("events.storage.days.drop", lambda *_day: None)
    monkeypatch.setattr("events.services.retention._finish_dropping", lambda: None)
    services.drop_expired_days(at=NOON)
    assert Event.objects.count() == 5
    assert not selectors.verify().faults

    monkeypatch.undo()
    services.drop_expired_days(at=NOON)

    assert not Event.objects.exists()
    assert not selectors.verify().faults


def test_keeps_days_as_files_where_it_is_told_to(settings: LazySettings, tmp_path: Path) -> None:
    settings.EVENT_ARCHIVE_DIR = str(tmp_path / "archive")
    written(3, at=days_ago(9))
    sealed()

    (seal,) = services.drop_expired_days(at=NOON)

    assert seal.archive == f"api-{days_ago(9):%Y-%m-%d}-1.jsonl.gz"
    assert seal.archive_digest
    call_command("verify_archive", tmp_path / "archive" / seal.archive)


def test_keeps_the_day_when_its_file_cannot_be_written(
    settings: LazySettings, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "archive").write_text("a file where the folder should be")
    settings.EVENT_ARCHIVE_DIR = str(tmp_path / "archive")
    written(1, at=days_ago(9))
    sealed()

    assert services.drop_expired_days(at=NOON) == []
    assert Event.objects.count() == 1
    assert "day_not_dropped" in caplog.text


def test_forgets_what_was_delivered_or_received_long_ago_and_nothing_else() -> None:
    services.subscribe("orders.*", lambda _event: None, name="a")
    services.sequence_events(at=days_ago(40))
    written(1, at=days_ago(31), retention_class="audit")
    services.deliver_due_events(at=days_ago(31))
    written(1, at=days_ago(31), retention_class="audit")
    written(1, at=days_ago(29), retention_class="audit")
    services.sequence_events(at=NOON)
    for days in (31, 29):
        Received.objects.create(
            source="s",
            source_id=str(days),
            event_id=Event.objects.earliest("id").event_id,
            received_at=days_ago(days),
        )

    assert services.forget_deliveries(at=NOON) == 2
    assert Delivery.objects.count() == 2
    assert Received.objects.get().source_id == "29"
    assert services.forget_deliveries(at=NOON + timedelta(hours=1)) == 0
