"""What the home page says, in which order, and to whom."""

from datetime import datetime, timedelta

import pytest

from portal.dashboard.home import Home, home
from tests.dashboard.conftest import Furnish
from tests.dashboard.rooms import (
    Incident,
    Incidents,
    Objective,
    Objectives,
    Overdue,
    Paging,
    Recovery,
)

pytestmark = pytest.mark.django_db


def numbers(page: Home) -> dict[str, int]:
    return {str(figure.label): figure.value for figure in page.figures}


def test_counts_open_incidents_by_severity(furnish: Furnish, at: datetime) -> None:
    rows = [Incident(severity="SEV1"), Incident(severity="SEV3"), Incident(severity="SEV3")]
    furnish(incidents=Incidents(rows=rows))

    shown = numbers(home(at))

    assert (shown["SEV1"], shown["SEV2"], shown["SEV3"], shown["SEV4"]) == (1, 0, 2, 0)


@pytest.mark.parametrize(
    ("severity", "tone"),
    [("SEV1", "critical"), ("SEV2", "high"), ("SEV3", "medium"), ("SEV4", "low"), ("?", "quiet")],
)
def test_draws_each_severity_in_its_tone(
    furnish: Furnish, at: datetime, severity: str, tone: str
) -> None:
    furnish(incidents=Incidents(rows=[Incident(severity=severity)]))

    lines = home(at).incidents

    assert lines is not None
    assert [line.tone for line in lines] == [tone]


def test_puts_the_worst_objective_first_and_leaves_kept_ones_out(
    furnish: Furnish, at: datetime
) -> None:
    furnish(
        objectives=Objectives(
            rows=[
                Objective(slug="kept", level="normal", remaining=0.9),
                Objective(slug="low", level="low", remaining=0.8),
                Objective(slug="half", level="critical", remaining=0.5),
                Objective(slug="worst", level="critical", remaining=0.1),
                Objective(slug="silent", level="normal", remaining=None),
            ]
        )
    )

    page = home(at)

    assert page.burning is not None
    assert [line.row.slug for line in page.burning] == ["worst", "half", "low"]
    assert (page.kept_count, page.without_traffic_count) == (1, 1)


def test_keeps_a_spent_budget_in_sight_when_nothing_burns(furnish: Furnish, at: datetime) -> None:
    furnish(objectives=Objectives(rows=[Objective(level="normal", remaining=0.0)]))

    page = home(at)

    assert page.burning is not None
    assert [(str(line.level), line.tone) for line in page.burning] == [("spent", "critical")]
    assert numbers(page)["Objectives burning"] == 0
    assert [str(figure.hint) for figure in page.figures if figure.hint] == ["1 spent"]


def test_shows_only_burn_rates_that_are_known(furnish: Furnish, at: datetime) -> None:
    furnish(objectives=Objectives(rows=[Objective(level="high")]))

    page = home(at)

    assert page.burning is not None
    assert page.burning[0].burn_rates == [("1h", 14.4)]


def test_puts_what_waits_longest_first_and_what_never_happened_before_it(
    furnish: Furnish, at: datetime
) -> None:
    late = [Overdue(text="new", since=at), Overdue(text="old", since=at - timedelta(days=1))]
    furnish(
        incidents=Incidents(overdue=late),
        recovery=Recovery(overdue=[Overdue(text="never", since=None)]),
    )

    page = home(at)

    assert page.overdue is not None
    assert [line.row.text for line in page.overdue] == ["never", "old", "new"]


def test_counts_pages_that_wait_and_says_when_some_have_failed(
    furnish: Furnish, at: datetime
) -> None:
    furnish(incidents=Incidents(paging=Paging(pages_pending=2, pages_failed=1)))

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
    furnish(incidents=Incidents(), objectives=Objectives(), recovery=Recovery())

    with_right = home(at, sees=lambda asked: asked == right)
    without_any = home(at, sees=lambda _asked: False)

    assert getattr(with_right, section) is not None
    assert getattr(without_any, section) is None
    assert without_any.figures == []


def test_leaves_out_a_room_that_is_not_there(furnish: Furnish, at: datetime) -> None:
    furnish()

    page = home(at)

    assert (page.incidents, page.on_call, page.overdue, page.burning) == (None,) * 4
