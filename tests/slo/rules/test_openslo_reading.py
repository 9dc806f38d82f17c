"""OpenSLO documents, by enumeration: what they become, and where and why one is refused."""

from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from slo.rules.definition import ObjectiveDefinition
from slo.rules.definition_document import read_definitions
from slo.rules.time_slice import Budgeting, Slices
from slo.rules.window import CalendarUnit, CalendarWindow, RollingWindow
from tests.slo.documents import OPENSLO

ROLLING = "    - duration: 30d\n      isRolling: true\n"
TARGET = "    - targetPercent: 99.95\n"
# A threshold fits one window; these are about windows.
WITHOUT_ALERTS = OPENSLO.partition("  alertPolicies:")[0]


def objectives(text: str) -> list[ObjectiveDefinition]:
    read = read_definitions(text)
    assert read.mistakes == ()
    return list(read.definitions.objectives)


def problems(text: str) -> dict[str, str]:
    return {mistake.pointer: mistake.sentence for mistake in read_definitions(text).mistakes}


def calendar(duration: str, start: str, zone: str = "Europe/Berlin") -> str:
    return WITHOUT_ALERTS.replace(
        ROLLING,
        f"    - duration: {duration}\n      calendar:\n        startTime: {start}\n"
        f"        timeZone: {zone}\n",
    )


@pytest.mark.parametrize(
    ("duration", "start", "unit"),
    [
        ("1d", "2020-01-21 00:00:00", CalendarUnit.DAY),
        ("1w", "2024-01-01 00:00", CalendarUnit.WEEK),
        ("7d", "2024-01-08", CalendarUnit.WEEK),
        ("1M", "'2024-05-01 00:00:00'", CalendarUnit.MONTH),
        ("1Q", "2024-10-01T00:00:00", CalendarUnit.QUARTER),
        ("3M", "2024-04-01 00:00:00", CalendarUnit.QUARTER),
        ("1Y", "2024-01-01 00:00:00", CalendarUnit.YEAR),
    ],
)
def test_reads_calendars_that_begin_with_their_unit(
    duration: str, start: str, unit: CalendarUnit
) -> None:
    window = objectives(calendar(duration, start))[0].window

    assert window == CalendarWindow(unit, ZoneInfo("Europe/Berlin"))


@pytest.mark.parametrize(
    ("duration", "start", "zone", "step", "why"),
    [
        ("1d", "2020-01-21 12:30:00", "UTC", "calendar/startTime", "begins a day at"),
        ("1w", "2022-01-01 00:00:00", "UTC", "calendar/startTime", "on Monday"),
        ("1M", "2024-05-02 00:00:00", "UTC", "calendar/startTime", "on the first of a month"),
        ("1Q", "2024-05-01 00:00:00", "UTC", "calendar/startTime", "January, April"),
        ("1Y", "2024-02-01 00:00:00", "UTC", "calendar/startTime", "first of January"),
        ("1Y", "2024-02-31 00:00:00", "UTC", "calendar/startTime", "date and time"),
        ("2M", "2024-01-01 00:00:00", "UTC", "duration", "calendar period"),
        ("1d", "2024-01-01 00:00:00", "Mars/Base", "calendar/timeZone", "no time zone"),
    ],
)
def test_refuses_other_calendars(duration: str, start: str, zone: str, step: str, why: str) -> None:
    found = problems(calendar(duration, start, zone))

    assert why in found[f"/2/spec/timeWindow/0/{step}"]


def test_reads_weeks_that_roll() -> None:
    found = objectives(OPENSLO.replace("duration: 30d", "duration: 4w").replace("14.4", "13.44"))

    assert found[0].window == RollingWindow(28)


@pytest.mark.parametrize(
    ("method", "fields", "slices"),
    [
        ("Timeslices", "timeSliceTarget: 0.95\n      timeSliceWindow: 5m",
         Slices(Budgeting.TIMESLICES, 5, Decimal(95))),
        ("Timeslices", "timeSliceTarget: 1\n      timeSliceWindow: 1",
         Slices(Budgeting.TIMESLICES, 1, Decimal(100))),
        ("RatioTimeslices", "timeSliceWindow: 1h", Slices(Budgeting.RATIO_TIMESLICES, 60)),
    ],
)  # fmt: skip
def test_reads_budgets_of_time(method: str, fields: str, slices: Slices) -> None:
    document = OPENSLO.replace("Occurrences", method).replace(TARGET, f"{TARGET}      {fields}\n")

    assert objectives(document)[0].slices == slices


def test_makes_several_objectives_of_several_targets() -> None:
    named = (
        "    - displayName: Good\n      target: 0.99\n    - displayName: Fine\n      target: 0.9\n"
    )
    found = objectives(OPENSLO.replace(TARGET, named).replace("14.4", "7.2"))

    assert [(o.slug, o.name, o.target) for o in found] == [
        ("shop-requests-good", "The shop answers: Good", Decimal(99)),
        ("shop-requests-fine", "The shop answers: Fine", Decimal(90)),
    ]
    nameless = OPENSLO.replace(TARGET, "    - target: 0.999\n    - target: 0.95\n")
    assert [o.slug for o in objectives(nameless.replace("14.4", "7.2"))] == [
        "shop-requests-99-9",
        "shop-requests-95",
    ]


