"""Old events reach their readers in today's form, and what cannot be read is never skipped."""

import subprocess
import sys
from dataclasses import dataclass
from datetime import datetime

import pytest

from events import registry, services
from events.contracts import upcasting
from events.contracts.base import CONTRACTS, Contract
from events.contracts.draft import Draft
from events.contracts.recorded import RecordedEvent, upcast
from events.contracts.upcasting import Payload, Upcaster, faults, upcaster
from events.errors import PermanentFailure, UnknownSchemaVersion, UpcastersBroken
from events.models import Delivery
from portal.shared.registry import Registry
from tests.architecture.source import ROOT
from tests.factories.events import EventFactory

TYPE = "parcels.parcel.shipped"


@dataclass(frozen=True, slots=True, kw_only=True)
class ParcelShipped(Contract):
    schema_version = 3

    parcel: str
    carrier: str
    weight_grams: int

    @property
    def stream(self) -> str:
        return f"parcels.parcel.{self.parcel}"


@pytest.fixture(autouse=True)
def declared(monkeypatch: pytest.MonkeyPatch) -> None:
    """A type at its third version, and the way there."""
    monkeypatch.setattr(ParcelShipped, "event_type", TYPE, raising=False)
    monkeypatch.setitem(CONTRACTS, TYPE, ParcelShipped)
    monkeypatch.setattr(upcasting, "UPCASTERS", {})

    @upcaster(TYPE, 1, 2)
    def carrier_is_named(payload: Payload) -> Payload:
        return {**payload, "carrier": "unknown"}

    @upcaster(TYPE, 2, 3)
    def weight_is_in_grams(payload: Payload) -> Payload:
        rest = {name: value for name, value in payload.items() if name != "weight_kg"}
        return {**rest, "weight_grams": payload["weight_kg"] * 1000}


def recorded(version: int, payload: Payload, event_type: str = TYPE) -> RecordedEvent:
    row = EventFactory.build(event_type=event_type, schema_version=version, payload=payload)
    return row.recorded()


FIRST = {"parcel": "7", "weight_kg": 2}
SECOND = {"parcel": "7", "weight_kg": 2, "carrier": "ours"}
THIRD = {"parcel": "7", "weight_grams": 2000, "carrier": "ours"}


@pytest.mark.parametrize(
    ("version", "payload", "carrier"),
    [(1, FIRST, "unknown"), (2, SECOND, "ours"), (3, THIRD, "ours")],
)
def test_carries_each_version_up_to_the_present_one(
    version: int, payload: Payload, carrier: str
) -> None:
    event = recorded(version, payload)

    now = upcast(event)

    assert (now.schema_version, now.payload) == (3, THIRD | {"carrier": carrier})
    assert event.payload == payload
    assert (
        now.fact() == event.fact() == ParcelShipped(parcel="7", carrier=carrier, weight_grams=2000)
    )


def test_leaves_alone_what_is_not_declared() -> None:
    event = recorded(9, FIRST, event_type="parcels.parcel.seen")

    assert upcast(event) is event


def test_refuses_an_event_that_is_newer_than_the_code() -> None:
    with pytest.raises(UnknownSchemaVersion, match="This is version 4"):
        upcast(recorded(4, THIRD))


def test_refuses_an_event_from_which_no_chain_leads_on() -> None:
    del upcasting.UPCASTERS[TYPE][1]

    with pytest.raises(UnknownSchemaVersion, match="No upcaster leads from version 2"):
        upcast(recorded(1, FIRST))


def steps(*pairs: tuple[int, int], event_type: str = TYPE) -> dict[str, list[Upcaster]]:
    return {event_type: [Upcaster(event_type, *pair, dict) for pair in pairs]}


