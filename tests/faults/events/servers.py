"""Servers of the harness's own, to be stopped without a warning: never the machine's."""

import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pika
import psycopg
from pika.exceptions import AMQPError

from portal.demo.ports import free_port
from tests.faults.processes import descendants, wait_for


def postgresql_binaries() -> Path | None:
    """This will return where initdb is, if anywhere on this machine."""
    asked = shutil.which("pg_config")
    if asked:
        found = subprocess.run([asked, "--bindir"], capture_output=True, text=True, check=True)
        folders = [Path(found.stdout.strip())]
    else:
        folders = sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    return next((folder for folder in folders if (folder / "initdb").exists()), None)


def rabbitmq_binary() -> Path | None:
    found = Path("/usr/lib/rabbitmq/bin/rabbitmq-server")
    return found if found.exists() else None


def _owner(name: str) -> dict[str, Any]:
    """Servers refuse to run as root: then they run as the user the package made for them."""
    if os.getuid() != 0:
        return {}
    account = pwd.getpwnam(name)
    return {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}


@contextmanager
def _folder(owner: dict[str, Any]) -> Iterator[Path]:
    # Not pytest's: nobody but the user who runs it may look into that.
    folder = Path(tempfile.mkdtemp(prefix="portal-faults-"))
    if owner:
        os.chown(folder, owner["user"], owner["group"])
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


class Cluster:
    """A PostgreSQL cluster on a free port, with the settings that a server comes with."""

    def __init__(self, folder: Path, binaries: Path, owner: dict[str, Any]) -> None:
        self.port = free_port()
        self._folder = folder / "cluster"
        self._binaries = binaries
        self._owner = owner
        self._run("initdb", "--username=postgres", "--auth=trust", "--encoding=UTF8", "--no-sync")
        with (self._folder / "postgresql.conf").open("a") as settings:
            settings.write(
                f"port = {self.port}\nlisten_addresses = '127.0.0.1'\n"
                "unix_socket_directories = ''\ndeadlock_timeout = '100ms'\n"
            )

    def url(self, database: str = "postgres") -> str:
        return f"postgresql://postgres@127.0.0.1:{self.port}/{database}"

    def start(self) -> None:
        log = self._folder / "server.log"
        self._run("pg_ctl", f"--log={log}", "--wait", "start")

    def stop_at_once(self) -> None:
        """This will stop it as a power failure would: it recovers when it starts again."""
        self._run("pg_ctl", "--mode=immediate", "stop")

    def create(self, database: str) -> str:
        """This will make a database and return its address."""
        with psycopg.connect(self.url(), autocommit=True) as connection:
            # The names are the harness's own.
            statement: Any = f"CREATE DATABASE {database}"
            connection.execute(statement)
        return self.url(database)

    def drop(self, database: str) -> None:
        with psycopg.connect(self.url(), autocommit=True) as connection:
            statement: Any = f"DROP DATABASE {database} WITH (FORCE)"
            connection.execute(statement)

    def dump(self, address: str) -> str:
        """This will return any database, as the text that makes it again."""
        return self._run("pg_dump", address, in_the_folder=False)

    def restore(self, dump: str, database: str) -> str:
        """This will run a dump in a new database and return its address."""
        address = self.create(database)
        self._run(
            "psql", "-q", "-v", "ON_ERROR_STOP=1", address, in_the_folder=False, standard_input=dump
        )
        return address

    def _run(
        self, program: str, *arguments: str, in_the_folder: bool = True, standard_input: str = ""
    ) -> str:
        environment = {"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8"}
        if in_the_folder:
            environment["PGDATA"] = str(self._folder)
        done = subprocess.run(
            [self._binaries / program, *arguments],
            env=environment,
            cwd=self._folder.parent,
            input=standard_input,
            # A server that is started here keeps what it inherits.
            stdout=subprocess.DEVNULL if program == "pg_ctl" else subprocess.PIPE,
            stderr=subprocess.STDOUT if program != "pg_dump" else None,
            text=True,
            check=False,
            **self._owner,
        )
        assert done.returncode == 0, f"{program} failed:\n{done.stdout}"
        return done.stdout or ""


@contextmanager
def own_cluster(binaries: Path) -> Iterator[Cluster]:
    """A running cluster that is gone afterwards."""
    owner = _owner("postgres")
    with _folder(owner) as folder:
        cluster = Cluster(folder, binaries, owner)
        cluster.start()
        try:
            yield cluster
        finally:
            cluster.stop_at_once()


class Node:
    """A RabbitMQ node on free ports that can be killed and comes back with what it kept."""

    def __init__(self, folder: Path, binary: Path, owner: dict[str, Any]) -> None:
        self.port = free_port()
        self._binary = binary
        self._owner = owner
        self._folder = folder
        self._process: subprocess.Popen[bytes] | None = None
        self._environment = {
            "PATH": os.environ["PATH"],
            "HOME": str(folder),
            "LANG": "C.UTF-8",
            "RABBITMQ_NODENAME": f"faults{self.port}@localhost",
            "RABBITMQ_NODE_IP_ADDRESS": "127.0.0.1",
            "RABBITMQ_NODE_PORT": str(self.port),
            "RABBITMQ_DIST_PORT": str(free_port()),
            "RABBITMQ_MNESIA_BASE": str(folder / "mnesia"),
            "RABBITMQ_LOG_BASE": str(folder / "log"),
            # The machine's own settings name the port of the machine's own server.
            "RABBITMQ_CONFIG_FILE": str(folder / "rabbitmq.conf"),
            "RABBITMQ_CONF_ENV_FILE": str(folder / "no-environment.conf"),
            "RABBITMQ_ENABLED_PLUGINS_FILE": str(folder / "no-plugins"),
            "ERL_EPMD_PORT": str(free_port()),
            "ERL_EPMD_ADDRESS": "127.0.0.1",
        }

        (folder / "rabbitmq.conf").write_text(f"listeners.tcp.only = 127.0.0.1:{self.port}\n")

    @property
    def parameters(self) -> pika.ConnectionParameters:
        return pika.ConnectionParameters(host="127.0.0.1", port=self.port)

    def start(self) -> None:
        wait_for(f"RabbitMQ in {self._folder} to answer", self._answers_once_begun, seconds=180)

    def _answers_once_begun(self) -> bool:
        """It gives up when the name of the one that was killed is still known: then again."""
        if self._process is None or self._process.poll() is not None:
            with (self._folder / "server.log").open("ab") as log:
                self._process = subprocess.Popen(
                    [self._binary],
                    env=self._environment,
                    cwd=self._folder,
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=subprocess.STDOUT,
                    start_new_session=True,
                    **self._owner,
                )
        return self._answers()

    def kill(self) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        for pid in [process.pid, *descendants(process.pid)]:
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                continue
        process.wait()

    def close(self) -> None:
        """Its name server outlives it otherwise."""
        self.kill()
        subprocess.run(
            ["epmd", "-port", self._environment["ERL_EPMD_PORT"], "-kill"],
            env=self._environment,
            capture_output=True,
            check=False,
            **self._owner,
        )

    def _answers(self) -> bool:
        try:
            # pika would log each refusal at length.
            socket.create_connection(("127.0.0.1", self.port)).close()
            pika.BlockingConnection(self.parameters).close()
        except (AMQPError, OSError):
            return False
        return True


@contextmanager
def own_node(binary: Path) -> Iterator[Node]:
    """A running RabbitMQ that is gone afterwards."""
    owner = _owner("rabbitmq")
    with _folder(owner) as folder:
        node = Node(folder, binary, owner)
        try:
            node.start()
            yield node
        finally:
            node.close()
