"""Which changes are told, how often, and that silence is no good news."""

from collections import Counter
from collections.abc import Iterable
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from pytest_django import DjangoAssertNumQueries

from events.selectors import recent_events
from slo import selectors, services
from slo.models import Objective
from slo.selectors import ObjectiveStatus
from slo.services import evaluation
from tests.factories.slo import BurnWindowFactory, ObjectiveFactory
from tests.slo.traffic import serve

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)


@pytest.fixture
def objective() -> Objective:
    """Critical above a burn of 14.4, that is 1.44 % bad, over an hour and five minutes."""
    return BurnWindowFactory.create(objective__slug="shop").objective


def told() -> list[str]:
    return [event.event_type for event in reversed(recent_events())]


def levels_told() -> list[str]:
    return [name.rpartition(".")[2] for name in told() if "burn_rate" in name]


def percents_told() -> list[int]:
    consumed = [e for e in recent_events() if e.event_type == "slo.error_budget.consumed"]
    return [event.payload["consumed_percent"] for event in reversed(consumed)]


def evaluate(at: datetime) -> Objective:
    services.evaluate_objectives(at=at)
    return Objective.objects.get()


def test_tells_that_a_budget_burns(objective: Objective, at: datetime) -> None:
    serve(objective.indicator, at=at, good=80, bad=20)

    found = evaluate(at)

    assert (found.level, found.level_changed_at, found.evaluated_at) == ("critical", at, at)
    event = next(e for e in recent_events() if e.event_type == "slo.burn_rate.critical")
    assert event.stream == "slo.objective.shop"
    assert event.payload == {
        "objective": "shop",
        "objective_name": objective.name,
        "service": objective.indicator.service.slug,
        "service_tier": 3,
        "previous_level": "normal",
        "level": "critical",
        "burn_rates": {"1h": 200.0, "6h": 200.0, "24h": 200.0, "7d": 200.0},
        "error_budget_remaining": -199.0,
        "at": at.isoformat(),
    }


def test_tells_a_change_once(objective: Objective, at: datetime) -> None:
    serve(objective.indicator, at=at, good=80, bad=20)

    for seconds in (0, 0, 10, 20):
        evaluate(at + timedelta(seconds=seconds))

    assert levels_told() == ["critical"]
    assert Objective.objects.get().evaluated_at == at + timedelta(seconds=20)


def test_says_nothing_of_a_burn_at_the_factor(objective: Objective, at: datetime) -> None:
    serve(objective.indicator, at=at, good=10_000 - 144, bad=144)

    assert evaluate(at).level == "normal"


def test_returns_to_normal_when_good_traffic_proves_it(objective: Objective, at: datetime) -> None:
    serve(objective.indicator, at=at, good=80, bad=20)
    evaluate(at)
    later = at + 6 * MINUTE
    serve(objective.indicator, at=later, good=100, bad=0)

    assert evaluate(later).level == "normal"
    assert levels_told() == ["critical", "normal"]


@pytest.mark.parametrize("minutes", [6, 90, 60 * 24 * 8, 60 * 24 * 40])
def test_silence_holds_the_level(objective: Objective, at: datetime, minutes: int) -> None:
    serve(objective.indicator, at=at, good=80, bad=20)
    evaluate(at)

    assert evaluate(at + minutes * MINUTE).level == "critical"
    assert levels_told() == ["critical"]


def test_silence_raises_nothing(objective: Objective, at: datetime) -> None:
    found = evaluate(at)

    assert (found.level, found.evaluated_at) == ("normal", at)
    assert told() == []


def test_falls_to_the_level_that_still_fires(objective: Objective, at: datetime) -> None:
    BurnWindowFactory.create(
        objective=objective,
        long_minutes=360,
        short_minutes=30,
        consumption=Decimal("0.05"),
        level="high",
    )
    serve(objective.indicator, at=at, good=80, bad=20)
    evaluate(at)
    later = at + 10 * MINUTE
    serve(objective.indicator, at=later, good=100, bad=0)

    assert evaluate(later).level == "high"
    assert levels_told() == ["critical", "high"]


