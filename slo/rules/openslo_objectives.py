"""The objectives of an OpenSLO SLO: targets, and the slices that its budget is cut into."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from catalog.rules.yaml_document import Place
from slo.rules.spec_fields import (
    Fields,
    Reading,
    number,
    percent,
    required,
    slice_minutes,
    spelled_value,
)
from slo.rules.time_slice import Budgeting, Slices

BUDGETING_BY_METHOD = {
    "occurrences": Budgeting.OCCURRENCES,
    "timeslices": Budgeting.TIMESLICES,
    "ratiotimeslices": Budgeting.RATIO_TIMESLICES,
}
METHOD_BY_BUDGETING = {
    Budgeting.OCCURRENCES: "Occurrences",
    Budgeting.TIMESLICES: "Timeslices",
    Budgeting.RATIO_TIMESLICES: "RatioTimeslices",
}
_FIELDS = (
    "displayName", "target", "targetPercent", "timeSliceTarget", "timeSliceWindow", "op",
    "indicator", "indicatorRef", "compositeWeight",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Target:
    """One objective; `weight` is how much it weighs in a composite."""

    place: Place
    fields: Fields
    label: str
    percent: Decimal
    slices: Slices | None
    weight: Fraction | None


def read_slicing(spec_place: Place, spec: Fields) -> Budgeting | None:
    place = required(spec_place, spec, "budgetingMethod")
    method = spelled_value(place) if place else None
    budgeting = BUDGETING_BY_METHOD.get((method or "").lower())
    if place and budgeting is None:
        place.complain(f"must be {', '.join(METHOD_BY_BUDGETING.values())}.")
    return budgeting


def read_targets(
    spec_place: Place, spec: Fields, budgeting: Budgeting | None, reading: Reading
) -> list[Target] | None:
    """This will return every objective, or None when any of them is wrong."""
    place = required(spec_place, spec, "objectives")
    items = place.items() if place else []
    if place and not items:
        place.complain("must hold an objective.")
    if budgeting is None:
        return None
    targets = [_target(item, budgeting, reading) for item in items]
    found = [target for target in targets if target is not None]
    return found if found and len(found) == len(items) else None


def _target(place: Place, budgeting: Budgeting, reading: Reading) -> Target | None:
    fields = place.fields()
    reading.report_unread(fields, _FIELDS)
    _check_operator(fields, reading)
    share = _percent(place, fields)
    slices, is_right = _slices(place, fields, budgeting)
    weight = _weight(fields)
    label = (fields["displayName"].text(longest=120) or "") if "displayName" in fields else ""
    if share is None or not is_right:
        return None
    return Target(place, fields, label, share, slices, weight)


def _check_operator(fields: Fields, reading: Reading) -> None:
    if "op" not in fields:
        return
    if spelled_value(fields["op"]) in {"gt", "gte"}:
        reading.skip(fields["op"], "is not read: a share of good requests has no operator")
    else:
        fields["op"].complain("compares otherwise than at least; a target is the least share.")


def _percent(place: Place, fields: Fields) -> Decimal | None:
    if ("target" in fields) == ("targetPercent" in fields):
        place.complain("must have either target or targetPercent.")
        return None
    is_share = "target" in fields
    return percent(fields["target" if is_share else "targetPercent"], is_share=is_share)


def _slices(place: Place, fields: Fields, budgeting: Budgeting) -> tuple[Slices | None, bool]:
    wanted = {
        Budgeting.OCCURRENCES: (),
        Budgeting.TIMESLICES: ("timeSliceTarget", "timeSliceWindow"),
        Budgeting.RATIO_TIMESLICES: ("timeSliceWindow",),
    }[budgeting]
    for name in ("timeSliceTarget", "timeSliceWindow"):
        if name in fields and name not in wanted:
            fields[name].complain(f"has no meaning with {METHOD_BY_BUDGETING[budgeting]}.")
            return None, False
    return (None, True) if not wanted else _cut(place, fields, budgeting, wanted)


def _cut(
    place: Place, fields: Fields, budgeting: Budgeting, wanted: Sequence[str]
) -> tuple[Slices | None, bool]:
    places = {name: required(place, fields, name) for name in wanted}
    window, goal = places["timeSliceWindow"], places.get("timeSliceTarget")
    minutes = slice_minutes(window) if window else None
    target = percent(goal, is_share=True, may_be_all=True) if goal else None
    if minutes is None or (target is None and "timeSliceTarget" in wanted):
        return None, False
    return Slices(budgeting, minutes, target), True


def _weight(fields: Fields) -> Fraction | None:
    if "compositeWeight" not in fields:
        return Fraction(1)
    found = number(fields["compositeWeight"])
    if found is not None and found <= 0:
        fields["compositeWeight"].complain("must be above 0.")
        return None
    return None if found is None else Fraction(found)
