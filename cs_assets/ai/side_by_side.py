"""Reports side by side: as many at once as their writer is worth."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

Item = TypeVar("Item")
Made = TypeVar("Made")


def side_by_side(make: Callable[[Item], Made], items: Sequence[Item], at_once: int) -> list[Made]:
    """``make`` of every item in their order, ``at_once`` at a time (``Writer.concurrency``).

    One at a time there are no threads. The first error of ``make`` is raised.
    """
    if at_once == 1 or len(items) < 2:
        return [make(item) for item in items]
    with ThreadPoolExecutor(min(at_once, len(items))) as pool:
        return list(pool.map(make, items))
