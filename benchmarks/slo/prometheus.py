"""Debian's prometheus with a history that was filled in, as a process of its own."""

import json
import os
import socket
import subprocess
import tempfile
import time
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from benchmarks.servers import answers
from tests.faults.processes import ROOT

CACHE = Path(ROOT) / "var" / "prometheus"


class Prometheus:
    def __init__(self, pid: int, port: int) -> None:
        self.pid, self.port = pid, port

    def cpu_seconds(self) -> float:
        fields = Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def query(self, expression: str, *, at: datetime) -> list[dict[str, Any]]:
        asked = urllib.parse.urlencode({"query": expression, "time": at.timestamp() - 60})
        address = f"http://127.0.0.1:{self.port}/api/v1/query?{asked}"
        with urllib.request.urlopen(address, timeout=300) as response:
            found: list[dict[str, Any]] = json.load(response)["data"]["result"]
            return found


@contextmanager
def prometheus_or_none(
    write: Callable[[Path], None], *, end: datetime
) -> Iterator[Prometheus | None]:
    """This will run prometheus over what `write` writes as OpenMetrics; None without Debian's."""
    programs = _programs()
    if programs is None:
        print("  Not measured beside prometheus: apt-get download prometheus does not work here.")
        yield None
        return
    with tempfile.TemporaryDirectory() as folder, socket.socket() as free:
        text, blocks = Path(folder) / "metrics", Path(folder) / "blocks"
        write(text)
        promtool = [str(programs / "promtool"), "tsdb", "create-blocks-from", "openmetrics"]
        spans = ["--max-block-duration=720h", "--quiet"]
        subprocess.run([*promtool, *spans, str(text), str(blocks)], check=True)
        text.unlink()
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
        free.close()
        (Path(folder) / "prometheus.yml").write_text("scrape_configs: []\n")
        process = subprocess.Popen(
            [
                programs / "prometheus",
                f"--config.file={folder}/prometheus.yml",
                f"--storage.tsdb.path={blocks}",
                "--storage.tsdb.retention.time=100y",
                f"--web.listen-address=127.0.0.1:{port}",
                "--query.max-samples=500000000",
                "--log.level=error",
            ]
        )
        try:
            while not answers("127.0.0.1", port):
                time.sleep(0.2)
            yield Prometheus(process.pid, port)
        finally:
            process.terminate()
            process.wait()


def _programs() -> Path | None:
    programs = CACHE / "usr" / "bin"
    if not (programs / "prometheus").exists():
        CACHE.mkdir(parents=True, exist_ok=True)
        for command in ("apt-get download prometheus", "dpkg -x prometheus_*.deb ."):
            if subprocess.run(command, shell=True, cwd=CACHE, check=False).returncode:  # noqa: S602
                return None
    return programs
