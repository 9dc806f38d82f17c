"""A limit for what has none of its own."""

import threading

import pytest

from portal.shared.deadline import DeadlinePassed, within


def test_returns_what_came_in_time() -> None:
    assert within(5, lambda: "yes") == "yes"


def test_does_not_wait_for_what_is_late() -> None:
    late = threading.Event()

    with pytest.raises(DeadlinePassed):
        within(0.05, lambda: late.wait(10))

    late.set()


@pytest.mark.parametrize("error", [ValueError, TimeoutError])
def test_hands_on_the_error_of_the_act(error: type[Exception]) -> None:
    def act() -> None:
        raise error("its own")

    with pytest.raises(error, match="its own"):
        within(5, act)
