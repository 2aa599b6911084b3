"""A throw-away PostgreSQL server, where one is installed."""

import os
import shutil
import signal
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.waiting import PATIENCE, until


def _binary(name: str) -> str | None:
    places = [*sorted(Path("/usr/lib/postgresql").glob("*/bin")), Path("/usr/local/bin")]
    found = [str(place / name) for place in places if (place / name).is_file()]
    return found[0] if found else shutil.which(name)


class NoPostgres(Exception):
    """PostgreSQL is not installed here, or cannot make a database; the text says which."""


class Server:
    """A throw-away server on loopback, which can be stopped and started again."""

    def __init__(self) -> None:
        initdb, self._postgres = _binary("initdb"), _binary("postgres")
        if initdb is None or self._postgres is None:
            raise NoPostgres("PostgreSQL is not installed on this machine")
        self._folder = Path(tempfile.mkdtemp(prefix="pg"))
        self._as_user: dict[str, Any] = {}
        if os.getuid() == 0:  # the server refuses to run as root
            shutil.chown(self._folder, "nobody", "nogroup")
            self._as_user = {"user": "nobody", "group": "nogroup", "extra_groups": []}
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self._port = probe.getsockname()[1]
        made = subprocess.run(
            [initdb, "-D", str(self._folder / "data"), "-U", "tester", "-A", "trust", "-E", "UTF8"],
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            cwd=self._folder,
            **self._as_user,
        )
        if made.returncode != 0:
            raise NoPostgres(f"PostgreSQL cannot make a database: {made.stderr.strip()[:200]}")
        self._process: subprocess.Popen[bytes] | None = None
        self.start()

    def url(self, database: str = "postgres") -> str:
        return f"postgresql://tester@127.0.0.1:{self._port}/{database}"

    def start(self) -> None:
        """Begin to serve, and wait until it answers."""
        options = ["-h", "127.0.0.1", "-p", str(self._port), "-k", str(self._folder)]
        self._process = subprocess.Popen(
            [str(self._postgres), "-D", str(self._folder / "data"), *options],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            cwd=self._folder,
            **self._as_user,
        )
        _wait_for(self.url())

    def stop(self) -> None:
        """End it as an administrator does (\"fast\"): whoever is connected is cut off."""
        if self._process is not None:
            self._process.send_signal(signal.SIGINT)
            self._process.wait(PATIENCE)
            self._process = None

    def make(self, database: str) -> str:
        """An empty database; its URL."""
        import psycopg

        with psycopg.connect(self.url(), autocommit=True) as connection:
            connection.execute(f'CREATE DATABASE "{database}"'.encode())
        return self.url(database)

    def close(self) -> None:
        self.stop()
        shutil.rmtree(self._folder, ignore_errors=True)


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """The URL of a throw-away server; skipped where PostgreSQL is not installed."""
    try:
        server = Server()
    except NoPostgres as error:
        pytest.skip(str(error))
    try:
        yield server.url()
    finally:
        server.close()


def _wait_for(url: str) -> None:
    import psycopg

    def answers() -> bool:
        try:
            psycopg.connect(url, connect_timeout=10).close()
        except psycopg.OperationalError:
            return False
        return True

    until(answers, "PostgreSQL's start")
