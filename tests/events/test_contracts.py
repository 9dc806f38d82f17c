"""What the catalogue of facts promises for each of them: plain values, a name, a stream."""

import dataclasses
import json
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from typing import Any, get_type_hints

import pytest

from events import services
from events.contracts.base import CONTRACTS, Contract, contract
from events.contracts.slo import BurnRateCritical
from events.errors import FactUnreadable, PayloadRefused
from events.models import Event
from events.rules.naming import is_event_type

# One value of each type that a payload may carry.
PLAIN: dict[Any, Any] = {
    str: "text",
    int: 7,
    float: 0.5,
    bool: True,
    list[str]: ["a", "b"],
    dict[str, float]: {"1h": 14.4},
    float | None: None,
    int | None: None,
    str | None: None,
}
SECRETS = ("password", "secret", "token", "key", "credential")

every_contract = pytest.mark.parametrize(
    "cls", [pytest.param(cls, id=name) for name, cls in sorted(CONTRACTS.items())]
)


def example_of(cls: type[Contract]) -> Contract:
    hints = get_type_hints(cls)
    return cls(**{field.name: PLAIN[hints[field.name]] for field in fields(cls)})


@every_contract
def test_comes_back_from_json_as_it_went(cls: type[Contract]) -> None:
    fact = example_of(cls)

    sent = json.loads(json.dumps(fact.payload(), allow_nan=False))

    assert cls.from_payload(sent) == fact


@every_contract
def test_leaves_out_what_a_newer_publisher_has_added(cls: type[Contract]) -> None:
    fact = example_of(cls)

    assert cls.from_payload(fact.payload() | {"added_later": 1}) == fact


@every_contract
def test_is_named_and_belongs_to_a_stream(cls: type[Contract]) -> None:
    assert is_event_type(cls.event_type)
    assert cls.event_type.split(".")[0] == cls.__module__.rpartition(".")[2]
    assert example_of(cls).stream


@every_contract
def test_carries_no_secret(cls: type[Contract]) -> None:
    names = {field.name for field in fields(cls)}

    assert [name for name in names if any(word in name for word in SECRETS)] == []


def test_refuses_a_type_that_is_declared_twice() -> None:
    with pytest.raises(ValueError, match="declared twice"):
        contract("slo.burn_rate.critical")(Contract)


BURN: dict[str, Any] = {
    "objective": "checkout-availability",
    "objective_name": "Checkout: availability",
    "service": "checkout",
    "service_tier": 1,
    "previous_level": "normal",
    "level": "critical",
    "burn_rates": {"1h": 14.4},
    "error_budget_remaining": None,
    "at": "2026-03-02T12:00:00Z",
}
WRONG: list[tuple[dict[str, Any], str]] = [
    ({"level": 7}, "/level"),
    ({"service_tier": True}, "/service_tier"),
    ({"service_tier": 1.0}, "/service_tier"),
    ({"error_budget_remaining": "much"}, "/error_budget_remaining"),
    ({"burn_rates": [14.4]}, "/burn_rates"),
    ({"burn_rates": {"1h": 14.4, "6h/a~": "x"}}, "/burn_rates/6h~1a~0"),
    ({"at": datetime(2026, 3, 2, tzinfo=UTC)}, "/at"),
]


@pytest.mark.parametrize(("change", "pointer"), WRONG)
def test_is_not_read_from_what_is_of_another_type(change: dict[str, Any], pointer: str) -> None:
    with pytest.raises(FactUnreadable, match=r"no slo\.burn_rate\.critical") as refused:
        BurnRateCritical.from_payload(BURN | change)

    assert [fault.field for fault in refused.value.fields] == [pointer]


def test_is_not_read_when_something_is_missing_and_each_fault_is_named() -> None:
    payload = {name: BURN[name] for name in BURN if name not in {"level", "at"}}

    with pytest.raises(FactUnreadable) as refused:
        BurnRateCritical.from_payload(payload | {"service": None})

    assert [fault.field for fault in refused.value.fields] == ["/service", "/level", "/at"]


def test_is_read_without_a_field_that_has_a_default() -> None:
    @dataclass(frozen=True, slots=True, kw_only=True)
    class Shipped(Contract):
        order: str
        parcels: list[str] = dataclasses.field(default_factory=list)
        weight: int = 1

    assert Shipped.from_payload({"order": "7"}) == Shipped(order="7", parcels=[], weight=1)
    assert [fault.field for fault in Shipped.faults({"parcels": [1, "b"]})] == [
        "/order",
        "/parcels/0",
    ]


@pytest.mark.django_db
@pytest.mark.parametrize(("change", "pointer"), WRONG)
def test_is_not_announced_with_another_type(
    at: datetime, change: dict[str, Any], pointer: str
) -> None:
    with pytest.raises(PayloadRefused, match="not as its contract says") as refused:
        services.announce(BurnRateCritical(**BURN | change), at=at)

    assert [fault.field for fault in refused.value.fields] == [f"/payload{pointer}"]
    assert not Event.objects.exists()


@pytest.mark.django_db
@every_contract
def test_is_announced_and_read_again(cls: type[Contract], at: datetime) -> None:
    fact = example_of(cls)

    event = services.announce(fact, at=at)

    event.refresh_from_db()
    assert event.recorded().fact() == fact
