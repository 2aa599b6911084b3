"""A team's instance on PostgreSQL, served by processes, while a week of reviews is made in shards.

Daemon, code server, run workers and PostgreSQL itself are ended in the midst of it.
"""

import contextlib
import json
import os
import random
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from tests.faults.cycle import WEEK, Site, site
from tests.postgres_server import Server
from tests.timed_commands import ended
from tests.waiting import until

#: Seconds within which a week must have come to its end, whatever was killed.
_LONGEST = 3600.0
_JOB = "weekly_reviews_job"
_ENDED = ("SUCCESS", "FAILURE", "CANCELED")
_PREPARE = f"""
from cs_assets.commands.running import calls_of_days, instance_of, run_job
from cs_assets.definitions import build_defs
from cs_assets.progress import Progress
from cs_assets.commands.console import Console
from resources.settings import Settings
settings = Settings.load()
with instance_of(settings.home) as instance:
    assert run_job(build_defs(settings), instance, "load_sources_job").succeeded
assert calls_of_days(settings, "{WEEK}", "2026-11-15", Progress(Console())).succeeded
"""


@dataclass
class Team:
    """``cs-assets up --team`` over a home whose instance and ledger are databases."""

    at: Site
    server: Server
    name: str
    shards: int
    port: int = 0
    reading_port: int = 0
    process: subprocess.Popen[bytes] | None = None

    @property
    def environment(self) -> dict[str, str]:
        return self.at.environment | {
            "DAGSTER_DATABASE_URL": self.server.url(f"dagster_{self.name}"),
            "DELIVERY_DATABASE_URL": self.server.url(f"ledger_{self.name}"),
            "CS_ASSETS_REVIEW_SHARDS": str(self.shards),
        }

    def start(self) -> None:
        self.port, self.reading_port = _free_port(), _free_port()
        ports = ["--port", str(self.port), "--read-only-port", str(self.reading_port)]
        with (self.at.home.root / "said").open("ab") as said:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "cs_assets.cli", "up", "--team", "--desk-port", "0", *ports],
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=said,
                stderr=said,
            )
        for port in (self.port, self.reading_port):
            until(partial(_quietly, partial(self._is_up, port)), "the UI", 600)

    def _is_up(self, port: int) -> bool:
        assert self.process is not None
        assert self.process.poll() is None, self.at.said[-3000:]
        asked = (
            "{workspaceOrError{...on Workspace{locationEntries{locationOrLoadError{__typename}}}}}"
        )
        try:
            found = self.ask(asked, port)["workspaceOrError"]["locationEntries"]
        except (OSError, KeyError, TypeError, ValueError):
            return False
        return bool(found) and all(
            one["locationOrLoadError"]
            and one["locationOrLoadError"]["__typename"] == "RepositoryLocation"
            for one in found
        )

    def stop(self) -> None:
        if self.process is not None:
            self.process.terminate()
            ended(self.process, 60)

    def ask(self, query: str, port: int | None = None, **variables: Any) -> Any:
        """What GraphQL answers."""
        body = json.dumps({"query": query, "variables": variables}).encode()
        request = urllib.request.Request(
            f"http://127.0.0.1:{port or self.port}/graphql",
            body,
            {"Content-Type": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=60) as answer:
            found = json.load(answer)
        if found.get("errors"):
            raise ValueError(str(found["errors"])[:500])
        return found["data"]

    def launch(self, port: int | None = None) -> str:
        """The run that the schedule would ask for; its id, or the type of the refusal."""
        once = ["customer_alert_deliveries", *_once(self)]
        selector = {
            "repositoryLocationName": "cs",
            "repositoryName": "__repository__",
            "jobName": _JOB,
            "assetSelection": [{"path": [name]} for name in sorted(once)],
        }
        tags = {"dagster/partition": WEEK, "cs_assets/shards": str(self.shards)}
        tags["cs_assets/allow_late"] = "true"  # the sample's week is over for long
        parameters = {
            "selector": selector,
            "mode": "default",
            "runConfigData": "{}",
            "executionMetadata": {"tags": [{"key": k, "value": v} for k, v in tags.items()]},
        }
        answer = self.ask(
            "mutation($p: ExecutionParams!){launchRun(executionParams:$p){__typename "
            "...on LaunchRunSuccess{run{runId}} ...on PythonError{message} "
            "...on UnauthorizedError{message}}}",
            port,
            p=parameters,
        )["launchRun"]
        return str(answer["run"]["runId"] if "run" in answer else answer["__typename"])

    def runs(self) -> list[dict[str, Any]]:
        """Runs of the job: id, root, status, shard and the process that executes it."""
        asked = (
            f'{{runsOrError(filter:{{pipelineName:"{_JOB}"}})'
            "{...on Runs{results{runId rootRunId status tags{key value}}}}}"
        )
        found = self.ask(asked)["runsOrError"]["results"]
        return [
            {
                **run,
                "rootRunId": run["rootRunId"] or run["runId"],
                "tags": {tag["key"]: tag["value"] for tag in run["tags"]},
            }
            for run in found
        ]

    def pid_of(self, what: str) -> int | None:
        """The process that ``up`` keeps for a service."""
        assert self.process is not None
        for entry in Path("/proc").iterdir():
            if not entry.name.isdigit():
                continue
            with contextlib.suppress(OSError):
                parent = int((entry / "stat").read_text().rsplit(")", 1)[1].split()[1])
                words = (entry / "cmdline").read_text().split("\0")
                if parent == self.process.pid and what in words:
                    return int(entry.name)
        return None

    def worker(self) -> int | None:
        """The process of a shard's run that is under way."""
        for run in self.runs():
            noted = run["tags"].get("cs_assets/process")
            if run["status"] == "STARTED" and noted and "cs_assets/shard" in run["tags"]:
                return int(json.loads(noted)["pid"])
        return None


def _once(team: Team) -> list[str]:
    nodes = team.ask("{assetNodes{groupName assetKey{path} jobNames}}")["assetNodes"]
    return [
        node["assetKey"]["path"][0]
        for node in nodes
        if node["groupName"] == "customers" and _JOB in node["jobNames"]
    ]


@contextmanager
def team(server: Server, name: str, shards: int = 2) -> Iterator[Team]:
    """A team's instance, up, over a copy of the prepared home; everything ends with it."""
    for kind in ("dagster", "ledger"):
        server.make(f"{kind}_{name}")
    with site() as at:
        shutil.rmtree(at.home.root)
        shutil.copytree(_prepared(), at.home.root)
        served = Team(at, server, name, shards)
        try:
            served.start()
            yield served
        finally:
            served.stop()


_made: list[Path] = []


def _prepared() -> Path:
    """A home with sources and the week's calls, made once."""
    if not _made:
        folder = Path(tempfile.mkdtemp(prefix="team-"))
        with site() as at:
            done = subprocess.run(
                [sys.executable, "-c", _PREPARE],
                env=at.environment,
                capture_output=True,
                text=True,
                timeout=_LONGEST,
                check=False,
            )
            if done.returncode:
                raise RuntimeError(done.stderr[-2000:])
            shutil.rmtree(at.home.dagster)
            shutil.copytree(at.home.root, folder / "home")
        _made.append(folder / "home")
    return _made[0]


def clear() -> None:
    """Remove the prepared home."""
    while _made:
        shutil.rmtree(_made.pop().parent, ignore_errors=True)


@dataclass(frozen=True)
class Outcome:
    """What came of a week."""

    mails: Counter[str]
    in_doubt: frozenset[str]
    open_runs: list[str]
    failed: list[str]
    seconds: float
    retries: int


#: What may be ended in the midst of a week, by name.
Blow = Callable[[Team], object]


def kill(what: str) -> Blow:
    return lambda team: _kill(until(lambda: team.pid_of(what), what, 300))


def kill_worker(team: Team) -> None:
    _kill(until(lambda: _quietly(team.worker), "a shard's run", _LONGEST))


def restart_postgres(team: Team) -> None:
    team.server.stop()
    time.sleep(3)
    team.server.start()


BLOWS: dict[str, Blow] = {
    "daemon": kill("dagster._daemon"),
    "code_server": kill("code-server"),
    "run_worker": kill_worker,
    "postgres": restart_postgres,
}


def _kill(pid: int) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)


