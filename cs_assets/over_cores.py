"""Work that needs nothing but a processor, shared with the other cores of this machine.

A child is a fork: it has all that this process has read and loaded, at no cost. It asks nothing of
a warehouse, a network or a log, and sends back what it made. What a child could not make, for
whatever reason, this process makes itself.
"""

import contextlib
import multiprocessing
import os
import pickle
import signal
import sys
import tempfile
import warnings
from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import BinaryIO, Generic, NoReturn, TypeVar

from cs_assets.collector import collector_spared

#: How long a child's share is waited for when one's own is made, and the end of one that is killed.
_LONGEST_SECONDS, _KILLED_SECONDS = 600.0, 10.0

Item = TypeVar("Item")
Made = TypeVar("Made")


def over_cores(make: Callable[[Item], Made], items: Sequence[Item], least: int) -> list[Made]:
    """``make`` of every item, in their order; a core is worth so many items at ``least``.

    ``make`` changes nothing but what it gives. Elsewhere than on Linux nothing is shared: system
    libraries of others do not survive a fork.
    """
    cores = len(os.sched_getaffinity(0)) if sys.platform == "linux" else 1
    workers = max(1, min(cores, len(items) // least))
    bounds = [len(items) * number // workers for number in range(workers + 1)]
    mine, *others = (items[a:b] for a, b in pairwise(bounds))
    with collector_spared(), contextlib.ExitStack() as ended:
        files = [ended.enter_context(tempfile.TemporaryFile()) for _ in others]
        children = [
            ended.enter_context(_Child(make, *one)) for one in zip(others, files, strict=True)
        ]
        made = [make(item) for item in mine]
        for child in children:
            made += child.made()
    return made


class _Child(Generic[Item, Made]):
    """A process that makes a share of the items; it is gone when the block ends."""

    def __init__(self, make: Callable[[Item], Made], share: Sequence[Item], file: BinaryIO) -> None:
        self._make, self._share, self._file = make, share, file
        self._process = multiprocessing.get_context("fork").Process(target=self._work)

    def __enter__(self) -> "_Child[Item, Made]":
        with warnings.catch_warnings():  # of threads, which the child has no use for
            warnings.simplefilter("ignore", DeprecationWarning)
            self._process.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self._process.join(_KILLED_SECONDS)

    def made(self) -> list[Made]:
        self._process.join(_LONGEST_SECONDS)
        if self._process.exitcode != 0:
            return [self._make(item) for item in self._share]
        self._file.seek(0)
        found: list[Made] = pickle.load(self._file)  # noqa: S301 - of our own child
        return found

    def _work(self) -> NoReturn:
        """In the child: make, send back, and end without any of the parent's last deeds."""
        try:
            signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent ends it
            signal.signal(signal.SIGTERM, signal.SIG_DFL)
            pickle.dump([self._make(item) for item in self._share], self._file, protocol=5)
            self._file.flush()
            os._exit(0)
        except BaseException:
            os._exit(1)
