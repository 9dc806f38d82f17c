"""Keeps one child process running until asked to stop."""

import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence

# A child that lived this long was well; its end is not held against it.
SECONDS_UNTIL_WELL = 10.0
LONGEST_PAUSE_SECONDS = 30.0
SECONDS_TO_FINISH = 30.0


def pause_before_restart(early_ends: int) -> float:
    """This will return the seconds to wait after that many early ends in a row."""
    return 0.0 if early_ends == 0 else min(2.0 ** (early_ends - 1), LONGEST_PAUSE_SECONDS)


class Supervisor:
    """Starts the command again whenever it ends by itself; `say` tells the operator."""

    def __init__(self, command: Sequence[str], *, say: Callable[[str], None]) -> None:
        self._command = list(command)
        self._say = say
        self._stopping = threading.Event()
        self._child: subprocess.Popen[bytes] | None = None

    def run(self, *, when_started: Callable[[], None]) -> int:
        """This will supervise until SIGINT or SIGTERM, and return the exit code."""
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_signal: self._stopping.set())
        early_ends = 0
        while not self._stopping.is_set():
            started = time.monotonic()
            self._start()
            when_started()
            code = self._wait()
            if self._stopping.is_set():
                return self._finish()
            lived = time.monotonic() - started
            early_ends = early_ends + 1 if lived < SECONDS_UNTIL_WELL else 0
            pause = pause_before_restart(early_ends)
            self._say(f"The portal's process ended ({code}); starting it again.")
            self._stopping.wait(pause)
        return 0

    def _start(self) -> None:
        # A session of its own: Ctrl-C in the terminal reaches the supervisor alone, which
        # then asks the child to finish what it has in hand.
        self._child = subprocess.Popen(  # noqa: S603  (our own command line)
            self._command, start_new_session=True, stdin=subprocess.DEVNULL
        )

    def _wait(self) -> int | None:
        if self._child is None:
            return None
        while not self._stopping.is_set():
            try:
                return self._child.wait(timeout=0.2)
            except subprocess.TimeoutExpired:
                continue
        return None

    def _finish(self) -> int:
        if self._child is None or self._child.poll() is not None:
            return 0
        self._say("Finishing what is in hand …")
        self._child.terminate()
        try:
            self._child.wait(timeout=SECONDS_TO_FINISH)
        except subprocess.TimeoutExpired:
            self._say("It did not finish in time; what is left are rows, done at the next start.")
            self._child.kill()
            self._child.wait()
        return 0


def manage(*arguments: str) -> list[str]:
    """This will return the command line of a management command in this interpreter."""
    return [sys.executable, sys.argv[0], *arguments]
