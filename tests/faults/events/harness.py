"""Takes the actors away at moments that a seed has chosen, and asks for the verdict."""

import json
import os
import random
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.faults.events.brokers import Door
from tests.faults.events.nursery import Actor, Nursery
from tests.faults.events.points import POINTS
from tests.faults.events.servers import Cluster
from tests.faults.processes import pause

SECONDS_TO_REACH_A_POINT = 60.0
SECONDS_TO_BE_FORGOTTEN = 8.0
AT_RANDOM, KILL, CUT_BROKER, STOP_DATABASE = "any", "kill", "broker", "database"
READER = "reader"
# Events of somebody else's, before each fault.
FED_AT_ONCE = 10
BYTES_OF_AN_ID = 37


@dataclass(frozen=True, slots=True)
class Workload:
    """How much is written, and how much may be on its way.

    One stream in `one_in` has a subscriber; an append writes one of `sizes` at once, forty
    or more by COPY.
    """

    least_events: int = 0
    most_undelivered: int = 60
    one_in: int = 2
    points: tuple[str, ...] = tuple(POINTS)
    at_random: int = 6
    # Seconds between two faults.
    calm: tuple[float, float] = (0.0, 0.2)
    sizes: tuple[int, ...] = (1, 1, 1, 1, 2, 2, 5, 5, 40)


