"""The small tables: severity, transitions, retries, plans, measures, words."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise, product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from incidents.models import Incident
from incidents.rules import escalation, measures, retry, severity, transitions
from incidents.rules.burn_report import burn_description, burn_title
from incidents.rules.signing import signing_secret
from incidents.rules.spoken import spoken

START = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("level", "tier", "expected"),
    [
        ("critical", 1, "SEV1"),
        ("critical", 2, "SEV1"),
        ("critical", 3, "SEV2"),
        ("critical", 4, "SEV2"),
        *[("high", tier, "SEV2") for tier in (1, 2, 3, 4)],
        *[("medium", tier, "SEV3") for tier in (1, 2, 3, 4)],
        *[("low", tier, "SEV4") for tier in (1, 2, 3, 4)],
    ],
)
def test_severity_of_a_burn(level: str, tier: int, expected: str) -> None:
    assert severity.severity_of_burn(level, service_tier=tier) == expected


def test_a_normal_burn_has_no_severity() -> None:
    with pytest.raises(ValueError, match="normal"):
        severity.severity_of_burn("normal", service_tier=1)


@pytest.mark.parametrize(("one", "other"), list(product(severity.Severity, repeat=2)))
def test_a_lower_number_is_worse(one: str, other: str) -> None:
    assert severity.is_worse(one, than=other) == (int(one[-1]) < int(other[-1]))


def test_the_models_words_are_those_of_the_rules() -> None:
    assert Incident.Severity.values == [s.value for s in severity.Severity]
    assert Incident.Status.values == [s.value for s in transitions.Status]


@pytest.mark.parametrize(("current", "wanted"), list(product(transitions.Status, repeat=2)))
def test_transitions(current: str, wanted: str) -> None:
    allowed = {
        ("triggered", "acknowledged"),
        ("triggered", "resolved"),
        ("acknowledged", "resolved"),
        ("acknowledged", "triggered"),
    }
    assert transitions.may_become(current, wanted) == ((current, wanted) in allowed)


@given(
    windows=st.lists(st.integers(30, 86_400), min_size=1, max_size=5),
    repeat_count=st.integers(0, 9),
)
def test_a_plan_waits_one_window_after_each_step(windows: list[int], repeat_count: int) -> None:
    rungs = [
        escalation.Rung(position, timedelta(seconds=seconds))
        for position, seconds in enumerate(windows, start=1)
    ]
    steps = escalation.plan(rungs[::-1], repeat_count=repeat_count, starts_at=START)

    rounds = range(1, repeat_count + 2)
    assert [(s.cycle, s.position) for s in steps] == [
        (cycle, rung.position) for cycle in rounds for rung in rungs
    ]
    assert steps[0].due_at == START
    for step, following in pairwise(steps):
        assert following.due_at - step.due_at == rungs[step.position - 1].ack_window


def test_the_default_ladder_of_sev1() -> None:
    rungs = [escalation.Rung(n, timedelta(minutes=m)) for n, m in ((1, 5), (2, 10), (3, 15))]

    steps = escalation.plan(rungs, repeat_count=9, starts_at=START)

    assert [(s.due_at - START) // timedelta(minutes=1) for s in steps[:4]] == [0, 5, 15, 30]
    assert len(steps) == 30


def test_retries_last_about_an_hour() -> None:
    waits = [retry.delay_after(attempt) for attempt in range(1, retry.ATTEMPTS)]

    assert waits[:3] == [timedelta(seconds=s) for s in (2, 4, 8)]
    assert max(waits) == retry.LONGEST_DELAY
    assert timedelta(minutes=50) < sum(waits, timedelta()) < timedelta(minutes=70)
    assert retry.delay_after(10_000) == retry.LONGEST_DELAY


@pytest.mark.parametrize(("refused", "limit"), [(True, 3), (False, 19)])
def test_gives_up_at_its_limit(refused: bool, limit: int) -> None:
    assert not retry.is_given_up(limit - 1, refused=refused)
    assert retry.is_given_up(limit, refused=refused)


def test_redirects_and_most_client_errors_are_refusals() -> None:
    refusals = {status for status in range(300, 600) if retry.is_refusal(status)}

    assert refusals == set(range(300, 500)) - {408, 425, 429}


def test_a_lease_outlasts_the_deadline_of_a_send() -> None:
    assert retry.LEASE.total_seconds() > 3 * retry.DEADLINE_SECONDS
    assert retry.LEASE.total_seconds() >= 5 + retry.EMAIL_DEADLINE_SECONDS


def test_durations_and_their_means() -> None:
    took = measures.durations(
        opened_at=START, acknowledged_at=None, resolved_at=START + timedelta(minutes=2)
    )

    assert (took.to_acknowledge, took.to_resolve) == (None, 120.0)
    assert measures.mean_seconds([None, 10.0, 20.0]) == 15.0
    assert measures.mean_seconds([None]) is None


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (-5, "0 s"),
        (59.9, "59 s"),
        (60, "1 min"),
        (3599, "59 min"),
        (3600, "1 h"),
        (7500, "2 h 5 min"),
        (86_400, "1 d"),
        (273_600, "3 d 4 h"),
    ],
)
def test_spans_in_words(seconds: float, words: str) -> None:
    assert spoken(timedelta(seconds=seconds)) == words


@pytest.mark.parametrize(
    ("rates", "title"),
    [
        ({"1h": 120.0, "6h": 14.4}, "A burns its error budget 120x"),
        ({"1h": 14.44}, "A burns its error budget 14.4x"),
        ({"1h": 1000.4}, "A burns its error budget 1000x"),
        ({}, "A burns its error budget too fast"),
    ],
)
def test_the_title_of_a_burn(rates: dict[str, float], title: str) -> None:
    assert burn_title("A", rates) == title


@pytest.mark.parametrize(
    ("remaining", "told"),
    [
        (0.25, "25.0% of the error budget remains."),
        (-0.5, "The error budget is overspent by 50.0%."),
        (None, "The remaining error budget is not known."),
    ],
)
def test_the_description_of_a_burn(remaining: float | None, told: str) -> None:
    text = burn_description(
        service="checkout",
        level="critical",
        previous_level="normal",
        burn_rates={"1h": 120.0},
        error_budget_remaining=remaining,
    )

    assert "Over 1h: 120.00x" in text
    assert "Over 7d: no data" in text
    assert text.endswith(told)


def test_each_contact_and_version_has_its_own_secret() -> None:
    secrets = {
        signing_secret(key=key, contact_method=contact, version=version)
        for key, contact, version in product(("k1", "k2"), ("a", "b"), (1, 11))
    }

    assert len(secrets) == 8
    assert all(secret.startswith("whsec_") and len(secret) == 50 for secret in secrets)
