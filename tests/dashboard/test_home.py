"""What the home page says, in which order, and to whom."""

from datetime import datetime, timedelta

import pytest

from incidents.selectors import ResolvedRow
from portal.dashboard.home import Home, home
from slo.rules.alert_level import DEFAULT_PAIRS, PairState
from slo.selectors import Level, PairStatus
from tests.dashboard.conftest import Furnish
from tests.dashboard.rooms import incident, objective, overdue, paging

pytestmark = pytest.mark.django_db


def numbers(page: Home) -> dict[str, int]:
    return {str(figure.label): figure.value for figure in page.figures}


def test_counts_open_incidents_by_severity(furnish: Furnish, at: datetime) -> None:
    rows = [incident(severity="SEV1"), incident(severity="SEV3"), incident(severity="SEV3")]
    furnish(open_incidents=rows)

    shown = numbers(home(at))

    assert (shown["SEV1"], shown["SEV2"], shown["SEV3"], shown["SEV4"]) == (1, 0, 2, 0)


@pytest.mark.parametrize(
    ("severity", "tone"),
    [("SEV1", "critical"), ("SEV2", "high"), ("SEV3", "medium"), ("SEV4", "low")],
)
def test_draws_each_severity_in_its_tone(
    furnish: Furnish, at: datetime, severity: str, tone: str
) -> None:
    furnish(open_incidents=[incident(severity=severity)])

    lines = home(at).incidents

    assert lines is not None
    assert [line.tone for line in lines] == [tone]


def test_puts_the_worst_objective_first_and_leaves_kept_ones_out(
    furnish: Furnish, at: datetime
) -> None:
    furnish(
        objectives=[
            objective(slug="kept", level=Level.NORMAL, remaining=0.9),
            objective(slug="low", level=Level.LOW, remaining=0.8),
            objective(slug="half", level=Level.CRITICAL, remaining=0.5),
            objective(slug="worst", level=Level.CRITICAL, remaining=0.1),
            objective(slug="silent", level=Level.NORMAL, remaining=None),
        ]
    )

    page = home(at)

    assert page.burning is not None
    assert [line.row.slug for line in page.burning] == ["worst", "half", "low"]
    assert (page.kept_count, page.without_traffic_count) == (1, 1)


def test_keeps_a_spent_budget_in_sight_when_nothing_burns(furnish: Furnish, at: datetime) -> None:
    furnish(objectives=[objective(level=Level.NORMAL, remaining=0.0)])

    page = home(at)

    assert page.burning is not None
    assert [(str(line.level), line.tone) for line in page.burning] == [("spent", "critical")]
    assert numbers(page)["Objectives burning"] == 0
    assert [str(figure.hint) for figure in page.figures if figure.hint] == ["1 spent"]


def test_shows_only_burn_rates_that_are_known(furnish: Furnish, at: datetime) -> None:
    furnish(objectives=[objective(level=Level.HIGH)])

    page = home(at)

    assert page.burning is not None
    assert page.burning[0].burn_rates == [("1h", 14.4)]


def test_puts_what_waits_longest_first(furnish: Furnish, at: datetime) -> None:
    furnish(
        late=[overdue("new", since=at), overdue("old", since=at - timedelta(days=1))],
        late_plans=[overdue("oldest", since=at - timedelta(days=9))],
    )

    page = home(at)

    assert page.overdue is not None
    assert [line.text for line in page.overdue] == ["oldest", "old", "new"]


def test_tells_of_the_last_incident_only_when_none_is_open(furnish: Furnish, at: datetime) -> None:
    last = ResolvedRow(reference="INC-7", pk=7, title="Over", resolved_at=at)

    furnish(last_resolved=last)
    calm = home(at)
    furnish(last_resolved=last, open_incidents=[incident()])
    busy = home(at)

    assert (calm.last_resolved, busy.last_resolved) == (last, None)
    assert calm.last_resolved_address.endswith("/7/change/")


def test_counts_pages_that_wait_and_says_when_some_have_failed(
    furnish: Furnish, at: datetime
) -> None:
    furnish(paging=paging(pending=2, failed=1))

    figures = {str(figure.label): figure for figure in home(at).figures}

    assert figures["Pages waiting"].value == 3
    assert figures["Pages waiting"].tone == "critical"
    assert str(figures["Pages waiting"].hint) == "1 failed"


@pytest.mark.parametrize(
    ("right", "section"),
    [
        ("incidents.view_incident", "incidents"),
        ("incidents.view_schedule", "on_call"),
        ("slo.view_objective", "burning"),
        ("recovery.view_plan", "overdue"),
    ],
)
def test_shows_a_section_only_to_those_who_may_see_it(
    furnish: Furnish, at: datetime, right: str, section: str
) -> None:
    furnish()

    with_right = home(at, sees=lambda asked: asked == right)
    without_any = home(at, sees=lambda _asked: False)

    assert getattr(with_right, section) is not None
    assert getattr(without_any, section) is None
    assert without_any.figures == []


def test_shows_an_objective_whose_alerts_are_blind(furnish: Furnish, at: datetime) -> None:
    blind = PairStatus(
        pair=DEFAULT_PAIRS[0],
        factor=14.4,
        long_burn=None,
        short_burn=None,
        state=PairState.UNKNOWN,
        coverage=0.2,
        is_frozen=True,
        is_suppressed=False,
    )
    furnish(objectives=[objective(level=Level.NORMAL, pairs=(blind,))])

    shown = home(at)

    assert [line.row.is_frozen for line in shown.burning or ()] == [True]
