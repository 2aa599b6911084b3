"""A home that cannot be written, one that is not there, and one on a full disk."""

import os
import shutil
import sys
from pathlib import Path

import duckdb
import pytest

from tests.cycle.conftest import WEEK, Finished
from tests.faults.forked_commands import Commands
from tests.faults.full_disk import full_disk_of_resend
from tests.figures import Tell

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
    ["ask", "which customers are at risk"],
    ["mcp"],
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


def test_looking_needs_no_place_to_write(
    finished: Finished, forks: Commands, tmp_path: Path
) -> None:
    """On a read-only medium, where root can write nothing either."""
    if os.getuid() != 0 or sys.platform != "linux":
        pytest.skip("only root on Linux can mount a folder read-only")
    home = tmp_path / "home"
    shutil.copytree(finished.home.root, home)
    before = _files(home)
    for arguments in (*LOOKING, *_of_the_data(finished), ["doctor"]):
        done = forks.run(home, arguments, read_only=True)
        assert done.status == 0, (arguments, done.said)
        assert len(done.said.strip()) > 3, arguments
    for arguments in WRITING:
        done = forks.run(home, arguments, read_only=True)
        assert done.status in (1, 2), (arguments, done.said)
        assert "cannot be written" in done.last_line, (arguments, done.said)
        assert "unexpected" not in done.said
        assert "Traceback" not in done.said
    assert _files(home) == before


def test_a_home_of_another_version_is_read_where_it_cannot_be_changed(
    finished: Finished, forks: Commands, tmp_path: Path
) -> None:
    if os.getuid() != 0 or sys.platform != "linux":
        pytest.skip("only root on Linux can mount a folder read-only")
    home = tmp_path / "home"
    shutil.copytree(finished.home.root, home)
    with duckdb.connect(str(home / "warehouse.duckdb")) as db:
        db.execute("UPDATE ops.schema_version SET version = 'older'")
        db.execute("ALTER TABLE source.csms DROP COLUMN region")
        db.execute("DROP TABLE source.case_studies")
    before = _files(home)
    for arguments in (["calls", "list"], ["doctor"], *_of_the_data(finished)):
        done = forks.run(home, arguments, read_only=True)
        assert done.status == 0, (arguments, done.said)
        assert "is of another version of cs-assets and cannot be brought up to date" in done.said
        assert "make it writable" in done.said
    done = forks.run(home, ["route"], read_only=True)
    assert (done.status, "cannot be written" in done.last_line) == (1, True), done.said
    assert _files(home) == before


def test_a_mistyped_home_is_no_new_installation(forks: Commands, tmp_path: Path) -> None:
    home = tmp_path / "tpyo"
    for arguments in NOWHERE:
        done = forks.run(home, arguments)
        assert done.status == 2, (arguments, done.said)
        assert f"in {home}: name " in done.said, (arguments, done.said)
        assert len(done.said.splitlines()) == 1, (arguments, done.said)
    assert not home.exists()


def test_a_full_disk_breaks_nothing(finished: Finished, forks: Commands, tell: Tell) -> None:
    if shutil.which("cc") is None or sys.platform != "linux":
        pytest.skip("a full disk is made by a preloaded library: Linux and a C compiler (cc)")
    figure = full_disk_of_resend(forks, finished.home.root, each=3)
    tell(figure)
    assert figure.passed, figure.line()


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


def _files(folder: Path) -> dict[str, tuple[int, int]]:
    return {
        str(path.relative_to(folder)): (path.stat().st_mtime_ns, path.stat().st_size)
        for path in folder.rglob("*")
    }
