"""Commands that only look need no place to write, and make nothing."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cycle.conftest import WEEK, Finished

ROOT = Path(__file__).resolve().parents[2]

LOOKING = (
    ["calls", "list"],
    ["calls", "impact"],
    ["deliveries", "list"],
    ["deliveries", "verify", WEEK],
    ["deliveries", "plan", WEEK],
    ["deliveries", "suppressions"],
    ["gong", "days"],
    ["gong", "dead-letters"],
    ["route", "--to-decide"],
    ["ai", "usage"],
)
"""Those that need no name from the data."""
WRITING = (
    ["run", "weekly", "--week", WEEK],
    ["route"],
    ["deliveries", "resend", "x", "--note", "again"],
    ["deliveries", "suppressions", "--add", "a@example.com"],
    ["gong", "retry-dead-letters"],
)


#: In a home that is not there nothing of these can be asked.
NOWHERE = (
    *LOOKING,
    ["route", "--explain", "A1"],
    ["route", "--dry-run"],
    ["route"],
    ["report", "CUST_1"],
    ["calls", "show", "1"],
    ["digest", "somebody"],
    ["rep", "plan", "somebody"],
    ["deliveries", "show", "abc"],
    ["deliveries", "resend", "abc", "--note", "again"],
    ["deliveries", "resolve", "abc", "--as", "sent", "--note", "seen"],
)


def test_looking_needs_no_place_to_write_and_makes_nothing(
    finished: Finished, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("closed")
    home, nowhere = folder / "home", folder / "tpyo"
    looking = [*LOOKING, *_of_the_data(finished), ["doctor"]]
    shutil.copytree(finished.home.root, home)
    before = _files(home)
    done = _on_a_read_only_medium(
        home,
        [["--home", str(home), *one] for one in (*looking, *WRITING)]
        + [["--home", str(nowhere), *one] for one in NOWHERE],
    )
    for arguments, (status, said) in zip(looking, done, strict=False):
        assert status == 0, (arguments, said)
        assert len(said.strip()) > 3, arguments
    for arguments, (status, said) in zip(WRITING, done[len(looking) :], strict=False):
        assert status in (1, 2), (arguments, said)
        assert "cannot be written" in said.splitlines()[-1], (arguments, said)
        assert not {"unexpected", "Traceback"} & set(said.replace(":", " ").split())
    for arguments, (status, said) in zip(NOWHERE, done[-len(NOWHERE) :], strict=True):
        assert status == 2, (arguments, said)
        assert f"in {nowhere}: name " in said, (arguments, said)
        assert len(said.splitlines()) == 1, (arguments, said)
    assert _files(home) == before
    assert not nowhere.exists()


def _of_the_data(finished: Finished) -> list[list[str]]:
    """Commands that look at one thing of the finished cycle."""
    with finished.warehouse.reading("test") as db:
        account = db.query("routing/assignments")["account_id"].iloc[0]
        customer = db.query("reviews/assigned_customers")["customer_id"].iloc[0]
    call = finished.rows("SELECT MIN(call_id) AS id FROM analytics.call_analysis")["id"].iloc[0]
    return [
        ["calls", "show", str(call)],
        ["route", "--explain", str(account)],
        ["report", str(customer), "--week", WEEK, "--text"],
    ]


#: Mounts a folder upon itself, read-only, for one command: root, too, can write nothing there.
_MOUNTED = 'mount --bind "$1" "$1" && mount -o remount,bind,ro "$1" || exit 99; shift; exec "$@"'


def _on_a_read_only_medium(home: Path, commands: list[list[str]]) -> list[tuple[int, str]]:
    done = subprocess.run(
        ["unshare", "-m", "sh", "-c", _MOUNTED, "sh", str(home), sys.executable, "-m",
         "tests.cycle.looking_child"],
        input=json.dumps(commands),
        capture_output=True,
        text=True,
        timeout=250,
        cwd=ROOT,
        env={**os.environ, "COLUMNS": "160"},
        check=False,
    )  # fmt: skip
    if done.returncode == 99 or "unshare" in done.stderr:
        pytest.skip("only root on Linux can mount a folder read-only")
    assert done.returncode == 0, done.stderr[-3000:]
    return [(int(status), str(said)) for status, said in json.loads(done.stdout)]


def _files(folder: Path) -> dict[str, tuple[int, int]]:
    return {
        str(path.relative_to(folder)): (path.stat().st_mtime_ns, path.stat().st_size)
        for path in folder.rglob("*")
    }