def _quietly(asked: Callable[[], Any]) -> Any:
    time.sleep(0.5)  # a question costs the server more than a look
    try:
        return asked()
    except (OSError, ValueError, KeyError, TypeError):
        return None


def week(team: Team, blows: list[str], seed: int) -> Outcome:
    """A sharded week from its launch to its end, with these blows at random moments of it."""
    moments, began = random.Random(seed), time.monotonic()
    first = team.launch()
    until(lambda: _quietly(lambda: _is_under_way(team, first)), "the first run", _LONGEST)
    for blow in blows:
        time.sleep(moments.uniform(0.5, 20.0))
        BLOWS[blow](team)
    until(
        lambda: _quietly(lambda: _is_over(team)),
        f"the week's end: {team.at.said[-1500:]}",
        _LONGEST,
    )
    runs = team.runs()
    parts = {_part(run) for run in runs}
    made = {_part(run) for run in runs if run["status"] == "SUCCESS"}
    return Outcome(
        Counter(team.at.keys),
        frozenset(_doubtful(team)),
        [run["runId"] for run in runs if run["status"] not in _ENDED],
        sorted(parts - made),
        time.monotonic() - began,
        len(runs) - len(parts),
    )


def _part(run: dict[str, Any]) -> str:
    return str(run["tags"].get("cs_assets/shard", "once"))


def _is_under_way(team: Team, run_id: str) -> bool:
    return any(run["runId"] == run_id and run["status"] != "QUEUED" for run in team.runs())


def _is_over(team: Team) -> bool:
    """Whether each part of the week has been made, or nothing goes on any more."""
    runs = team.runs()
    if any(run["status"] not in _ENDED for run in runs):
        return False
    made = {_part(run) for run in runs if run["status"] == "SUCCESS"}
    return len(made) == team.shards + 1


def _doubtful(team: Team) -> list[str]:
    import psycopg

    with psycopg.connect(team.environment["DELIVERY_DATABASE_URL"]) as connection:
        rows = connection.execute(
            "SELECT delivery_key FROM delivery WHERE state IN ('sending', 'unknown')"
        ).fetchall()
    return [str(row[0]) for row in rows]


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        return int(free.getsockname()[1])
