"""Alert policies as OpenSLO says them, as pairs of windows."""

from collections.abc import Iterator

from catalog.rules.yaml_document import Place
from slo.rules.alert_level import Level
from slo.rules.burn_condition import LEVELS_BY_SEVERITY, BurnCondition
from slo.rules.openslo_objects import Bundle, SpecObject, object_within
from slo.rules.spec_fields import (
    Fields,
    Reading,
    flag,
    length,
    number,
    required,
    spelled_value,
)

# The field's custom: the short window is a twelfth of the long one.
_SHORT_PART = 12
_POLICY_FIELDS = (
    "conditions", "notificationTargets", "alertWhenBreaching", "alertWhenResolved",
    "alertWhenNoData",
)  # fmt: skip


def read_conditions(
    place: Place, bundle: Bundle, reading: Reading
) -> list[tuple[BurnCondition, Place]]:
    """This will return the conditions of a list of policies, and where each has its threshold."""
    return [
        condition
        for policy in _policies(place, bundle)
        for condition in _policy_conditions(policy, bundle, reading)
    ]


def check_alerts(bundle: Bundle, reading: Reading) -> None:
    """This will write down what is wrong with policies and conditions, used or not."""
    for policy in bundle.of_kind("AlertPolicy"):
        _policy_conditions(policy, bundle, reading)
    for condition in bundle.of_kind("AlertCondition"):
        _condition(condition)


def _policy_conditions(
    policy: SpecObject, bundle: Bundle, reading: Reading
) -> list[tuple[BurnCondition, Place]]:
    reading.report_unread(policy.spec, _POLICY_FIELDS)
    _check_when(policy.spec)
    read = (_condition(condition) for condition in _conditions(policy, bundle))
    return [condition for condition in read if condition is not None]


def _policies(place: Place, bundle: Bundle) -> Iterator[SpecObject]:
    for item in place.items():
        policy = _referred(item, "alertPolicyRef", "AlertPolicy", bundle)
        if policy is not None:
            yield policy


def _conditions(policy: SpecObject, bundle: Bundle) -> Iterator[SpecObject]:
    place = required(policy.body, policy.spec, "conditions")
    for item in place.items() if place else []:
        condition = _referred(item, "conditionRef", "AlertCondition", bundle)
        if condition is not None:
            yield condition


def _referred(item: Place, reference: str, kind: str, bundle: Bundle) -> SpecObject | None:
    """An object that is named, by a field or alone, or that stands where it is used."""
    if not item.is_mapping:
        return bundle.find(kind, item)
    fields = item.fields()
    if reference in fields:
        return bundle.find(kind, fields[reference])
    return object_within(item)


def _check_when(fields: Fields) -> None:
    for name in ("alertWhenResolved", "alertWhenNoData"):
        if name in fields:
            flag(fields[name])
    if "alertWhenBreaching" in fields and flag(fields["alertWhenBreaching"]) is False:
        fields["alertWhenBreaching"].complain(
            "is false, but a burn window alerts whenever its budget burns too fast."
        )


def _condition(found: SpecObject) -> tuple[BurnCondition, Place] | None:
    level = _level(found)
    place = required(found.body, found.spec, "condition")
    if place is None:
        return None
    fields = place.fields()
    _check_kind_and_operator(fields)
    threshold = required(place, fields, "threshold")
    lookback = required(place, fields, "lookbackWindow")
    value = number(threshold) if threshold else None
    long_minutes = length(lookback) if lookback else None
    if threshold is None or value is None or not long_minutes or level is None:
        return None
    short_minutes = _short_minutes(fields, long_minutes)
    if short_minutes is None:
        return None
    return BurnCondition(value, long_minutes, short_minutes, level), threshold


def _level(found: SpecObject) -> Level | None:
    place = required(found.body, found.spec, "severity")
    severity = (spelled_value(place) or "").lower() if place else ""
    if place and severity not in LEVELS_BY_SEVERITY:
        place.complain(
            f"is {severity[:60]!r}, which stands for no level. Known: "
            f"{', '.join(LEVELS_BY_SEVERITY)}."
        )
    return LEVELS_BY_SEVERITY.get(severity)


def _check_kind_and_operator(fields: dict[str, Place]) -> None:
    if "kind" in fields and (spelled_value(fields["kind"]) or "").lower() != "burnrate":
        fields["kind"].complain("must be burnrate; nothing else alerts.")
    if "op" in fields and spelled_value(fields["op"]) != "gt":
        fields["op"].complain("must be gt: a pair fires when the budget burns faster.")


def _short_minutes(fields: dict[str, Place], long_minutes: int) -> int | None:
    """How long a burn must last is how long the short window is; none is a twelfth."""
    if "alertAfter" not in fields:
        return max(long_minutes // _SHORT_PART, 1)
    place = fields["alertAfter"]
    minutes = length(place)
    if minutes is None:
        return None
    if minutes >= long_minutes:
        place.complain("must be shorter than lookbackWindow: it becomes the short window.")
        return None
    return minutes or max(long_minutes // _SHORT_PART, 1)
