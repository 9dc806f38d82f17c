import threading
from collections.abc import Iterator

import pytest

from tests.receiver import Receiver, Server


@pytest.fixture
def server() -> Iterator[Server]:
    """A real HTTP server on this machine."""
    Receiver.received.clear()
    Receiver.stop.clear()
    with Server(("127.0.0.1", 0), Receiver) as running:
        thread = threading.Thread(target=running.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield running
        Receiver.stop.set()
        running.shutdown()
        thread.join()
