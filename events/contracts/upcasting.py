"""Reading old events with today's code: from one version of a contract to the next.

An upcaster stands beside the contract it leads to. It is pure: payload in, payload out.

    @upcaster("orders.order.shipped", 1, 2)
    def carrier_is_named(payload: Payload) -> Payload:
        return {**payload, "carrier": ""}
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from events.contracts.base import CONTRACTS, Contract
from events.errors import UnknownSchemaVersion, UpcastersBroken

Payload = dict[str, Any]
Change = Callable[[Payload], Payload]


@dataclass(frozen=True, slots=True)
class Upcaster:
    event_type: str
    from_version: int
    to_version: int
    change: Change


# By type; what is wrong with them is told at the start, all at once.
UPCASTERS: dict[str, list[Upcaster]] = {}


def upcaster(event_type: str, from_version: int, to_version: int) -> Callable[[Change], Change]:
    """This will enter the function as the way from one version of the type to a later one."""

    def enter(change: Change) -> Change:
        entry = Upcaster(event_type, from_version, to_version, change)
        UPCASTERS.setdefault(event_type, []).append(entry)
        return change

    return enter


def current_payload(event_type: str, schema_version: int, payload: Payload) -> Payload:
    """This will carry the payload of a declared type up to the version that the code knows.

    Raises UnknownSchemaVersion when the event is newer than the code, or no chain leads on.
    """
    known = CONTRACTS[event_type].schema_version
    version = schema_version
    while version < known:
        step = _next(event_type, version)
        if step is None:
            raise UnknownSchemaVersion(
                f"No upcaster leads from version {version} of {event_type} to version {known}. "
                "Enter one beside the contract, then redrive what parked."
            )
        payload, version = step.change(payload), step.to_version
    if version > known:
        raise UnknownSchemaVersion(
            f"This is version {version} of {event_type}, and the portal knows up to {known}. "
            "Run a portal that knows it, then redrive what parked."
        )
    return payload


def check_chains() -> None:
    """This will raise UpcastersBroken when an old event of a declared type cannot be read."""
    found = list(faults(CONTRACTS, UPCASTERS))
    if found:
        raise UpcastersBroken(f"Old events could not be read: {'; '.join(found)}.")


def faults(
    contracts: Mapping[str, type[Contract]], upcasters: Mapping[str, Sequence[Upcaster]]
) -> Iterator[str]:
    """This will name each duplicate, cycle, gap and step that leads nowhere."""
    for event_type in sorted(upcasters):
        if event_type not in contracts:
            yield f"{event_type} has upcasters and no contract"
    for event_type, contract in sorted(contracts.items()):
        yield from _faults_of(contract, upcasters.get(event_type, ()))


def _faults_of(contract: type[Contract], steps: Sequence[Upcaster]) -> Iterator[str]:
    name, known = contract.event_type, contract.schema_version
    leading: dict[int, int] = {}
    for step in steps:
        way = f"{name} from version {step.from_version} to {step.to_version}"
        if step.from_version in leading:
            yield f"{name} has two upcasters from version {step.from_version}"
        elif step.to_version <= step.from_version:
            yield f"the upcaster of {way} goes round in a circle"
        elif step.from_version < 1 or step.to_version > known:
            yield f"the upcaster of {way} leaves the contract, which is at version {known}"
        leading.setdefault(step.from_version, step.to_version)
    for version in range(1, known):
        if version not in leading:
            yield f"{name} has no upcaster from version {version}"


def _next(event_type: str, version: int) -> Upcaster | None:
    steps = UPCASTERS.get(event_type, ())
    return next((step for step in steps if step.from_version == version), None)