@pytest.mark.parametrize(
    ("upcasters", "found"),
    [
        (steps((1, 2), (2, 3)), []),
        (steps((1, 3), (2, 3)), []),
        (steps((1, 2)), [f"{TYPE} has no upcaster from version 2"]),
        ({}, [f"{TYPE} has no upcaster from version 1", f"{TYPE} has no upcaster from version 2"]),
        (steps((1, 2), (2, 3), (1, 3)), [f"{TYPE} has two upcasters from version 1"]),
        (
            steps((1, 2), (2, 1)),
            [f"the upcaster of {TYPE} from version 2 to 1 goes round in a circle"],
        ),
        (
            steps((1, 2), (2, 3), (3, 4)),
            [
                f"the upcaster of {TYPE} from version 3 to 4 leaves the contract, "
                "which is at version 3"
            ],
        ),
        (
            steps((1, 2), (2, 3), (0, 1)),
            [
                f"the upcaster of {TYPE} from version 0 to 1 leaves the contract, "
                "which is at version 3"
            ],
        ),
        (
            steps((1, 2), (2, 3)) | steps((1, 2), event_type="parcels.parcel.lost"),
            ["parcels.parcel.lost has upcasters and no contract"],
        ),
    ],
)
def test_names_what_is_wrong_with_a_chain(
    upcasters: dict[str, list[Upcaster]], found: list[str]
) -> None:
    assert list(faults({TYPE: ParcelShipped}, upcasters)) == found


def test_refuses_to_start_with_a_broken_chain() -> None:
    upcasting.check_chains()
    del upcasting.UPCASTERS[TYPE]

    with pytest.raises(UpcastersBroken, match="no upcaster from version 1; parcels"):
        upcasting.check_chains()


def test_says_so_in_one_sentence_at_the_start() -> None:
    planted = (
        "import sys, manage\n"
        "from events.contracts.upcasting import upcaster\n"
        "upcaster('slo.burn_rate.high', 1, 2)(dict)\n"
        "sys.argv = ['manage.py', 'check']\n"
        "sys.exit(manage.main())\n"
    )

    started = subprocess.run(
        [sys.executable, "-c", planted], cwd=ROOT, capture_output=True, text=True, check=False
    )

    assert started.returncode == 1
    assert started.stderr == (
        "Old events could not be read: the upcaster of slo.burn_rate.high from version 1 to 2 "
        "leaves the contract, which is at version 1.\n"
    )


@pytest.fixture
def only_these_subscribers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(registry, "_subscriptions", Registry("subscriber"))


def append(version: int, payload: Payload, *, at: datetime) -> datetime:
    draft = Draft(
        event_type=TYPE,
        schema_version=version,
        payload=payload,
        stream="parcels.parcel.7",
        occurred_at=at,
    )
    return services.append([draft])[0].recorded_at


@pytest.mark.django_db
@pytest.mark.usefixtures("only_these_subscribers")
def test_hands_over_what_is_old_in_its_present_form(at: datetime) -> None:
    seen: list[RecordedEvent] = []
    services.subscribe("parcels.*", seen.append, name="a")

    services.deliver_due_events(at=append(1, FIRST, at=at))

    assert seen[0].payload == THIRD | {"carrier": "unknown"}
    assert seen[0].schema_version == 3


@pytest.mark.django_db
@pytest.mark.usefixtures("only_these_subscribers")
def test_passes_it_on_as_written_to_who_asks_for_that(at: datetime) -> None:
    seen: list[RecordedEvent] = []
    registry.add(registry.Subscription("a", "parcels.*", seen.append, as_written=True))

    services.deliver_due_events(at=append(4, FIRST, at=at))

    assert (seen[0].payload, seen[0].schema_version) == (FIRST, 4)


@pytest.mark.django_db
@pytest.mark.usefixtures("only_these_subscribers")
def test_parks_at_once_what_it_cannot_read_and_all_behind_it(at: datetime) -> None:
    seen: list[RecordedEvent] = []
    services.subscribe("parcels.*", seen.append, name="a")
    append(4, THIRD, at=at)
    now = append(3, THIRD, at=at)

    services.deliver_due_events(at=now)
    services.deliver_due_events(at=now)

    parked, behind = Delivery.objects.order_by("id")
    assert seen == []
    assert (parked.state, parked.attempts) == (Delivery.State.PARKED, 1)
    assert "This is version 4 of parcels.parcel.shipped" in parked.last_error
    assert (behind.state, behind.attempts) == (Delivery.State.PENDING, 0)


@pytest.mark.django_db
@pytest.mark.usefixtures("only_these_subscribers")
def test_parks_at_once_whatever_a_handler_calls_permanent(at: datetime) -> None:
    def handler(_event: RecordedEvent) -> None:
        raise PermanentFailure("This parcel was never ours.")

    services.subscribe("parcels.*", handler, name="a")

    services.deliver_due_events(at=append(3, THIRD, at=at))

    assert Delivery.objects.get().state == Delivery.State.PARKED
