"""Who reads beside writers waits for none of them, and sees whole sessions only."""

import contextlib
import datetime as dt
import multiprocessing
import os
import signal
import threading
from pathlib import Path

import pandas as pd
import pytest

from cs_assets.errors import Unavailable
from resources.duckdb import sessions, snapshots
from resources.duckdb.snapshots import ReadBesideWriters, settled_at, version
from tests.waiting import PATIENCE, exit_status, until

fork = multiprocessing.get_context("fork")


@pytest.fixture
def path(warehouse) -> Path:
    with warehouse.session() as db:
        db.append("source.csms", _csms("Ann"))
    return Path(warehouse.path)


def _csms(*names: str) -> pd.DataFrame:
    return pd.DataFrame({"csm_id": names, "csm_name": names, "csm_email": "a@x", "region": "EU"})


def _names(path: Path, wait_seconds: float = 0.2) -> list[str]:
    with ReadBesideWriters(str(path), wait_seconds).reading("test") as db:
        return sorted(db.query("reviews/csms")["csm_name"])


def test_a_reader_does_not_wait_for_a_writer_and_sees_what_is_finished(path, warehouse):
    held, release = threading.Event(), threading.Event()

    def write() -> None:
        with warehouse.session() as db:
            db.append("source.csms", _csms("Bea"))
            held.set()
            release.wait(PATIENCE)

    writer = threading.Thread(target=write)
    writer.start()
    held.wait(PATIENCE)
    assert _names(path) == ["Ann"]
    release.set()
    writer.join(PATIENCE)
    assert _names(path) == ["Ann", "Bea"]


def test_a_version_changes_with_a_session_that_writes_and_with_no_other(path, warehouse):
    before = version(path)
    assert _names(path) == ["Ann"]
    with warehouse.reading() as db:
        assert len(db.query("reviews/csms")) == 1
    assert version(path) == before
    with warehouse.session() as db:
        db.append("source.csms", _csms("Bea"))
        assert version(path) == before
    assert version(path) != before
    assert version(path.with_name("none")) is None


def test_within_a_session_of_the_same_thread_its_own_rows_are_read(path, warehouse):
    with warehouse.session() as db:
        db.append("source.csms", _csms("Bea"))
        assert _names(path) == ["Ann", "Bea"]


def test_what_was_decided_before_a_moment_is_seen_after_it(path, warehouse):
    long_ago = dt.datetime.now(dt.UTC).timestamp() - 100
    os.utime(path, (long_ago, long_ago))
    assert settled_at(path).replace(tzinfo=dt.UTC).timestamp() > long_ago + 90
    with warehouse.session():  # what it decides is seen once it has ended
        assert settled_at(path).replace(tzinfo=dt.UTC).timestamp() == pytest.approx(long_ago)


def _write_and_die(path: Path) -> None:
    with sessions.writing(str(path), "killed", PATIENCE) as db:
        db.append("source.csms", _csms("Bea"))
        os.kill(os.getpid(), signal.SIGKILL)


def test_what_a_killed_process_had_written_is_read(path):
    assert _names(path) == ["Ann"]
    dying = fork.Process(target=_write_and_die, args=(path,))
    dying.start()
    dying.join(PATIENCE)
    assert path.with_name(f"{path.name}.wal").exists()
    assert _names(path, PATIENCE) == ["Ann", "Bea"]


def _no_room(*_: object) -> int:
    raise OSError(28, "No space left on device")


@pytest.mark.parametrize(
    ("where", "name", "instead"),
    [(snapshots, "LARGEST", 1000), (snapshots, "_OPEN", "/none"),
     (os, "copy_file_range", _no_room)],
)  # fmt: skip
def test_where_no_copy_can_be_made_it_is_read_in_turn(path, monkeypatch, where, name, instead):
    monkeypatch.setattr(where, name, instead)
    assert _names(path, PATIENCE) == ["Ann"]
    with sessions.writing(str(path), "holder", 1), pytest.raises(Unavailable, match="holder"):
        _in_another_thread(lambda: _names(path))  # a thread's own session it would read in


def _in_another_thread(do) -> None:
    failed: list[BaseException] = []

    def run() -> None:
        try:
            do()
        except BaseException as error:
            failed.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    thread.join(PATIENCE)
    if failed:
        raise failed[0]


def test_a_file_of_another_version_is_brought_up_to_date_first(path, warehouse):
    with warehouse.session() as db:
        db._connection.execute("ALTER TABLE source.csms DROP COLUMN region")
        db._connection.execute("UPDATE ops.schema_version SET version = 'older'")
    assert _names(path, PATIENCE) == ["Ann"]
    assert _names(path) == ["Ann"]


