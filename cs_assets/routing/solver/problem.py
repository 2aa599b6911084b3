"""The routing problem in whole numbers: what a solver sees and a checker can verify exactly.

Account i adds ``loads[i, d]`` to dimension d of the book of its one CSM j, who has
``books[j, d]``. What a book costs is convex in what it holds, and the cost to be made small is

    sum over j, d of price[d] * shape(books[j, d] + sum of loads of j's accounts - targets[j, d])
    + sum over i of pair_cost[i, owner of i]

with ``uses[i, k]`` of ``room[j, k]`` as hard caps and ``allowed`` as hard pairs. With ``steps``
the shape is a staircase of slopes 1, 3, 5, ... that bends at each multiple of steps[j, d], so a
square in straight pieces: x^2 / step at every bend. Without, it is |x|, the deviation from a
target. All arrays are int64, so that costs are exact, sums never depend on their order, and
terms of an explanation add up to the last digit.
"""

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]

#: A cost of 1: an average account on a full book, at weight one.
COST_UNIT = 1_000_000_000


def shape(load: npt.NDArray[Any], steps: npt.NDArray[Any] | None) -> npt.NDArray[Any]:
    """What ``load`` costs at price one: |load|, or the staircase that bends at each step.

    Whole numbers stay whole and exact, as int64 or as float64 below 2**53.
    """
    if steps is None:
        return np.abs(load)
    bends = np.floor_divide(load, steps) if load.dtype == np.int64 else np.floor(load / steps)
    return load * (2 * bends + 1) - steps * bends * (bends + 1)


def shape_of(load: int, step: int | None) -> int:
    """``shape`` of one number."""
    if step is None:
        return abs(load)
    bends = load // step
    return load * (2 * bends + 1) - step * bends * (bends + 1)


@dataclass(frozen=True)
class Problem:
    """A accounts, C CSMs, D dimensions, K capped resources.

    ``grain[d]`` divides every load of dimension d: sums move in steps of it.
    """

    account_ids: tuple[str, ...]
    csm_ids: tuple[str, ...]
    dimensions: tuple[str, ...]
    resources: tuple[str, ...]
    loads: Ints  # A x D
    books: Ints  # C x D
    targets: Ints  # C x D
    price: Ints  # D
    pair_cost: Ints  # A x C
    allowed: Bools  # A x C
    uses: Ints  # A x K
    room: Ints  # C x K
    steps: Ints | None = None  # C x D
    grain: Ints = field(init=False)  # D

    def __post_init__(self) -> None:
        divisors = np.gcd.reduce(self.loads, axis=0) if len(self.loads) else np.ones(0, np.int64)
        object.__setattr__(self, "grain", np.maximum(divisors, 1))

    @property
    def size(self) -> tuple[int, int]:
        """Accounts and CSMs."""
        return self.pair_cost.shape[0], self.pair_cost.shape[1]

    def cost(self, owners: Ints) -> int:
        """Cost of the assignment ``owners`` (A indices of CSMs)."""
        pairs = self.pair_cost[np.arange(len(owners)), owners].sum()
        return int(self.book_costs(owners).sum() + pairs)

    def book_costs(self, owners: Ints) -> Ints:
        """What each book costs in each dimension with the accounts that ``owners`` give it (C x D).

        Accounts without an owner (-1) are in no book.
        """
        load = self.books - self.targets
        placed = owners >= 0
        np.add.at(load, owners[placed], self.loads[placed])
        return shape(load, self.steps) * self.price

    def keeps_rules(self, owners: Ints) -> bool:
        """Every account at an allowed CSM, no cap exceeded."""
        if not self.allowed[np.arange(len(owners)), owners].all():
            return False
        used = np.zeros_like(self.room)
        np.add.at(used, owners, self.uses)
        return bool((used <= self.room).all())
