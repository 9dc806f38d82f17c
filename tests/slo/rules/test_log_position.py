"""Where reading goes on."""

import pytest

from slo.rules.log_position import FileIdentity, Position, Resumption, is_rotation_of, resumption

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


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("access.log.1", True),
        ("access.log.12", True),
        ("access.log-20260302", True),
        ("access-2026-03-02.log", True),
        ("access.log", False),
        ("access.log.1.gz", False),
        ("access.log.bak", False),
        ("access-admin.log", False),
        ("accessXlog.1", False),
        ("other.log.1", False),
    ],
)
def test_knows_the_names_of_rotated_files(name: str, expected: bool) -> None:
    assert is_rotation_of(name, "access.log") is expected