class Harness:
    """Many actors on one database and one broker."""

    def __init__(
        self,
        folder: Path,
        database_url: str,
        door: Door,
        *,
        seed: int,
        workload: Workload,
        cluster: Cluster | None = None,
    ) -> None:
        self._folder = folder
        self._door = door
        self._cluster = cluster
        self._workload = workload
        self._seed = seed
        self._chance = random.Random(seed)
        self._questions = 0
        self._fed = 0
        self._nursery = Nursery(
            folder,
            {
                "PATH": os.environ["PATH"],
                "DJANGO_SETTINGS_MODULE": "portal.settings.local",
                "PORTAL_STATE_DIR": str(folder),
                "LOG_LEVEL": "ERROR",
                "DATABASE_URL": database_url,
                "EVENT_BROKER_PREFIX": door.prefix,
                **door.environment,
            },
        )

    def run(self) -> dict[str, Any]:
        """This will do everything once and return the verdict."""
        with self._nursery:
            self._nursery.do("prepare", "prepare")
            for name, actor in self._cast().items():
                self._nursery.actors[name] = actor
                self._nursery.start(name)
            self._play_faults()
            while self._acknowledged() < self._workload.least_events:
                self._calm()
                self._do_fault(AT_RANDOM)
                self._nursery.note(f"{self._acknowledged()} events are acknowledged")
            return self._settle()

    def _cast(self) -> dict[str, Actor]:
        workload = self._workload
        writers = {
            f"writer-{number}": Actor(
                "writer",
                {
                    "seed": f"{self._seed}/{number}",
                    "acknowledged": str(self._folder / f"acknowledged-{number}"),
                    "most_undelivered": workload.most_undelivered,
                    "one_in": workload.one_in,
                    "sizes": workload.sizes,
                },
            )
            for number in (1, 2)
        }
        return writers | {
            "sequencer": Actor("sequencer"),
            "consumer-1": Actor("consumer"),
            "consumer-2": Actor("consumer"),
            "relay": Actor("relay"),
            "intake": Actor("intake", {"channel": self._door.foreign}),
            "sweeper": Actor("sweeper"),
            READER: Actor("reader", {"channels": self._door.lanes}),
        }

    def _play_faults(self) -> None:
        """Every point and every kind once, and some at random, in the order of the seed."""
        kinds = [CUT_BROKER, STOP_DATABASE] if self._cluster else [CUT_BROKER]
        pending = [*self._workload.points, *kinds, *[AT_RANDOM] * self._workload.at_random]
        self._chance.shuffle(pending)
        limit = time.monotonic() + SECONDS_TO_REACH_A_POINT
        while pending or self._traps():
            self._calm()
            fault = pending.pop() if pending else ""
            if fault in self._workload.points and not self._set_trap(fault):
                pending.insert(0, fault)
            elif fault:
                self._do_fault(fault)
                limit = time.monotonic() + SECONDS_TO_REACH_A_POINT
            assert time.monotonic() < limit, f"never came to {self._traps()}\n{self._nursery.log}"

    def _calm(self) -> None:
        """A while in which nothing is taken away."""
        pause(self._chance.uniform(*self._workload.calm))
        self._fed += FED_AT_ONCE
        self._door.feed(range(self._fed - FED_AT_ONCE + 1, self._fed + 1))
        self._nursery.tend()
        unexpected = self._nursery.unexpected
        assert not unexpected, f"{unexpected}\n{self._nursery.log}"
        self._restart_the_forgotten()

    def _restart_the_forgotten(self) -> None:
        """The mock cluster gives some members of a group nothing, ever; the next one it does."""
        intake = self._nursery.actors["intake"]
        if self._door.forgets_members and time.monotonic() - intake.began > SECONDS_TO_BE_FORGOTTEN:
            self._restart("intake", trap=intake.trap)

    def _restart(self, name: str, *, trap: str = "") -> None:
        self._nursery.kill(name)
        self._nursery.start(name, trap=trap, passes=self._chance.randint(1, 3))

    def _traps(self) -> list[str]:
        return [actor.trap for actor in self._nursery.actors.values() if actor.trap]

    def _set_trap(self, point: str) -> bool:
        """False when everybody of its role has one already."""
        free = [
            name
            for name, actor in self._nursery.actors.items()
            if actor.role == POINTS[point].role and not actor.trap
        ]
        if free:
            self._restart(self._chance.choice(free), trap=point)
        return bool(free)

    def _do_fault(self, fault: str) -> None:
        if fault == AT_RANDOM:
            kinds = [KILL] * 8 + [CUT_BROKER] + [STOP_DATABASE] * bool(self._cluster)
            fault = self._chance.choice(kinds)
        if fault == KILL:
            free = [n for n, a in self._nursery.actors.items() if not a.trap and n != READER]
            self._restart(self._chance.choice(free))
        elif fault == CUT_BROKER:
            self._cut_broker()
        elif fault == STOP_DATABASE:
            self._stop_database()

    def _cut_broker(self) -> None:
        """The reader leaves before: to a new one, RabbitMQ may give what comes later before
        what the last one had in hand, and that is not the order that it keeps.
        """
        self._nursery.ask_to_end(READER)
        self._nursery.wait_for_the_end_of(READER)
        self._nursery.faults[f"{self._door.name} taken away"] += 1
        self._nursery.note("the broker goes")
        self._door.shut()
        pause(self._chance.uniform(0, 1))
        self._door.open()
        self._nursery.note("the broker is back")
        self._nursery.start(READER)

    def _stop_database(self) -> None:
        assert self._cluster
        self._nursery.faults["PostgreSQL stopped at once"] += 1
        self._nursery.note("PostgreSQL stops")
        self._cluster.stop_at_once()
        pause(self._chance.uniform(0, 0.5))
        self._cluster.start()

    def _settle(self) -> dict[str, Any]:
        """The writers end first; then everything has to arrive by itself."""
        writers = [name for name, a in self._nursery.actors.items() if a.role == "writer"]
        for name in writers:
            self._nursery.ask_to_end(name)
        for name in writers:
            self._nursery.wait_for_the_end_of(name)
        limit = time.monotonic() + 60 + self._workload.least_events / 500
        while waits_for := self._examine()["waits_for"]:
            assert time.monotonic() < limit, f"waits for {waits_for}\n{self._nursery.log}"
            self._restart_the_forgotten()
            pause(0.5)
        found = self._examine(at_length=True)
        self._nursery.tend()
        found["unexpected"] = self._nursery.unexpected
        found["faults"] = dict(sorted(self._nursery.faults.items()))
        return found

    def _examine(self, *, at_length: bool = False) -> dict[str, Any]:
        self._questions += 1
        file = self._folder / f"answer-{self._questions}"
        self._nursery.do(
            f"question-{self._questions}",
            "examine",
            answer=str(file),
            foreign=self._fed,
            at_length=at_length,
        )
        found: dict[str, Any] = json.loads(file.read_text())
        return found

    def _acknowledged(self) -> int:
        files = self._folder.glob("acknowledged-*")
        return sum(file.stat().st_size for file in files) // BYTES_OF_AN_ID
