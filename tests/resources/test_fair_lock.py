"""The lock serves processes in order, survives killed owners and gives up in time."""

import multiprocessing
import os
import signal
import time
from pathlib import Path

import pytest

from cs_assets.errors import Unavailable
from resources.duckdb.fair_lock import fair_lock

spawn = multiprocessing.get_context("spawn")


def _hold(folder: Path, held, release) -> None:
    with fair_lock(folder, label="holder", timeout=30):
        held.set()
        release.wait(30)


def _take_turn(folder: Path, number: int, order) -> None:
    with fair_lock(folder, label=f"worker {number}", timeout=60):
        order.append(number)
        time.sleep(0.02)


def _increment(folder: Path, counter: Path, times: int) -> None:
    for _ in range(times):
        with fair_lock(folder, label="adder", timeout=60):
            counter.write_text(str(int(counter.read_text()) + 1))


def test_waiters_are_served_in_the_order_in_which_they_came(tmp_path):
    held, release = spawn.Event(), spawn.Event()
    holder = spawn.Process(target=_hold, args=(tmp_path, held, release))
    holder.start()
    assert held.wait(30)
    with spawn.Manager() as manager:
        order = manager.list()
        waiters = []
        for number in range(4):
            waiter = spawn.Process(target=_take_turn, args=(tmp_path, number, order))
            waiter.start()
            waiters.append(waiter)
            while len(list(tmp_path.glob("*.ticket"))) < number + 2:
                time.sleep(0.01)
        release.set()
        for process in [holder, *waiters]:
            process.join(60)
        assert list(order) == [0, 1, 2, 3]


def test_no_two_processes_hold_it_together(tmp_path):
    counter = tmp_path / "count"
    counter.write_text("0")
    lock = tmp_path / "turns"
    workers = [spawn.Process(target=_increment, args=(lock, counter, 25)) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(60)
    assert counter.read_text() == "100"


def test_a_killed_owner_does_not_block_the_next(tmp_path):
    held, release = spawn.Event(), spawn.Event()
    holder = spawn.Process(target=_hold, args=(tmp_path, held, release))
    holder.start()
    assert held.wait(30)
    os.kill(holder.pid, signal.SIGKILL)
    holder.join(10)
    with fair_lock(tmp_path, label="next", timeout=5):
        pass
    assert not list(tmp_path.glob("*.ticket"))


def test_waiting_in_vain_names_the_holder(tmp_path):
    with (
        fair_lock(tmp_path, label="weekly_reports", timeout=5),
        pytest.raises(Unavailable, match=r"in use by weekly_reports \(process \d+\)"),
        fair_lock(tmp_path, label="second", timeout=0.05),
    ):
        pass
    with fair_lock(tmp_path, label="third", timeout=1):
        pass