def test_tells_every_tenth_of_the_budget_that_was_missed(at: datetime) -> None:
    objective = ObjectiveFactory.create(target=Decimal(90))
    serve(objective.indicator, at=at, good=965, bad=35)

    evaluate(at)
    evaluate(at)

    assert percents_told() == [10, 20, 30]
    serve(objective.indicator, at=at, good=0, bad=12)
    evaluate(at)
    assert percents_told() == [10, 20, 30, 40]


def test_tells_only_the_last_step_of_an_overspent_budget(at: datetime) -> None:
    objective = ObjectiveFactory.create()
    serve(objective.indicator, at=at, good=0, bad=10)

    evaluate(at)

    assert percents_told() == [*range(10, 101, 10), 100_000]


def test_leaves_out_what_is_switched_off(objective: Objective, at: datetime) -> None:
    Objective.objects.update(is_active=False)
    serve(objective.indicator, at=at, good=0, bad=20)

    assert evaluate(at).level == "normal"
    assert told() == []


def test_returns_an_objective_that_is_switched_off_to_normal(
    objective: Objective, at: datetime
) -> None:
    serve(objective.indicator, at=at, good=0, bad=20)
    evaluate(at)
    Objective.objects.update(is_active=False)

    assert evaluate(at + MINUTE).level == "normal"
    assert levels_told() == ["critical", "normal"]


def test_tells_nothing_when_another_beat_was_faster(
    objective: Objective, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    serve(objective.indicator, at=at, good=80, bad=20)
    statuses = selectors.objective_statuses

    def beaten(objectives: Iterable[Objective], *, at: datetime) -> list[ObjectiveStatus]:
        found = statuses(objectives, at=at)
        monkeypatch.undo()
        services.evaluate_objectives(at=at)
        return found

    monkeypatch.setattr(selectors, "objective_statuses", beaten)

    assert services.evaluate_objectives(at=at) == 0
    assert levels_told() == ["critical"]


def test_a_late_beat_does_not_undo_a_newer_one(objective: Objective, at: datetime) -> None:
    serve(objective.indicator, at=at, good=80, bad=20)
    evaluate(at)

    assert evaluate(at - 10 * MINUTE).level == "critical"
    assert levels_told() == ["critical"]


def test_needs_the_same_queries_for_any_number_of_objectives(
    at: datetime,
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    for window in BurnWindowFactory.create_batch(7):
        serve(window.objective.indicator, at=at, good=10, bad=0)

    with django_assert_max_num_queries(5):
        services.evaluate_objectives(at=at)


def test_tells_the_burns_of_the_others_when_one_objective_fails(
    objective: Objective, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = BurnWindowFactory.create(objective__slug="aaa").objective
    for burning in (objective, other):
        serve(burning.indicator, at=at, good=80, bad=20)
    change = evaluation._change

    def change_or_fail(broken: Objective, *arguments: Any, **named: Any) -> bool:
        if broken == other:
            raise ValueError("broken")
        return change(broken, *arguments, **named)

    monkeypatch.setattr(evaluation, "_change", change_or_fail)
    services.evaluate_objectives(at=at)

    assert levels_told() == ["critical"]


def test_evaluates_all_of_few_at_every_beat(at: datetime) -> None:
    ObjectiveFactory.create_batch(3)

    services.evaluate_due_objectives(at=at)

    assert set(Objective.objects.values_list("evaluated_at", flat=True)) == {at}


def test_of_many_each_has_its_turn_within_a_minute(
    at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(evaluation, "FEWEST_A_BEAT", 1)
    ObjectiveFactory.create_batch(12)

    beats = [at + timedelta(seconds=10 * beat) for beat in range(6)]
    for beat in beats:
        services.evaluate_due_objectives(at=beat)
    turns = Counter(Objective.objects.values_list("evaluated_at", flat=True))
    assert turns == dict.fromkeys(beats, 2)

    # A beat that comes late takes those that have waited longest.
    services.evaluate_due_objectives(at=at + timedelta(minutes=5))
    assert Objective.objects.filter(evaluated_at=beats[0]).count() == 0


def test_a_beat_never_takes_fewer_than_the_least(
    at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(evaluation, "FEWEST_A_BEAT", 4)
    ObjectiveFactory.create_batch(5)

    services.evaluate_due_objectives(at=at)

    assert Objective.objects.filter(evaluated_at=at).count() == 4
