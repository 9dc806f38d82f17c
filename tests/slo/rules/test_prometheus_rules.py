"""Rules for Prometheus: what they say, and what has none."""

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from zoneinfo import ZoneInfo

import pytest

from slo.rules.alert_level import Level, WindowPair
from slo.rules.definition import IndicatorDefinition, ObjectiveDefinition, Series
from slo.rules.prometheus_rules import constant, rule_group, why_left_out
from slo.rules.request_outcome import Kind
from slo.rules.time_slice import Budgeting, Slices
from slo.rules.window import CalendarUnit, CalendarWindow, RollingWindow

INDICATOR = IndicatorDefinition(
    slug="shop", name="Shop", service="shop", kind=Kind.COUNTS, series=Series("all", bad="bad")
)
OBJECTIVE = ObjectiveDefinition(
    slug="shop",
    name="Shop {{ answers }}",
    service="shop",
    indicator="shop",
    target=Decimal("99.9"),
    window=RollingWindow(30),
    burn_windows=(WindowPair(60, 5, Decimal("0.02"), Level.CRITICAL),),
)


def test_records_each_window_and_alerts_on_exact_shares() -> None:
    rules = rule_group(OBJECTIVE, Series("all", bad="bad"))["rules"]

    alert = rules[-1]
    assert alert["expr"] == (
        'slo:bad_requests:ratio{slo="shop",window="1h"} > 0.0144 and ignoring (window) '
        'slo:bad_requests:ratio{slo="shop",window="5m"} > 0.0144'
    )
    assert alert["labels"] == {
        "slo": "shop", "service": "shop", "level": "critical", "window": "1h",
        "short_window": "5m",
    }  # fmt: skip
    assert alert["annotations"]["factor"] == "14.4"
    assert alert["annotations"]["summary"].startswith('Shop {{ "{{" }} answers }}')
    expressions = {rule["expr"] for rule in rules[:-1]}
    assert {"sum(increase(all[5m]))", "sum(increase(all[1h]))", "sum(increase(all[30d]))"} < (
        expressions
    )
    assert "sum(increase(bad[1h])) or 0 * sum(increase(all[1h]))" in expressions
    assert '1 - slo:burn_rate:ratio{slo="shop",window="30d"}' in expressions


def test_takes_the_good_from_all() -> None:
    rules = rule_group(OBJECTIVE, Series("all", good="good"))["rules"]

    assert rules[1]["expr"] == (
        "sum(increase(all[5m])) - (sum(increase(good[5m])) or 0 * sum(increase(all[5m])))"
    )


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (Fraction(9, 625), "0.0144"),
        (Fraction(6), "6"),
        (Fraction(15, 14), "1.0714285714285714"),
        (Fraction(1, 3 * 10**9), "3.333333333333333e-10"),
    ],
)
def test_writes_constants_exactly_or_as_the_nearest_float(value: Fraction, text: str) -> None:
    assert constant(value) == text


@pytest.mark.parametrize(
    ("objective", "indicator", "why"),
    [
        (OBJECTIVE, replace(INDICATOR, kind=Kind.COMPOSITE), "blends"),
        (OBJECTIVE, replace(INDICATOR, series=None), "does not have them"),
        (replace(OBJECTIVE, slices=Slices(Budgeting.RATIO_TIMESLICES, 5)), INDICATOR, "slices"),
        (
            replace(OBJECTIVE, window=CalendarWindow(CalendarUnit.DAY, ZoneInfo("UTC"))),
            INDICATOR,
            "calendar",
        ),
    ],
)
def test_says_why_an_objective_has_no_rules(
    objective: ObjectiveDefinition, indicator: IndicatorDefinition, why: str
) -> None:
    assert why in (why_left_out(objective, indicator) or "")
    assert why_left_out(OBJECTIVE, INDICATOR) is None
