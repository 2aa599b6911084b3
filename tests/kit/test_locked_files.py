"""A process that is stopped with a lock in its hands keeps others waiting, but not for ever."""

import datetime as dt
import os
import signal
import sqlite3
import subprocess
import sys

import pytest

from cs_assets import disk
from cs_assets.delivery.model import Answer, Outcome, Receipt
from cs_assets.delivery.record import journal
from cs_assets.delivery.record.store import LedgerUnavailable, SqliteStore
from cs_assets.errors import Unavailable
from tests.waiting import PATIENCE

_HOLDS = """
import fcntl, sys, time
file = open(sys.argv[1], "a")
fcntl.flock(file, fcntl.LOCK_EX)
print("held", flush=True)
time.sleep(600)
"""
NOW = dt.datetime(2026, 11, 16, 9, 0)


def test_a_stopped_process_is_named_and_what_it_held_is_free_when_it_is_gone(tmp_path, monkeypatch):
    receipts = journal.Journal(tmp_path / "receipts.jsonl")
    path = receipts.file_of(NOW)
    holds = [sys.executable, "-c", _HOLDS, str(path)]
    with subprocess.Popen(holds, stdout=subprocess.PIPE) as other:
        try:
            assert other.stdout.readline() == b"held\n"  # bounded: it ends by itself
            os.kill(other.pid, signal.SIGSTOP)
            monkeypatch.setattr(journal, "_WAIT_SECONDS", 0.2)
            with pytest.raises(Unavailable, match=f"{path} is held by another process"):
                receipts.make_room(NOW)
        finally:
            other.kill()
            other.wait(PATIENCE)
    answer = Answer(Outcome.ACCEPTED, provider_message_id="1")
    receipts.append(Receipt("k", 1, "owner", "p", NOW, answer))
    assert [one.delivery_key for one in receipts.receipts()] == ["k"]


def test_a_database_that_another_process_holds_is_told_as_that(tmp_path, monkeypatch):
    monkeypatch.setenv("CS_ASSETS_HOME", str(tmp_path))
    path = tmp_path / "delivery.sqlite"
    SqliteStore(path).close()
    holder = sqlite3.connect(path, isolation_level=None)
    holder.execute("PRAGMA locking_mode = EXCLUSIVE")
    holder.execute("BEGIN EXCLUSIVE")
    with pytest.raises(LedgerUnavailable) as caught:
        SqliteStore(path, wait_seconds=0.1)
    holder.close()
    said = disk.refusal(caught.value)
    assert said is not None
    assert said.startswith(f"a file of {tmp_path} is held by another process")
    SqliteStore(path).close()
