"""The log tells what happened, not that the clock ticks."""

import pytest

from portal.settings.logs import ROUTINE_OF_CELERY, logging_configuration


@pytest.mark.parametrize(
    ("level", "routine"),
    [("DEBUG", "DEBUG"), ("INFO", "WARNING"), ("WARNING", "WARNING"), ("ERROR", "ERROR")],
)
def test_leaves_out_the_routine_of_sweeps(level: str, routine: str) -> None:
    loggers = logging_configuration(style="json", level=level)["loggers"]

    assert {loggers[name]["level"] for name in ROUTINE_OF_CELERY} == {routine}
    assert loggers["django"]["level"] == level
