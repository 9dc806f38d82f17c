"""`manage.py stream_state`: time travel by the shell door."""

from datetime import datetime
from io import StringIO

import pytest
from django.core.management import call_command

from events import services
from events.errors import InstantRefused, StreamUnknown
from events.models import Event

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def history(at: datetime) -> None:
    for number in (1, 2):
        services.publish("orders.order.changed", {"note": f"nº {number}"}, stream="orders.1", at=at)
    Event.objects.update(recorded_at=at)


def run(*arguments: str) -> str:
    out = StringIO()
    call_command("stream_state", *arguments, stdout=out)
    return out.getvalue()


@pytest.mark.parametrize(
    ("arguments", "version"),
    [([], 2), (["--at", "1"], 1), (["--at", "2026-03-02T12:00:00Z"], 2)],
)
def test_prints_the_state(arguments: list[str], version: int) -> None:
    told = run("orders.1", *arguments)

    assert told.startswith(
        f"orders.1 at version {version}, recorded at 2026-03-02T12:00:00+00:00.\n{{"
    )
    assert f'"note": "nº {version}"' in told


def test_prints_the_state_before_the_first_event() -> None:
    assert run("orders.1", "--at", "0") == "orders.1 at version 0.\n{}\n"


def test_says_what_retention_has_dropped() -> None:
    Event.objects.filter(stream_version=1).delete()

    assert "Retention has dropped events of it" in run("orders.1")


def test_prints_what_changed() -> None:
    assert run("orders.1", "--at", "1", "--diff-to", "2") == (
        "changed  /events/orders.order.changed  1 -> 2\n"
        'changed  /fields/note  "nº 1" -> "nº 2"\n'
        "2 changes between the versions 1 and 2.\n"
    )


def test_refuses_what_it_cannot_read() -> None:
    with pytest.raises(StreamUnknown):
        run("orders.2")
    with pytest.raises(InstantRefused):
        run("orders.1", "--at", "noon")
