"""Work shared with children: in order, whatever becomes of one, and with nothing left behind."""

import multiprocessing
import os
import signal
import sys

import pytest

from cs_assets.over_cores import over_cores


@pytest.fixture(autouse=True)
def three_cores(monkeypatch):
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {0, 1, 2}, raising=False)


def children() -> set[int | None]:
    """Processes that this one has begun and not waited for; other tests have theirs."""
    return {one.pid for one in multiprocessing.active_children()}


def test_items_are_made_in_order_by_as_many_processes_as_they_are_worth():
    before = children()
    made = over_cores(lambda item: (item, os.getpid()), range(10), least=3)
    assert [item for item, _ in made] == list(range(10))
    assert len({pid for _, pid in made}) == (3 if sys.platform == "linux" else 1)
    assert {pid for _, pid in over_cores(lambda i: (i, os.getpid()), range(5), 3)} == {os.getpid()}
    assert over_cores(str, [], 3) == []
    assert children() <= before


def test_what_a_child_cannot_make_is_made_here_and_its_error_is_raised_here():
    before = children()
    parent = os.getpid()

    def make(item: int) -> int:
        if item == 9 and os.getpid() != parent:
            os.kill(os.getpid(), signal.SIGKILL)
        return item * 2

    assert over_cores(make, range(10), 2) == [2 * item for item in range(10)]
    with pytest.raises(ZeroDivisionError):
        over_cores(lambda item: 1 // (item - 9), range(10), 2)
    with pytest.raises(ZeroDivisionError):  # while children are at work
        over_cores(lambda item: 1 // item, range(10), 2)
    assert children() <= before
