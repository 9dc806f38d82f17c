"""The actors as processes: who runs, who was killed, and who ended without being asked to."""

import json
import os
import queue
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Self

from tests.faults.processes import ROOT, wait_for


@dataclass
class Actor:
    """`trap` is the point in the product at which it will die."""

    role: str
    options: dict[str, Any] = field(default_factory=dict)
    pid: int = 0
    began: float = 0
    trap: str = ""
    is_expected_to_end: bool = False


class Nursery:
    """Starts the actors by name and kills them without a warning."""

    def __init__(self, folder: Path, environment: dict[str, str]) -> None:
        self.actors: dict[str, Actor] = {}
        # What was done to them, by its kind.
        self.faults: Counter[str] = Counter()
        self.unexpected: list[str] = []
        self._environment = environment
        self._log = folder / "actors.log"
        self._told: queue.Queue[dict[str, Any]] = queue.Queue()

    def __enter__(self) -> Self:
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "tests.faults.events.actors"],
                env=self._environment,
                cwd=ROOT,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
                start_new_session=True,
            )
        self._listening = threading.Thread(target=self._listen)
        self._listening.start()
        return self

    def __exit__(self, *_exception: object) -> None:
        os.killpg(self._process.pid, signal.SIGKILL)
        self._listening.join()
        with self._process:
            """Closes its pipes."""

    @property
    def log(self) -> str:
        return self._log.read_text(errors="replace")[-8000:] if self._log.exists() else ""

    def note(self, what: str) -> None:
        """Into the log, between what the actors say there."""
        with self._log.open("a") as log:
            log.write(f"-- {datetime.now(tz=UTC):%H:%M:%S.%f} {what}\n")

    def start(self, name: str, *, trap: str = "", passes: int = 1) -> None:
        actor = self.actors[name]
        # The one before may still have to be told of as dead.
        self.wait_for_the_end_of(name)
        order: dict[str, Any] = {"name": name, "role": actor.role, "options": actor.options}
        if trap:
            order |= {"dies": trap, "passes": passes}
        actor.trap, actor.is_expected_to_end = trap, False
        before = actor.began
        self.note(f"{name} begins {trap}")
        assert self._process.stdin
        self._process.stdin.write(json.dumps(order) + "\n")
        self._process.stdin.flush()
        # It may have ended again before anybody looked.
        wait_for(f"{name} to begin\n{self.log}", lambda: self._tended().actors[name].began > before)

    def kill(self, name: str) -> None:
        self.faults[f"{self.actors[name].role} killed"] += 1
        self._signal(name, signal.SIGKILL)

    def ask_to_end(self, name: str) -> None:
        self._signal(name, signal.SIGTERM)

    def do(self, name: str, role: str, **options: Any) -> None:
        """This will run an actor that ends by itself."""
        self.actors[name] = Actor(role, options)
        self.start(name)
        self.wait_for_the_end_of(name, seconds=600)
        del self.actors[name]
        assert not self.unexpected, f"{self.unexpected}\n{self.log}"

    def wait_for_the_end_of(self, name: str, *, seconds: float = 60) -> None:
        wait_for(
            f"the end of {name}\n{self.log}",
            lambda: not self._tended().actors[name].pid,
            seconds=seconds,
        )

    def tend(self) -> None:
        """This will take note of who began and ended, and start again who came to its point."""
        again = []
        while not self._told.empty():
            told = self._told.get()
            name, actor = told["name"], self.actors[told["name"]]
            if "began" in told:
                actor.pid, actor.began = told["began"], time.monotonic()
            elif self._take_note_of_the_end(name, actor, told["ended"]):
                again.append(name)
        for name in again:
            self.start(name)

    def _take_note_of_the_end(self, name: str, actor: Actor, code: int) -> bool:
        """Returns whether it ended where its trap was."""
        self.note(f"{name} ended with {code}")
        trap, actor.trap, actor.pid = actor.trap, "", 0
        if actor.is_expected_to_end:
            return False
        if trap and code == -signal.SIGKILL:
            self.faults[f"died at: {trap}"] += 1
            return True
        if code:
            self.unexpected.append(f"{name} ended with {code}")
        return False

    def _tended(self) -> Self:
        self.tend()
        return self

    def _signal(self, name: str, number: signal.Signals) -> None:
        actor = self.actors[name]
        actor.is_expected_to_end = True
        # Without a pid it has ended already, and 0 would mean everybody here.
        if actor.pid:
            with suppress(ProcessLookupError):
                os.kill(actor.pid, number)

    def _listen(self) -> None:
        assert self._process.stdout
        for line in self._process.stdout:
            self._told.put(json.loads(line))
