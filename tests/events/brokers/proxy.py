"""A door in front of a server that a test can shut."""

import contextlib
import socket
import threading


class Proxy:
    """Forwards loopback connections while open; shutting it breaks those there are."""

    def __init__(self, *, host: str, port: int) -> None:
        self._target = (host, port)
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listening.getsockname()[1]
        self._pairs: list[socket.socket] = []
        self._lock = threading.Lock()
        self._is_open = True
        threading.Thread(target=self._accept, daemon=True).start()

    def shut(self) -> None:
        with self._lock:
            self._is_open = False
            for end in self._pairs:
                _break(end)
            self._pairs.clear()

    def open(self) -> None:
        with self._lock:
            self._is_open = True

    def close(self) -> None:
        self.shut()
        self._listening.close()

    def _accept(self) -> None:
        while True:
            try:
                near, _address = self._listening.accept()
            except OSError:
                return
            with self._lock:
                if not self._is_open:
                    _break(near)
                    continue
                far = socket.create_connection(self._target)
                self._pairs += [near, far]
            for source, sink in ((near, far), (far, near)):
                threading.Thread(target=_pump, args=(source, sink), daemon=True).start()


def _pump(source: socket.socket, sink: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while some := source.recv(65536):
            sink.sendall(some)
    _break(source)
    _break(sink)


def _break(end: socket.socket) -> None:
    with contextlib.suppress(OSError):
        end.shutdown(socket.SHUT_RDWR)
    end.close()
