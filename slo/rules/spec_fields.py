"""Reading the values that specifications of promises share: shares, lengths, names, queries.

Each function writes what is wrong down at its place and returns None then.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from catalog.rules.yaml_document import LONGEST_SLUG, Place
from slo.rules.definition import IndicatorDefinition, ObjectiveDefinition, ServiceDefinition
from slo.rules.promql import QueryRefused, selector_of
from slo.rules.time_slice import SLICE_MINUTES

Fields = Mapping[str, Place]

_NUMBER = re.compile(r"[+-]?\d{1,15}(?:\.\d{0,25})?")
_LENGTH = re.compile(r"(?:(\d{1,5})w)?(?:(\d{1,5})d)?(?:(\d{1,6})h)?(?:(\d{1,7})m)?")
_MINUTES_OF_UNITS = (10080, 1440, 60, 1)
_NO_SLUG = re.compile(r"[^A-Za-z0-9_-]+")
_TRUE, _FALSE = frozenset({"true", "yes", "on"}), frozenset({"false", "no", "off"})
# Percent with four decimals, as targets are kept.
_SMALLEST_STEP = Decimal("0.0001")


@dataclass(slots=True)
class Reading:
    """What was read so far of a document."""

    services: list[ServiceDefinition] = field(default_factory=list)
    indicators: list[IndicatorDefinition] = field(default_factory=list)
    objectives: list[ObjectiveDefinition] = field(default_factory=list)
    skipped: list[str] = field(default_factory=list)

    def skip(self, place: Place, why: str = "is not read") -> None:
        self.skipped.append(f"line {place.line}: {place.pointer} {why}")

    def report_unread(self, fields: Fields, known: Iterable[str]) -> None:
        """This will tell of every field that nobody reads: it may be a slip of the pen."""
        for name, place in fields.items():
            if name not in known:
                self.skip(place)


def below(fields: Fields, name: str) -> dict[str, Place]:
    """This will return the fields of a mapping, none where it is missing."""
    return fields[name].fields() if name in fields else {}


def required(place: Place, fields: Fields, name: str) -> Place | None:
    if name not in fields or fields[name].is_nothing:
        place.complain(f"has no {name}.")
        return None
    return fields[name]


def spelled_value(place: Place) -> str | None:
    """This will return a value as it is written, whether in quotes or not."""
    if place.is_mapping or place.is_list or place.is_nothing:
        return place.text()
    return str(place.node.value).strip()


def number(place: Place) -> Decimal | None:
    """This will return the number as it is written: nothing passes through a float."""
    text = spelled_value(place)
    if text is None:
        return None
    if not _NUMBER.fullmatch(text):
        place.complain(f"must be a number such as 99.9, not {text[:60]!r}.")
        return None
    return Decimal(text)


def flag(place: Place) -> bool | None:
    text = (spelled_value(place) or "").lower()
    if text not in _TRUE | _FALSE:
        place.complain("must be true or false.")
        return None
    return text in _TRUE


def percent(place: Place, *, is_share: bool, may_be_all: bool = False) -> Decimal | None:
    """This will return a share of requests in percent; `is_share` says that it is of one."""
    found = number(place)
    if found is None:
        return None
    value = found * 100 if is_share else found
    if not (0 < value < 100 or (may_be_all and value == 100)):
        place.complain(_out_of_reach(value))
        return None
    if value % _SMALLEST_STEP:
        place.complain(f"has more than 4 decimals in percent: {value.normalize():f} %.")
        return None
    return value


def _out_of_reach(value: Decimal) -> str:
    shown = f"{value.normalize():f} %"
    if value == 100:
        return "is 100 %, which leaves no error budget; promise less."
    return f"must lie between 0 and 100 %, not at {shown}."


def length(place: Place) -> int | None:
    """This will return a length such as 5m, 6h, 28d or 4w in minutes."""
    text = spelled_value(place)
    if text is None:
        return None
    minutes = minutes_in(text)
    if minutes is None:
        place.complain(
            f"must be a length in minutes, hours, days or weeks, such as 5m, 6h or 28d, not "
            f"{text[:60]!r}."
        )
    return minutes


def minutes_in(text: str) -> int | None:
    parts = _LENGTH.fullmatch(text)
    if not text or parts is None:
        return None
    numbers = (int(part or 0) for part in parts.groups())
    return sum(n * unit for n, unit in zip(numbers, _MINUTES_OF_UNITS, strict=True))


def rolling_days(place: Place) -> int | None:
    """This will return whole days of a rolling window, as long as history is kept."""
    minutes = length(place)
    if minutes is None:
        return None
    if minutes % 1440 or not 1 <= minutes // 1440 <= 90:
        place.complain("must be 1 to 90 whole days: budgets roll by the day, for at most 90.")
        return None
    return minutes // 1440


def slice_minutes(place: Place) -> int | None:
    text = spelled_value(place) or ""
    minutes = int(text) if text.isdecimal() and len(text) < 8 else length(place)
    if minutes is None:
        return None
    if minutes not in SLICE_MINUTES:
        listed = ", ".join(str(known) for known in SLICE_MINUTES)
        place.complain(f"must be a slice of {listed} minutes, which divide a day.")
        return None
    return minutes


def slug_of(place: Place) -> str | None:
    """This will return a name as a slug: what a slug cannot hold becomes a dash."""
    text = spelled_value(place)
    if text is None:
        return None
    slug = slugged(text)
    if not slug:
        place.complain(f"must hold letters or digits, not {text[:60]!r}.")
        return None
    if len(slug) > LONGEST_SLUG:
        place.complain(f"has {len(slug)} characters; {LONGEST_SLUG} are allowed.")
        return None
    return slug


def slugged(text: str) -> str:
    return _NO_SLUG.sub("-", text).strip("-")


def display_name(fields: Fields, *names: str, default: str) -> str:
    """This will return the first of these fields that says anything."""
    for name in names:
        found = fields[name].text(longest=120) if name in fields else None
        if found:
            return found
    return default


def selector(place: Place) -> str | None:
    """This will return the selector of the series that a query counts."""
    text = place.text()
    if text is None:
        return None
    try:
        return selector_of(text)
    except QueryRefused as error:
        place.complain(f"{error}.")
        return None
