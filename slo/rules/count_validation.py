"""Which counts of others can be believed; each wrong field is named by its JSON pointer."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from portal.shared.errors import FieldError
from slo.rules.burn_rate import Counts
from slo.rules.minute import minute_of
from slo.rules.request_validation import CLOCK_SKEW, OLDEST, moment

FIELDS = ("indicator", "minute", "good", "total")
# A minute of anything has less, and all minutes together still fit into the database.
HIGHEST = 10**12


@dataclass(frozen=True, slots=True)
class CountExpectation:
    """What the moment and the indicators allow; `others` are those of another kind."""

    at: datetime
    indicators: Mapping[str, int]
    others: Collection[str]


def count_problems(item: Any, expected: CountExpectation, *, pointer: str) -> list[FieldError]:
    """This will name everything that is wrong with one count."""
    if not isinstance(item, Mapping):
        return [FieldError(pointer, "Send an object.")]
    return [FieldError(f"{pointer}/{field}", detail) for field, detail in _wrong(item, expected)]


def count_of(
    item: Mapping[str, Any], expected: CountExpectation
) -> tuple[tuple[int, datetime], Counts]:
    """This will return the place and the counts of an item that has no problems."""
    minute = moment(item["minute"])
    if minute is None:
        raise ValueError(item["minute"])
    place = (expected.indicators[item["indicator"]], minute_of(minute))
    return place, Counts(item["good"], item["total"])


def _wrong(item: Mapping[str, Any], expected: CountExpectation) -> Iterator[tuple[str, str]]:
    if detail := _indicator(item.get("indicator"), expected):
        yield "indicator", detail
    if detail := _minute(item.get("minute"), expected):
        yield "minute", detail
    good: Any = item.get("good")
    total: Any = item.get("total")
    for name, value in (("good", good), ("total", total)):
        if not _is_count(value):
            yield name, f"A whole number from 0 to {HIGHEST} is needed."
    if _is_count(good) and _is_count(total) and good > total:
        yield "good", "There cannot be more good requests than requests."
    for name in item:
        if name not in FIELDS:
            # ascii() keeps what cannot be encoded out of the answer.
            yield ascii(name)[1:-1], f"Unknown field; the known ones are {', '.join(FIELDS)}."


def _indicator(value: Any, expected: CountExpectation) -> str | None:
    if isinstance(value, str) and value in expected.indicators:
        return None
    if isinstance(value, str) and value in expected.others:
        return "This indicator is counted in another way; one of the kind counts is needed."
    return "There is no such indicator."


def _minute(value: Any, expected: CountExpectation) -> str | None:
    found = moment(value)
    if found is None:
        return "A time with its offset is needed, for example 2026-03-02T12:00:00Z."
    if found > expected.at + CLOCK_SKEW:
        return "The minute is more than 5 minutes in the future."
    if found < expected.at - OLDEST:
        return f"The minute is more than {OLDEST.days} days ago."
    return None


def _is_count(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= HIGHEST
