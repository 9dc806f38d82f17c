"""What a handler does while it is given an event again: noted, and let out only when allowed."""

from collections import Counter
from collections.abc import Callable, Iterator, Set
from contextlib import contextmanager
from typing import Any

from django.db import connection

from events.errors import EffectBlocked
from events.rules.replays import changes_in
from portal.shared import effects

# A sweep that Beat starts every second anyway.
HARMLESS = "poke"


class Sandbox:
    """`allowed` are the kinds of effects that go out; `blocked` is why the first did not."""

    def __init__(self, allowed: Set[str]) -> None:
        self._allowed = allowed
        self.blocked: EffectBlocked | None = None
        self.effects: list[tuple[str, str]] = []
        self.writes: Counter[tuple[str, str]] = Counter()

    @contextmanager
    def around(self) -> Iterator[None]:
        with effects.gated(self._gate), connection.execute_wrapper(self._watch):
            yield

    def _gate(self, kind: str, what: str) -> None:
        self.effects.append((kind, what))
        if kind == HARMLESS or kind in self._allowed:
            return
        error = EffectBlocked(
            f"The replay does not let out {kind}: {what}. To let it out, keep the replay, allow "
            f"{kind}, and declare it where the handler is subscribed."
        )
        self.blocked = self.blocked or error
        raise error

    def _watch(
        self, execute: Callable[..., Any], sql: Any, values: Any, many: bool, context: Any
    ) -> Any:
        self.writes.update(changes_in(str(sql)))
        return execute(sql, values, many, context)
