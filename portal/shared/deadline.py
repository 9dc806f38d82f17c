"""A limit for what has none of its own, such as asking a name server."""

import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import TypeVar

Result = TypeVar("Result")


class DeadlinePassed(Exception):
    """The act may still be under way, and whatever it brings is not waited for."""


def within(seconds: float, act: Callable[[], Result]) -> Result:
    """This will return what `act` returns, or raise DeadlinePassed after that many seconds.

    A thread cannot be stopped: `act` runs on in one that nobody joins, so it must touch no
    row and end by itself at some time.
    """
    answer: Future[Result] = Future()

    def run() -> None:
        try:
            answer.set_result(act())
        except BaseException as error:  # noqa: BLE001  (raised again where it is waited for)
            answer.set_exception(error)

    threading.Thread(target=run, name="deadline", daemon=True).start()
    try:
        return answer.result(timeout=max(seconds, 0.0))
    except TimeoutError as error:
        if answer.done():
            # The act's own.
            raise
        raise DeadlinePassed(f"No answer within {seconds:.1f} s.") from error
