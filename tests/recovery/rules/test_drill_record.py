"""Which records of a drill cannot be true, and whether one met the targets."""

from datetime import UTC, datetime, timedelta

import pytest

from recovery.rules.drill_record import Measured, Targets, impossibilities, targets_met

NOW = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
NOTHING = Measured(rto=None, rpo=None)


@pytest.mark.parametrize(
    ("started", "ended", "measured", "wrong"),
    [
        (-2 * HOUR, -HOUR, NOTHING, []),
        (-HOUR, 0 * HOUR, Measured(rto=0, rpo=0), []),
        (-HOUR, -HOUR, NOTHING, []),
        (-HOUR, HOUR, NOTHING, ["ended_at"]),
        (HOUR, 2 * HOUR, NOTHING, ["started_at", "ended_at"]),
        (-HOUR, -2 * HOUR, NOTHING, ["ended_at"]),
        (-2 * HOUR, -HOUR, Measured(rto=-1, rpo=None), ["measured_rto_seconds"]),
        (-2 * HOUR, -HOUR, Measured(rto=1, rpo=-1), ["measured_rpo_seconds"]),
    ],
)
def test_names_each_impossible_field(
    started: timedelta, ended: timedelta, measured: Measured, wrong: list[str]
) -> None:
    found = impossibilities(
        started_at=NOW + started, ended_at=NOW + ended, measured=measured, at=NOW
    )

    assert [field for field, _reason in found] == wrong


@pytest.mark.parametrize(
    ("rto", "rpo", "met"),
    [
        (60, 10, True),
        (59, 0, True),
        (61, 10, False),
        (60, 11, False),
        (None, 10, None),
        (60, None, None),
        (None, None, None),
        (61, None, False),
        (None, 11, False),
    ],
)
def test_tells_whether_the_targets_were_met(
    rto: int | None, rpo: int | None, met: bool | None
) -> None:
    assert targets_met(Measured(rto=rto, rpo=rpo), targets=Targets(rto=60, rpo=10)) is met
