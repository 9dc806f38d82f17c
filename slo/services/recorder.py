"""Counting requests in memory: no database, network or disk is waited for in a call."""

import threading
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from slo import selectors
from slo.errors import CountsNotKept, RequestsRefused
from slo.providers.spool import Slot, Spool
from slo.rules.outcome import Route, Verdicts, route_of
from slo.rules.request_outcome import Watch
from slo.rules.request_validation import (
    LONGEST_RESPONSE_MS,
    Expectation,
    problems,
    served_request,
)
from slo.services.spools import forget_spool, take_in

# Endpoints that hold ids are without number; what is forgotten is worked out again.
MOST_ROUTES = 8192
# The first calls of a process come before anything is known of indicators.
SECONDS_TO_LEARN = 5.0
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Recorder:
    """Any thread may record; one at a time writes what was recorded.

    A call adds one to one cell, so it is counted in all its indicators or in none, whenever
    the process is killed. `clock` gives seconds since 1970.
    """

    def __init__(self, spool: Spool, *, clock: Callable[[], float]) -> None:
        self.lock = threading.Lock()
        self.learnt = threading.Event()
        self._flushing = threading.Lock()
        self._spool = spool
        self._clock = clock
        self._began_at = clock()
        self._watches: dict[str, list[Watch]] = {}
        self._services: frozenset[str] = frozenset()
        self._routes: dict[tuple[object, ...], Route] = {}
        self._verdicts = Verdicts()
        self._is_over = False
        self._sequence = 0
        self._cells: dict[int, int] = {}
        self._minute_starts = self._minute_ends = 0.0
        self._slot = self._begun(spool.slots[0])

    def record(
        self,
        endpoint: str,
        method: str,
        status_code: int,
        response_time_ms: float | None,
        service: str,
    ) -> None:
        """This will count one request now. Raises RequestsRefused and CountsNotKept."""
        try:
            route = self._routes[service, endpoint, method, status_code]
            if status_code.__class__ is not int:
                route = self._new_route(endpoint, method, status_code, service)
        except (KeyError, TypeError):
            route = self._new_route(endpoint, method, status_code, service)
        if response_time_ms is None:
            key = route.unmeasured
        elif response_time_ms.__class__ is float and 0.0 <= response_time_ms <= LONGEST_RESPONSE_MS:
            key = route.key(response_time_ms)
        else:
            key = route.key(_checked(response_time_ms))
        if key is not None:
            self._count(key)

    def learn(self) -> None:
        """This will read what is watched; what it worked out before is forgotten if it changed."""
        watches, services = selectors.watches_by_service(), selectors.known_service_slugs()
        if watches != self._watches or services != self._services:
            self._watches, self._services = watches, frozenset(services)
            self._routes = {}
        self.learnt.set()

    def flush(self, *, at: datetime) -> int:
        """This will write what was recorded so far, and return how many requests.

        What cannot be written stays where it is, for the next time.
        """
        with self._flushing:
            sealed = [
                slot for slot in self._spool.slots if slot.sequence and slot is not self._slot
            ]
            calls = sum(self._take_in(slot, at=at) for slot in sorted(sealed, key=_by_sequence))
            full = self._seal()
            return calls + (self._take_in(full, at=at) if full else 0)

    def unflushed(self) -> int:
        """This will return how many requests are not in the database yet."""
        return sum(slot.calls() for slot in self._spool.slots)

    @property
    def is_durable(self) -> bool:
        return self._spool.is_durable

    def finish(self, *, at: datetime) -> None:
        """This will write the rest, refuse what comes later and leave nothing behind.

        When the database does not take it, the file stays for another process to adopt.
        """
        try:
            self.flush(at=at)
            with self.lock:
                self._is_over, self._minute_ends = True, 0.0
            self.flush(at=at)
            forget_spool(self._spool.name)
            self._spool.remove()
        except BaseException:
            self._spool.close()
            raise

    def abandon(self) -> None:
        """This will let go of the spool in a child, where it is the parent's."""
        self._spool.close()

    def _count(self, key: int) -> None:
        with self.lock:
            if not self._minute_starts <= self._clock() < self._minute_ends:
                self._turn_minute()
            cell = self._cells.get(key)
            if cell is None:
                cell = self._new_cell(key)
            self._counts[cell] += 1

    def _new_route(self, endpoint: str, method: str, status_code: int, service: str) -> Route:
        if not self.learnt.wait(max(self._began_at + SECONDS_TO_LEARN - self._clock(), 0)):
            raise CountsNotKept(
                "The request was not counted: the database has not yet told what is watched."
            )
        routes, item = self._routes, {
            "service": service, "endpoint": endpoint, "method": method, "status_code": status_code
        }  # fmt: skip
        expected = Expectation(at=EPOCH, services=self._services, own_service=service)
        if wrong := problems(item, expected, pointer=""):
            raise RequestsRefused("The request cannot be counted.", fields=wrong)
        request = served_request(item, expected)
        route = route_of(request, self._watches.get(service, ()), self._verdicts)
        if len(routes) >= MOST_ROUTES:
            routes.clear()
        routes[service, endpoint, method, int(status_code)] = route
        return route

    def _turn_minute(self) -> None:
        if self._is_over:
            raise CountsNotKept("The request was not counted: the process is ending.")
        now = self._clock()
        self._minute_starts = now // 60 * 60
        self._minute_ends = self._minute_starts + 60
        self._cells = {}

    def _new_cell(self, key: int) -> int:
        spelled = self._verdicts.words(key, minute=int(self._minute_starts) // 60)
        cell = self._slot.add_cell(spelled)
        if cell is None and self._go_on():
            cell = self._slot.add_cell(spelled)
        if cell is None:
            raise CountsNotKept(
                "The request was not counted: the database has taken nothing for so long that "
                "there is no room to keep more. See `portal_slo_recorder_unflushed`."
            )
        self._cells[key] = cell
        return cell

    def _seal(self) -> Slot | None:
        """Returns the slot that was current; None when there is nothing in it."""
        with self.lock:
            full = self._slot
            return full if not full.is_empty and self._go_on() else None

    def _go_on(self) -> bool:
        """Run with the lock held; False when there is no slot to go on with."""
        free = self._spool.free_slot()
        if free is None:
            return False
        self._slot = self._begun(free)
        return True

    def _begun(self, slot: Slot) -> Slot:
        self._sequence += 1
        slot.begin(self._sequence)
        self._cells = {}
        self._counts = slot.counts
        return slot

    def _take_in(self, slot: Slot, *, at: datetime) -> int:
        calls = take_in(spool=self._spool.name, sequence=slot.sequence, kept=slot.read(), at=at)
        slot.clear()
        return calls


def _by_sequence(slot: Slot) -> int:
    return slot.sequence


def _checked(response_time_ms: Any) -> float:
    item = {"endpoint": "/", "method": "GET", "status_code": 200, "service": ""}
    expected = Expectation(at=EPOCH, services={""}, own_service="")
    item["response_time_ms"] = response_time_ms
    if wrong := problems(item, expected, pointer=""):
        raise RequestsRefused("The request cannot be counted.", fields=wrong)
    return float(response_time_ms)
