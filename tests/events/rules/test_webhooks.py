"""The secrets of webhooks, and how long a receiver that fails is believed in."""

from datetime import UTC, datetime, timedelta

import pytest

from events.rules import webhooks
from events.rules.naming import is_pattern

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


def test_has_another_secret_for_each_key_webhook_and_version() -> None:
    secrets = {
        webhooks.signing_secret(key=key, webhook=webhook, version=version)
        for key in ("k" * 32, "l" * 32)
        for webhook in ("a", "b")
        for version in (1, 2)
    }

    assert len(secrets) == 8


@pytest.mark.parametrize(
    ("version", "rotated_at", "expected"),
    [
        (1, None, [1]),
        (2, NOON, [2, 1]),
        (3, NOON - 23 * HOUR, [3, 2]),
        (3, NOON - 24 * HOUR, [3]),
    ],
)
def test_signs_with_the_last_secret_too_for_a_day(
    version: int, rotated_at: datetime | None, expected: list[int]
) -> None:
    assert webhooks.versions_that_sign(version, rotated_at=rotated_at, at=NOON) == expected


@pytest.mark.parametrize(
    ("failures", "is_answered", "expected"),
    [(1, True, 1), (4, False, 8), (20, True, 60), (20, False, 600)],
)
def test_rests_longer_for_a_silent_receiver(
    failures: int, is_answered: bool, expected: int
) -> None:
    rest = webhooks.rest_after(failures, is_answered=is_answered, jitter=0)

    assert rest == timedelta(seconds=expected)


@pytest.mark.parametrize(
    ("failures", "hours", "expected"),
    [(9, 1000, False), (10, 71, False), (10, 72, True), (1000, 71, False)],
)
def test_gives_up_by_time_and_not_before_it_tried(
    failures: int, hours: int, expected: bool
) -> None:
    given_up = webhooks.is_given_up(failures, failing_for=hours * HOUR, patience=72 * HOUR)

    assert given_up is expected


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("orders.*", True),
        ("*", True),
        ("slo.burn_rate.critical", True),
        ("com.example/order+shipped", True),
        ("orders.?", False),
        ("orders.[ab]", False),
        ("two words", False),
        ("", False),
        ("x" * 121, False),
    ],
)
def test_knows_a_pattern(name: str, expected: bool) -> None:
    assert is_pattern(name) is expected
