"""A process that calls `record_request` without an end, and tells of each call that returned.

`python -m tests.faults.recorder.caller FD`: reads orders from its input, a line each, and
carries each out in a child. It writes the child's pid to FD; a caller writes a letter to its
output for every call, after it returned: `g` for a good request, `b` for a bad one.
"""

import importlib
import json
import os
import random
import signal
import sys
import threading
from typing import Any

import django

THREADS = 2
FLUSH_SECONDS = 0.01


def main(told: int) -> None:
    django.setup()
    for line in sys.stdin:
        order = json.loads(line)
        child = os.fork()
        if not child:
            try:
                obey(order)
            finally:
                sys.stderr.flush()
                os._exit(0)
        os.write(told, f"{child}\n".encode())
        os.waitpid(child, 0)
        os.write(told, b"ended\n")


def obey(order: dict[str, Any]) -> None:
    from django.conf import settings  # noqa: PLC0415  (after the setup)

    settings.SLO_RECORDER_FLUSH_SECONDS = FLUSH_SECONDS
    if order.get("dies"):
        set_trap(order["dies"], passes=order["passes"])
    threads = [
        threading.Thread(target=call, args=(random.Random(f"{order['seed']}-{n}"),))
        for n in range(THREADS)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def call(chance: random.Random) -> None:
    from slo.services import record_request  # noqa: PLC0415  (after the setup)

    while True:
        is_good = chance.random() < 0.9
        milliseconds = chance.lognormvariate(4, 1)
        record_request("/orders", "GET", 200 if is_good else 503, milliseconds)
        os.write(1, b"g" if is_good else b"b")


def set_trap(point: str, *, passes: int) -> None:
    """This will have the process die where the named function of the product would begin."""
    module, _dot, name = point.partition(":")
    holder: Any = importlib.import_module(module)
    *owners, last = name.split(".")
    for owner in owners:
        holder = getattr(holder, owner)
    real = getattr(holder, last)
    left = [passes]

    def dies(*arguments: Any, **options: Any) -> Any:
        left[0] -= 1
        if left[0] < 0:
            os.kill(os.getpid(), signal.SIGKILL)
        return real(*arguments, **options)

    setattr(holder, last, dies)


if __name__ == "__main__":
    main(int(sys.argv[1]))
