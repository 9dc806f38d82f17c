"""The shell door: an operator writes an event into the log."""

import json
import uuid

import pytest
from django.core.management import call_command

from events.errors import EventTypeRefused, RetentionClassUnknown, StreamMoved
from events.models import Event
from portal.shared.errors import InvalidInput

pytestmark = pytest.mark.django_db


def run(*words: str, event_type: str = "orders.order.shipped", payload: str = "{}") -> None:
    call_command("publish_event", event_type, payload, *words)


def test_writes_an_event_and_prints_its_id(capsys: pytest.CaptureFixture[str]) -> None:
    trace = uuid.uuid4()
    run(
        "--stream=orders.7",
        "--priority=9",
        "--expected-version=0",
        "--retention-class=audit",
        "--schema-version=2",
        f"--correlation-id={trace}",
        f"--causation-id={trace}",
        "--occurred-at=2026-03-02T12:00:00Z",
        "--actor=alice",
        payload=json.dumps({"order": 7}),
    )

    event = Event.objects.get()
    assert capsys.readouterr().out == f"{event.event_id}\n"
    assert (event.event_type, event.payload) == ("orders.order.shipped", {"order": 7})
    assert (event.stream, event.stream_version, event.priority) == ("orders.7", 1, 9)
    assert (event.retention_class, event.schema_version, event.actor) == ("audit", 2, "alice")
    assert (event.correlation_id, event.causation_id) == (trace, trace)
    assert event.occurred_at.isoformat() == "2026-03-02T12:00:00+00:00"


def test_needs_no_more_than_a_type_and_a_payload() -> None:
    run()

    event = Event.objects.get()
    assert (event.stream_version, event.priority, event.actor) == (None, 5, "shell")


@pytest.mark.parametrize(
    ("payload", "option", "pointer"),
    [
        ("{", "--priority=5", "/payload"),
        ("[]", "--priority=5", "/payload"),
        ("{}", "--priority=7", "/priority"),
        ("{}", "--schema-version=x", "/schema_version"),
        ("{}", "--occurred-at=2026-03-02T12:00:00", "/occurred_at"),
    ],
)
def test_refuses_what_it_cannot_read(payload: str, option: str, pointer: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        run(option, payload=payload)

    assert [fault.field for fault in refused.value.fields] == [pointer]
    assert not Event.objects.exists()


def test_refuses_what_the_service_refuses() -> None:
    with pytest.raises(EventTypeRefused):
        run(event_type="slo.burn_rate.critical")
    with pytest.raises(StreamMoved):
        run("--stream=orders.7", "--expected-version=3")
    with pytest.raises(RetentionClassUnknown):
        run("--retention-class=for_ever")
