"""One finished weekly cycle on the sample tenant, made once by the real command."""

import contextlib
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from resources.duckdb.warehouse import DuckDBWarehouse
from resources.home import Home
from tests import no_network
from tests.conftest import ISOLATED
from tests.faults import offline
from tests.faults.forked_commands import Commands, commands, commands_on_a_filling_disk
from tests.figures import NotHere
from tests.waiting import PATIENCE

WEEK = "2026-11-09"


@dataclass(frozen=True)
class Finished:
    """A home after ``cs-assets demo``, with what the command printed."""

    home: Home
    output: str
    connections: int = 0
    """How many were made to the addresses in its environment."""
    attempts: int = 0
    """How often anything looked for a way beyond this machine meanwhile."""

    @property
    def warehouse(self) -> DuckDBWarehouse:
        return DuckDBWarehouse(path=str(self.home.warehouse), wait_seconds=20)

    def rows(self, text: str, parameters: tuple = ()):
        """Rows of a query, read only."""
        with self.warehouse.session("test") as db:
            return db._connection.execute(text, list(parameters)).df()


def command(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run ``cs-assets`` as a user would, in a process of its own."""
    return subprocess.run(
        [sys.executable, "-m", "cs_assets.cli", *arguments],
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        env={**os.environ, "COLUMNS": "160", **environment},
        check=False,
    )


@pytest.fixture(scope="session")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Finished:
    """Made with every key set: a demo uses none of them."""
    root: Path = tmp_path_factory.mktemp("demo") / "home"
    before = no_network.attempts() if ISOLATED else 0
    with offline.keys() as (listener, environment):
        done = command("demo", "--home", str(root), **environment)
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    attempts = no_network.attempts() - before if ISOLATED else 0
    return Finished(Home(root), done.stdout, listener.connections, attempts)


@pytest.fixture(scope="session")
def forks() -> Iterator[Commands]:
    """Runs commands cheaply, on a disk that fills up where there is a compiler."""
    with contextlib.ExitStack() as stack:
        try:
            yield stack.enter_context(commands_on_a_filling_disk())
        except NotHere:
            yield stack.enter_context(commands())