def test_a_damaged_file_is_named_and_not_its_copy(path):
    path.write_bytes(b"x" * 20_000)
    with pytest.raises(Unavailable, match=f"{path.name} cannot be read.*put a copy"):
        _names(path)


def test_who_always_writes_is_waited_for(path, monkeypatch):
    monkeypatch.setattr(snapshots, "_LOOKS", 2)
    begun, over = threading.Event(), threading.Event()

    def touch() -> None:
        with sessions.writing(str(path), "busy", PATIENCE):
            while not over.wait(0.001):
                os.utime(path)
                begun.set()

    busy = threading.Thread(target=touch)
    busy.start()
    begun.wait(PATIENCE)
    threading.Timer(0.3, over.set).start()
    assert _names(path, PATIENCE) == ["Ann"]
    assert over.is_set()
    busy.join(PATIENCE)


def test_copies_leave_no_name_and_no_open_file(path, warehouse):
    _names(path)
    before = _open_copies()
    for number in range(4):
        with warehouse.session() as db:
            db.append("source.csms", _csms(f"{number}"))
        assert len(_names(path)) == number + 2
    assert _open_copies() <= before + 1
    assert sorted(one.name for one in path.parent.iterdir() if one.name.startswith(".")) == []


def test_a_copy_stays_until_its_last_reader_has_left(path, warehouse):
    def write() -> None:
        with warehouse.session() as db:
            db.append("source.csms", _csms("Bea"))

    with ReadBesideWriters(str(path)).reading("long") as db:
        _in_another_thread(write)
        assert _names(path) == ["Ann", "Bea"]
        assert list(db.query("reviews/csms")["csm_name"]) == ["Ann"]


def test_a_forked_child_makes_copies_of_its_own(path):
    assert _names(path) == ["Ann"]
    child = os.fork()
    if not child:
        with contextlib.suppress(BaseException):
            os._exit(0 if _names(path) == ["Ann"] else 1)
        os._exit(1)
    assert exit_status(child) == 0


def _write_pairs(path: Path, count: int) -> None:
    """Sessions that add rows and say in the same transaction how many there are."""
    for number in range(count):
        with sessions.writing(str(path), "pairs", PATIENCE) as db:
            run = db._connection.execute
            run("BEGIN")
            run("CREATE TABLE IF NOT EXISTS many (number INT, text VARCHAR)")
            run("CREATE OR REPLACE TABLE told AS SELECT 0 AS rows")
            run("DELETE FROM many WHERE random() < 0.3")
            added = (1, 30_000, 300)[number % 3]
            run(f"INSERT INTO many SELECT {number}, md5(range::VARCHAR) FROM range({added})")
            run("UPDATE told SET rows = (SELECT COUNT(*) FROM many)")
            run("COMMIT")


def test_every_copy_is_of_whole_sessions(path):
    with sessions.writing(str(path), "first", PATIENCE) as db:
        db._connection.execute("CREATE TABLE many (number INT, text VARCHAR)")
        db._connection.execute("CREATE TABLE told AS SELECT 0 AS rows")
    writers = [fork.Process(target=_write_pairs, args=(path, 6)) for _ in range(2)]
    for one in writers:
        one.start()
    seen = set()
    while any(one.is_alive() for one in writers):
        with ReadBesideWriters(str(path), PATIENCE).versioned("test") as (db, of):
            rows, length = db._connection.execute(
                "SELECT COUNT(*), SUM(LENGTH(text)) FROM many"
            ).fetchone()
            assert (rows, length or 0) == (_one(db, "SELECT rows FROM told"), 32 * rows)
            seen.add(of)
    assert [one.exitcode for one in writers] == [0, 0]
    assert len(seen) > 2


def _one(db, text: str) -> int:
    return db._connection.execute(text).fetchone()[0]


def _open_copies() -> int:
    """Files without a name that this process has open, and that were warehouses."""
    links = []
    for one in Path("/proc/self/fd").iterdir():
        with contextlib.suppress(OSError):
            links.append(os.readlink(one))
    return sum("warehouse" in one and one.endswith("(deleted)") for one in links)


def test_a_copy_goes_by_itself_where_nobody_asks_again(path, monkeypatch):
    monkeypatch.setattr(snapshots, "_kept", snapshots._Kept())
    monkeypatch.setattr(snapshots, "_STAYS_SECONDS", 0.2)
    before = _open_copies()
    assert _names(path) == ["Ann"]
    assert _open_copies() > before
    until(lambda: _open_copies() == before, "the copy is gone", 30)
    assert _names(path) == ["Ann"]
