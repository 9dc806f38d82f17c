"""Which trace a request says it belongs to."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from events.rules.trace_context import traceparent_in

TRACE = "0af7651916cd43dd8448eb211c80319c"
PARENT = "b7ad6b7169203331"
VALID = f"00-{TRACE}-{PARENT}-01"


@pytest.mark.parametrize("header", [VALID, f" {VALID}\t", f"00-{TRACE}-{PARENT}-ff"])
def test_takes_what_is_valid(header: str) -> None:
    assert traceparent_in(header) == header.strip()


@pytest.mark.parametrize("header", [f"01-{TRACE}-{PARENT}-01", f"cc-{TRACE}-{PARENT}-01-what-ever"])
def test_takes_what_it_knows_of_a_later_version(header: str) -> None:
    assert traceparent_in(header) == VALID


@pytest.mark.parametrize(
    "header",
    [
        "",
        "trace",
        VALID.upper(),
        f"ff-{TRACE}-{PARENT}-01",
        f"00-{'0' * 32}-{PARENT}-01",
        f"00-{TRACE}-{'0' * 16}-01",
        f"00-{TRACE}-{PARENT}-01-more",
        f"00-{TRACE}-{PARENT}-1",
        f"01-{TRACE}-{PARENT}-01more",
        f"{VALID},{VALID}",
        f"00-{TRACE[:-1]}g-{PARENT}-01",
        f"00-{TRACE}-{PARENT}-01\n",
    ],
)
def test_ignores_what_is_not_valid(header: str) -> None:
    assert traceparent_in(header) == ""


@given(st.text(alphabet="0123456789abcdef-", max_size=70))
def test_returns_what_fits_its_column_or_nothing(header: str) -> None:
    assert len(traceparent_in(header)) in {0, 55}
