"""What the catalogue of facts promises for each of them: plain values, a name, a stream."""

import json
from dataclasses import fields
from typing import Any, get_type_hints

import pytest

from events.contracts.base import CONTRACTS, Contract, contract
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
