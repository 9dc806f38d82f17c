"""Lines of access logs, sound and broken."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from slo.rules.access_log import Malformed, RequestTimeUnit, read_line
from slo.rules.request_outcome import ServedRequest

AT = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
COMMON = '192.0.2.7 - alice [02/Mar/2026:11:59:30 +0000] "GET /orders/7?x=1 HTTP/1.1" 200 512'
COMBINED = COMMON + ' "https://shop.example.com/" "Mozilla/5.0 (\\"quoted\\")"'


def read(line: str | bytes, unit: RequestTimeUnit = RequestTimeUnit.SECONDS) -> object:
    raw = line.encode() if isinstance(line, str) else line
    return read_line(raw, service="shop", unit=unit, at=AT)


def reason(line: str | bytes) -> str:
    found = read(line)
    assert isinstance(found, Malformed), found
    return found.reason


@pytest.mark.parametrize(
    ("line", "time"),
    [
        (COMMON, None),
        (COMMON.replace("512", "-"), None),
        (COMBINED, None),
        (COMBINED + "\r", None),
        (COMBINED + ' "198.51.100.4"', None),
        (COMBINED + " 0.250", 250.0),
        (COMBINED + " -", None),
    ],
)
def test_reads_each_format(line: str, time: float | None) -> None:
    found = read(line)

    assert found == ServedRequest(
        "shop", "/orders/7?x=1", "GET", 200, time, AT - timedelta(seconds=30)
    )


@pytest.mark.parametrize(
    ("unit", "written", "milliseconds"),
    [
        (RequestTimeUnit.SECONDS, "1.5", 1500),
        (RequestTimeUnit.MILLISECONDS, "1.5", 1.5),
        (RequestTimeUnit.MICROSECONDS, "1500", 1.5),
    ],
)
def test_reads_request_times_in_their_unit(
    unit: RequestTimeUnit, written: str, milliseconds: float
) -> None:
    found = read(f"{COMBINED} {written}", unit)

    assert isinstance(found, ServedRequest)
    assert found.response_time_ms == pytest.approx(milliseconds)


def test_moves_times_by_their_offset() -> None:
    found = read(COMMON.replace("11:59:30 +0000", "13:59:30 +0200"))

    assert isinstance(found, ServedRequest)
    assert found.at == AT - timedelta(seconds=30)


def test_takes_the_path_of_a_request_to_a_proxy() -> None:
    found = read(COMMON.replace("/orders/7?x=1", "https://shop.example.com/orders"))

    assert isinstance(found, ServedRequest)
    assert found.endpoint == "/orders"


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("", "neither"),
        ("hello", "neither"),
        (COMMON.encode() + b" \xff", "not UTF-8: byte 84"),
        (COMMON.replace("GET", "\\x16\\x03"), "no HTTP method"),
        (COMMON.replace("GET /orders/7?x=1 HTTP/1.1", "-"), "no HTTP method"),
        (COMMON.replace("/orders/7?x=1", "*"), "no path"),
        (COMMON.replace("Mar", "Mrz"), "The time is not"),
        (COMMON.replace("02/Mar", "31/Feb"), "The time is not"),
        (COMMON.replace("2026", "0001"), "The time is not"),
        (COMMON.replace("+0000", "+9900"), "The time is not"),
        (COMMON.replace("2026", "2027"), "in the future"),
        (COMMON.replace(" 200 ", " 999 "), "from 100 to 599"),
        ("x" * 70_000, "longer than 65536"),
    ],
)
def test_names_what_is_malformed(line: str | bytes, words: str) -> None:
    assert words in reason(line)


@given(st.binary() | st.text().map(lambda text: text.encode("utf-8", "surrogatepass")))
def test_never_raises(line: bytes) -> None:
    read(line)


@given(position=st.integers(0, len(COMBINED) - 1), byte=st.integers(0, 255))
def test_never_raises_for_one_wrong_byte(position: int, byte: int) -> None:
    raw = bytearray((COMBINED + " 0.250").encode())
    raw[position] = byte

    read(bytes(raw))
