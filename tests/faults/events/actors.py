"""The processes that the harness kills. `python -m tests.faults.events.actors` is their nursery.

It loads the portal once and forks an actor for each line of JSON on its input, so that one
killed is followed within milliseconds. On its output it tells who began and how each ended.
"""

import json
import os
import random
import select
import signal
import sys
import threading
from collections.abc import Callable
from types import ModuleType
from typing import Any

import django

Options = dict[str, Any]


def main() -> None:
    django.setup()
    # Only now, since they load models; and here, so that no child has to.
    from tests.faults.events import roles  # noqa: PLC0415

    names: dict[int, str] = {}
    while True:
        if select.select([sys.stdin], [], [], 0.02)[0]:
            line = sys.stdin.readline()
            if not line:
                # Whoever started this is gone; nobody stays behind.
                os.killpg(0, signal.SIGKILL)
            order = json.loads(line)
            pid = os.fork()
            if pid == 0:
                _become(order, roles)
            names[pid] = order["name"]
            _tell(name=order["name"], began=pid)
        _tell_who_ended(names)


def _tell_who_ended(names: dict[int, str]) -> None:
    while names:
        pid, status = os.waitpid(-1, os.WNOHANG)
        if pid == 0:
            return
        _tell(name=names.pop(pid), ended=os.waitstatus_to_exitcode(status))


def _tell(**what: Any) -> None:
    sys.__stdout__.write(json.dumps(what) + "\n")  # type: ignore[union-attr]
    sys.__stdout__.flush()  # type: ignore[union-attr]


def _become(order: Options, roles: ModuleType) -> None:
    """Never returns: the child must not go on with the nursery's work."""
    code = 1
    try:
        null = os.open(os.devnull, os.O_RDWR)
        os.dup2(null, 0)
        os.dup2(2, 1)
        stopping = threading.Event()
        signal.signal(signal.SIGTERM, lambda *_signal: stopping.set())
        random.seed(os.urandom(8))
        role: Callable[..., None] = getattr(roles, order["role"])
        roles.hurry()
        roles.set_trap_of(order)
        role(stopping=stopping, **order.get("options", {}))
        code = 0
    except BaseException:
        sys.excepthook(*sys.exc_info())
        raise
    finally:
        sys.stderr.flush()
        os._exit(code)


if __name__ == "__main__":
    main()
