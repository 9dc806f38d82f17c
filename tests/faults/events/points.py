"""Where in the product a process can be told to die: by name, without a hook in the product."""

import os
import pkgutil
import signal
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NoReturn

Original = Callable[..., Any]


@dataclass(frozen=True, slots=True)
class Point:
    """`how` runs the function and dies before, after, or halfway through it."""

    role: str
    owner: str
    function: str
    how: Callable[..., Any]


def before(_original: Original, *_arguments: Any, **_named: Any) -> NoReturn:
    die()


def after(original: Original, *arguments: Any, **named: Any) -> NoReturn:
    original(*arguments, **named)
    die()


def halfway_through_positions(original: Original, rows: Any) -> NoReturn:
    original(rows[: (len(rows) + 1) // 2])
    die()


def halfway_through_sending(original: Original) -> Any:
    """`broker()` is called for every batch: the one it returns sends half, and dies."""
    broker = original()
    send = broker.send

    def send_half(messages: Any, **named: Any) -> NoReturn:
        send(messages[: (len(messages) + 1) // 2], **named)
        die()

    broker.send = send_half
    return broker


def die() -> NoReturn:
    os.kill(os.getpid(), signal.SIGKILL)
    raise AssertionError("SIGKILL returned")


_SEQUENCING = "events.services.sequencing"
_DELIVERY = "events.services.delivery"
_RELAYING = "events.services.relaying"

POINTS = {
    "appended, not committed": Point("writer", "events.storage", "append", after),
    "committed, nobody woken": Point("writer", "events.storage.waking:_Bell", "ring", before),
    "leads, nothing read": Point("sequencer", _SEQUENCING, "_committed", before),
    "half of the positions given": Point(
        "sequencer", "events.storage", "give_positions", halfway_through_positions
    ),
    "handed over, not committed": Point("sequencer", _SEQUENCING, "_hand_over", after),
    "sequenced, not promoted": Point("sequencer", "events.services.heads", "promote", before),
    "claimed, not begun": Point("consumer", _DELIVERY, "_claim", after),
    "handled, not committed": Point("consumer", _DELIVERY, "_hand_over", after),
    "delivered, next not promoted": Point("consumer", "events.services.heads", "next_of", before),
    "failed, not recorded": Point("consumer", _DELIVERY, "_record_failure", before),
    "half of the batch sent": Point("relay", _RELAYING, "broker", halfway_through_sending),
    "confirmed, checkpoint not moved": Point("relay", _RELAYING, "_advance", before),
    "checkpoint moved, lease held": Point("relay", _RELAYING, "_advance", after),
    "taken in, not committed": Point("intake", "events.services.intake", "take_in", after),
    "committed, not acknowledged": Point("intake", "events.services", "take_in_arrivals", after),
}


def set_trap(name: str, *, passes: int) -> None:
    """This will kill this process when it comes to the point for that many times.

    Where what happens at the point fails by itself, the next time is the one.
    """
    point = POINTS[name]
    owner = pkgutil.resolve_name(point.owner)
    original = getattr(owner, point.function)
    left = passes

    def trapped(*arguments: Any, **named: Any) -> Any:
        nonlocal left
        left -= 1
        if left > 0:
            return original(*arguments, **named)
        return point.how(original, *arguments, **named)

    setattr(owner, point.function, trapped)
