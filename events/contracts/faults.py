"""What is wrong with a payload, field by field. Slow: asked only once something is."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import MISSING, Field, fields
from typing import Any, get_args, get_origin, get_type_hints

import msgspec

from portal.shared.errors import FieldError, pointer_step


def faults_of(payload: Mapping[str, Any], contract: type, *, below: str = "") -> list[FieldError]:
    """This will name every field that is missing or of another type, by JSON pointer."""
    hints = get_type_hints(contract)
    found: list[FieldError] = []
    for field in fields(contract):
        pointer = f"{below}/{pointer_step(field.name)}"
        if field.name in payload:
            found.extend(_faults(payload[field.name], hints[field.name], pointer))
        elif not _has_default(field):
            found.append(FieldError(pointer, "This field is missing."))
    return found


def _has_default(field: Field[Any]) -> bool:
    return field.default is not MISSING or field.default_factory is not MISSING


def _faults(value: Any, expected: Any, pointer: str) -> Iterator[FieldError]:
    """The deepest places: msgspec does not tell under which key a mapping is wrong."""
    try:
        msgspec.convert(value, expected)
    except msgspec.ValidationError as error:
        inside = [
            fault
            for step, item, wanted in _members(value, expected)
            for fault in _faults(item, wanted, f"{pointer}/{pointer_step(step)}")
        ]
        yield from inside or [FieldError(pointer, f"{str(error).partition(' - at ')[0]}.")]


def _members(value: Any, expected: Any) -> Iterable[tuple[Any, Any, Any]]:
    kind, arguments = get_origin(expected), get_args(expected)
    if kind is list and isinstance(value, list):
        return [(place, item, arguments[0]) for place, item in enumerate(value)]
    if kind is dict and isinstance(value, dict):
        return [(key, item, arguments[1]) for key, item in value.items()]
    return ()
