"""Where what cannot be taken back goes out: each outlet says so first, and a sandbox may refuse.

Outside a sandbox nothing is asked.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

# Is told the kind of the effect and what it is, without secrets; refuses by raising.
Gate = Callable[[str, str], None]

_gate: ContextVar[Gate | None] = ContextVar("effects_gate", default=None)


def about_to(kind: str, what: str) -> None:
    """This will ask the gate of the sandbox, if there is one. Raises what the gate raises."""
    gate = _gate.get()
    if gate is not None:
        gate(kind, what)


@contextmanager
def gated(gate: Gate) -> Iterator[None]:
    """This will have every outlet of this thread ask the gate meanwhile."""
    token = _gate.set(gate)
    try:
        yield
    finally:
        _gate.reset(token)
