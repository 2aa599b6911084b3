"""Reports side by side: as many at once as their writer is worth."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

Item = TypeVar("Item")
Made = TypeVar("Made")


def side_by_side(
    make: Callable[[Item], Made], items: Sequence[Item], at_once: int
) -> Iterator[Made]:
    """``make`` of every item in their order, ``at_once`` at a time (``Writer.concurrency``).

    One at a time there are no threads, and each is made when it is asked for, so that who needs
    one after the other never holds a thousand. The first error of ``make`` is raised.
    """
    if at_once == 1 or len(items) < 2:
        yield from map(make, items)
        return
    with ThreadPoolExecutor(min(at_once, len(items))) as pool:
        yield from pool.map(make, items)