SPEC = "/2/spec"
CONDITIONS = f"{SPEC}/alertPolicies/0/spec/conditions/0/spec"


@pytest.mark.parametrize(
    ("old", "new", "pointer", "why"),
    [
        ("openslo/v1\nkind: SLO", "openslo/v2alpha\nkind: SLO", "/2/apiVersion", "only openslo/v1"),
        ("kind: SLO", "kind: SLA", "/2/kind", "must be one of"),
        ("  ratioMetric:\n    counter: true", "  ratioMetric:\n    counter: false",
         "/0/spec/ratioMetric/counter", "only counters"),
        ("    good:", "    raw:", "/0/spec/ratioMetric/raw", "cannot be known"),
        ("  ratioMetric:", "  thresholdMetric:", "/0/spec/thresholdMetric", "counts no requests"),
        ("    good:", "    best:", "/0/spec/ratioMetric", "either good or bad"),
        ("type: Prometheus\n        spec", "type: Datadog\n        spec",
         "/0/spec/ratioMetric/total/metricSource/type", "Prometheus alone"),
        ("sum(rate(http_requests_total{job=\"shop\"}", "avg(rate(http_requests_total{job=\"shop\"}",
         "/0/spec/ratioMetric/total/metricSource/spec/query", "no sum of requests"),
        ("metricSourceRef: prometheus", "metricSourceRef: other",
         "/0/spec/ratioMetric/good/metricSource/metricSourceRef", "not in the document"),
        ("  indicatorRef: shop-requests\n", "", SPEC, "either indicator or indicatorRef"),
        ("budgetingMethod: Occurrences", "budgetingMethod: Guesses", f"{SPEC}/budgetingMethod",
         "must be Occurrences"),
        (TARGET, "    []\n", f"{SPEC}/objectives", "must hold an objective"),
        ("targetPercent: 99.95", "targetPercent: 100", f"{SPEC}/objectives/0/targetPercent",
         "no error budget"),
        ("targetPercent: 99.95", "target: 99.95", f"{SPEC}/objectives/0/target", "between 0 and"),
        ("targetPercent: 99.95", "target: 0.9999999", f"{SPEC}/objectives/0/target", "4 decimals"),
        ("targetPercent: 99.95", "target: high", f"{SPEC}/objectives/0/target", "must be a number"),
        (TARGET, f"{TARGET}      target: 0.9\n", f"{SPEC}/objectives/0", "either target or"),
        (TARGET, f"{TARGET}      op: lt\n", f"{SPEC}/objectives/0/op", "least share"),
        (TARGET, f"{TARGET}      timeSliceWindow: 1m\n", f"{SPEC}/objectives/0/timeSliceWindow",
         "no meaning with Occurrences"),
        ("Occurrences", "RatioTimeslices", f"{SPEC}/objectives/0", "has no timeSliceWindow"),
        ("duration: 30d", "duration: 1M", f"{SPEC}/timeWindow/0/duration", "no one length"),
        ("duration: 30d", "duration: 36h", f"{SPEC}/timeWindow/0/duration", "whole days"),
        ("duration: 30d", "duration: 91d", f"{SPEC}/timeWindow/0/duration", "at most 90"),
        ("isRolling: true", "isRolling: false", f"{SPEC}/timeWindow/0", "neither rolls"),
        ("threshold: 14.4", "threshold: 2", f"{CONDITIONS}/condition/threshold", "1.944 or 2.016"),
        ("op: gt", "op: gte", f"{CONDITIONS}/condition/op", "must be gt"),
        ("kind: burnrate", "kind: mood", f"{CONDITIONS}/condition/kind", "must be burnrate"),
        ("severity: page", "severity: loud", f"{CONDITIONS}/severity", "no level"),
        ("alertAfter: 5m", "alertAfter: 1h", f"{CONDITIONS}/condition/alertAfter", "shorter"),
        ("alertWhenBreaching: true", "alertWhenBreaching: false",
         f"{SPEC}/alertPolicies/0/spec/alertWhenBreaching", "burns too fast"),
    ],
)  # fmt: skip
def test_refuses_what_cannot_be_kept(old: str, new: str, pointer: str, why: str) -> None:
    assert old in OPENSLO

    found = problems(OPENSLO.replace(old, new))

    assert why in found[pointer]


def test_tells_what_is_not_read() -> None:
    document = OPENSLO.replace("  service: shop\n", "  service: shop\n  mood: good\n")
    document = document.replace(
        "  name: shop-requests\n", "  name: shop-requests\n  labels: {a: b}\n"
    )

    read = read_definitions(document)

    assert read.definitions.skipped == (
        "line 5: /0/metadata/labels is not read",
        "line 32: /2/metadata/labels is not read",
        "line 36: /2/spec/mood is not read",
    )
