"""Which request is good for which kind of indicator."""

from datetime import UTC, datetime, timedelta

import pytest

from slo.rules.burn_rate import Counts
from slo.rules.request_outcome import Kind, ServedRequest, Watch, is_good, tally

AT = datetime(2026, 3, 2, 12, 0, 30, tzinfo=UTC)


def served(
    status_code: int = 200, time: float | None = None, *, at: datetime = AT, method: str = "GET"
) -> ServedRequest:
    return ServedRequest("shop", "/orders/7", method, status_code, time, at)


def watch(kind: Kind, *, endpoint: str = "*", method: str = "") -> Watch:
    threshold = 500 if kind is Kind.LATENCY else None
    return Watch(1, kind, endpoint, method, threshold)


@pytest.mark.parametrize(
    ("kind", "status_code", "time", "expected"),
    [
        (Kind.AVAILABILITY, 101, None, True),
        (Kind.AVAILABILITY, 499, None, True),
        (Kind.AVAILABILITY, 429, None, True),
        (Kind.AVAILABILITY, 500, None, False),
        (Kind.AVAILABILITY, 599, None, False),
        (Kind.ERROR_RATE, 200, None, True),
        (Kind.ERROR_RATE, 404, None, True),
        (Kind.ERROR_RATE, 429, None, False),
        (Kind.ERROR_RATE, 503, None, False),
        (Kind.LATENCY, 200, 500.0, True),
        (Kind.LATENCY, 200, 500.001, False),
        (Kind.LATENCY, 404, 0.0, True),
        (Kind.LATENCY, 200, None, None),
        (Kind.LATENCY, 503, 1.0, None),
    ],
)
def test_outcome(kind: Kind, status_code: int, time: float | None, expected: bool | None) -> None:
    assert is_good(watch(kind), served(status_code, time)) is expected


def test_tally_counts_by_minute() -> None:
    requests = [served(), served(500), served(at=AT + timedelta(minutes=1))]

    found = tally(requests, {"shop": [watch(Kind.AVAILABILITY)]})

    minute = AT.replace(second=0)
    assert found.counts == {
        (1, minute): Counts(1, 2),
        (1, minute + timedelta(minutes=1)): Counts(1, 1),
    }


def test_tally_leaves_out_what_no_indicator_watches() -> None:
    watches = [
        watch(Kind.AVAILABILITY, endpoint="/baskets/*"),
        watch(Kind.AVAILABILITY, method="POST"),
    ]

    assert tally([served()], {"shop": watches}).counts == {}
    assert tally([served()], {"other": [watch(Kind.AVAILABILITY)]}).counts == {}
