"""Where reading goes on."""

import pytest

from slo.rules.log_position import FileIdentity, Position, Resumption, resumption

SEEN = Position(FileIdentity("1:7", "aa"), 100)


@pytest.mark.parametrize(
    ("remembered", "number", "first_line", "size", "expected"),
    [
        (None, "1:7", "aa", 100, Resumption.BEGIN),
        (SEEN, "1:7", "aa", 100, Resumption.GO_ON),
        (SEEN, "1:7", "aa", 99, Resumption.START_AGAIN),
        (SEEN, "1:7", "bb", 500, Resumption.START_AGAIN),
        (SEEN, "1:8", "aa", 500, Resumption.FINISH_ROTATED),
    ],
)
def test_resumption(
    remembered: Position | None, number: str, first_line: str, size: int, expected: Resumption
) -> None:
    assert resumption(remembered, FileIdentity(number, first_line), size=size) is expected
