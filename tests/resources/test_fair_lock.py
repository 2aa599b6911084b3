"""The lock serves processes in order, survives whatever ends an owner, and gives up in time."""

import errno
import multiprocessing
import os
import signal
import threading
import time
from pathlib import Path
from random import Random

import pytest

from cs_assets.errors import Unavailable
from resources.duckdb import fair_lock as module
from resources.duckdb.fair_lock import fair_lock
from tests.waiting import PATIENCE, exit_status

spawn = multiprocessing.get_context("spawn")


def _hold(path: Path, held, release) -> None:
    with fair_lock(path, label="holder", timeout=PATIENCE):
        held.set()
        release.wait(PATIENCE)


def _take_turn(path: Path, number: int, order) -> None:
    with fair_lock(path, label=f"worker {number}", timeout=PATIENCE):
        order.append(number)
        time.sleep(0.02)


def _increment(path: Path, counter: Path, times: int) -> None:
    for _ in range(times):
        with fair_lock(path, label="adder", timeout=PATIENCE):
            counter.write_text(str(int(counter.read_text()) + 1))


def _highest(path: Path) -> int:
    """The highest number that anybody holds now."""
    handle = os.open(path, os.O_RDWR)
    try:
        highest = 0
        while held := module._held_within(handle, highest + 1):
            highest = held
        return highest
    finally:
        os.close(handle)


@pytest.fixture
def lock(tmp_path: Path) -> Path:
    return tmp_path / "w.lock"


@pytest.fixture
def holder(lock: Path):
    """A process that has the turn; it is gone after the test."""
    held, release = spawn.Event(), spawn.Event()
    process = spawn.Process(target=_hold, args=(lock, held, release))
    process.start()
    assert held.wait(PATIENCE)
    process.release = release
    yield process
    if process.is_alive():  # to wake one that was killed would wait for it for ever
        release.set()
    process.join(PATIENCE)


def _can_be_had(lock: Path) -> bool:
    with fair_lock(lock, label="next", timeout=5):
        return True


def test_waiters_are_served_in_the_order_in_which_they_came(lock, holder):
    with spawn.Manager() as manager:
        order = manager.list()
        waiters = []
        for number in range(4):
            waiter = spawn.Process(target=_take_turn, args=(lock, number, order))
            waiter.start()
            waiters.append(waiter)
            until = time.monotonic() + 30
            while _highest(lock) < number + 2 and time.monotonic() < until:
                time.sleep(0.01)
        holder.release.set()
        for process in waiters:
            process.join(PATIENCE)
        assert list(order) == [0, 1, 2, 3]


def test_no_two_processes_hold_it_together(tmp_path, lock):
    counter = tmp_path / "count"
    counter.write_text("0")
    workers = [spawn.Process(target=_increment, args=(lock, counter, 25)) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(PATIENCE)
    assert counter.read_text() == "100"


def test_no_two_threads_hold_it_together(tmp_path, lock):
    counter = tmp_path / "count"
    counter.write_text("0")
    threads = [threading.Thread(target=_increment, args=(lock, counter, 25)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE)
    assert counter.read_text() == "100"


def test_a_killed_owner_does_not_block_the_next(lock, holder):
    os.kill(holder.pid, signal.SIGKILL)
    holder.join(PATIENCE)
    assert _can_be_had(lock)


def test_reading_the_file_does_not_free_it(lock, holder):
    """As a backup in the same process does: locks of a process would be gone by now."""
    with fair_lock(lock.with_name("mine"), label="me", timeout=5):
        lock.with_name("mine").read_bytes()
        with (
            pytest.raises(Unavailable),
            fair_lock(lock.with_name("mine"), label="other", timeout=0.05),
        ):
            pass


def test_a_forked_child_does_not_keep_its_parents_turn(lock):
    reading, writing = os.pipe()
    with fair_lock(lock, label="parent", timeout=5):
        child = os.fork()
        if not child:
            os.close(writing)
            os.read(reading, 1)  # lives until the test lets it go
            os._exit(0)
    os.close(reading)
    try:
        assert _can_be_had(lock)
    finally:
        os.close(writing)
        exit_status(child)


def test_waiting_in_vain_names_the_holder_and_since_when(lock):
    with (
        fair_lock(lock, label="weekly\nreports", timeout=5),
        pytest.raises(
            Unavailable,
            match=r"in use by weekly reports \(process \d+\) since 20\d\d-.* UTC \(\d s\)",
        ),
        fair_lock(lock, label="second", timeout=0.05),
    ):
        pass
    assert _can_be_had(lock)


GARBAGE = [b"", b"\x00" * 300, b"{", b"[]", b'{"label": 1, "pid": "x"}', b"\xff" * 5000, b"9" * 400]


@pytest.mark.parametrize("garbage", GARBAGE)
def test_garbage_in_its_file_is_nothing(lock, garbage):
    lock.write_bytes(garbage)
    with fair_lock(lock, label="one", timeout=5):
        lock.write_bytes(garbage)
        with (
            pytest.raises(Unavailable, match="in use by another process; try again"),
            fair_lock(lock, label="two", timeout=0.02),
        ):
            pass
    assert _can_be_had(lock)


def test_the_note_of_a_killed_holder_is_not_believed(lock, holder, monkeypatch):
    os.kill(holder.pid, signal.SIGKILL)
    holder.join(PATIENCE)
    monkeypatch.setattr(module, "_write_note", lambda handle, label: None)  # a disk that is full
    with (
        fair_lock(lock, label="one", timeout=5),
        pytest.raises(Unavailable, match="in use by another process"),
        fair_lock(lock, label="two", timeout=0.02),
    ):
        pass


def test_a_full_disk_does_not_matter_once_the_file_is_there(lock, monkeypatch):
    assert _can_be_had(lock)

    def refuse(*_: object) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(module.os, "pwrite", refuse)
    assert _can_be_had(lock)


def test_it_leaves_no_more_than_one_small_file(lock):
    for _ in range(50):
        assert _can_be_had(lock)
    assert [path.name for path in lock.parent.iterdir()] == ["w.lock"]
    assert lock.stat().st_size == 256
    assert lock.stat().st_mode & 0o777 == 0o600


def test_without_locks_of_open_files_it_still_excludes_and_is_bounded(tmp_path, lock, monkeypatch):
    monkeypatch.setattr(module, "_SET", None)
    test_no_two_threads_hold_it_together(tmp_path, lock)
    with (
        fair_lock(lock, label="one", timeout=5),
        pytest.raises(Unavailable, match="in use by one"),
        fair_lock(lock, label="two", timeout=0.02),
    ):
        pass


def _turns_for_ever(path: Path) -> None:
    while True:
        with fair_lock(path, label="busy", timeout=PATIENCE):
            pass


def test_kills_at_any_instruction_leave_nothing_behind(lock):
    random = Random(4)
    for _ in range(40):
        children = []
        for _ in range(2):
            child = os.fork()
            if not child:
                _turns_for_ever(lock)
            children.append(child)
        time.sleep(random.uniform(0.001, 0.02))
        for child in children:
            os.kill(child, signal.SIGKILL)
            exit_status(child)
        assert _can_be_had(lock)
