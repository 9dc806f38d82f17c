"""A key and its words add what a tally of the same requests adds."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from slo.rules.minute import minute_of
from slo.rules.outcome import Verdicts, gathered, route_of, words_of
from slo.rules.request_outcome import Kind, ServedRequest, Watch, tally

AT = datetime(2026, 3, 2, 12, 0, 31, tzinfo=UTC)
WATCHES = [
    Watch(1, Kind.AVAILABILITY, "*", "", None),
    Watch(2, Kind.ERROR_RATE, "/a*", "GET", None),
    Watch(3, Kind.LATENCY, "*", "", 100),
    Watch(4, Kind.LATENCY, "/a*", "", 500),
]
requests = st.builds(
    ServedRequest,
    service=st.just("shop"),
    endpoint=st.sampled_from(["/a", "/a/b", "/c"]),
    method=st.sampled_from(["GET", "POST"]),
    status_code=st.sampled_from([200, 404, 429, 500, 503]),
    response_time_ms=st.one_of(
        st.none(), st.sampled_from([0.0, 100.0, 100.1, 500.0]), st.floats(0, 86_400_000)
    ),
    at=st.just(AT),
)


@given(st.lists(requests, max_size=30))
def test_agrees_with_the_tally(served: list[ServedRequest]) -> None:
    verdicts = Verdicts()
    kept = []
    for request in served:
        route = route_of(request, WATCHES, verdicts)
        time = request.response_time_ms
        key = route.unmeasured if time is None else route.key(time)
        if key is not None:
            kept.append((verdicts.words(key, minute=int(AT.timestamp()) // 60), 1))

    expected = tally(served, {"shop": WATCHES})
    found = gathered(kept)
    assert found.counts == expected.counts
    assert found.latencies == expected.latencies
    assert {minute for _indicator, minute in found.counts} <= {minute_of(AT)}


def test_knows_that_nothing_watches() -> None:
    request = ServedRequest("shop", "/c", "GET", 200, None, AT)

    route = route_of(request, [WATCHES[1]], Verdicts())

    assert (route.unmeasured, route.key(3.0)) == (None, None)


def test_counts_a_measured_request_that_only_latency_watches() -> None:
    request = ServedRequest("shop", "/c", "GET", 200, None, AT)

    route = route_of(request, [WATCHES[2]], Verdicts())

    assert route.unmeasured is None
    assert route.key(3.0) is not None


@pytest.mark.parametrize("words", [[5], [5, -1], [5, 1, 1, 1], []])
def test_refuses_words_that_end_too_soon(words: list[int]) -> None:
    with pytest.raises(ValueError, match="No outcome"):
        words_of(words, 0)


@pytest.mark.parametrize("part", [[1, 2, 0], [1, 0, 99_999]])
def test_refuses_a_part_that_cannot_be(part: list[int]) -> None:
    with pytest.raises(ValueError, match="no part"):
        gathered([([5, 1, *part], 1)])
