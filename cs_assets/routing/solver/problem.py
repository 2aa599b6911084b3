"""The routing problem in whole numbers: what a solver sees and a checker can verify exactly.

Account i adds ``loads[i, d]`` to dimension d of the book of its one CSM j, who has
``books[j, d]`` and should have ``targets[j, d]``. The cost to be made small is

    sum over j, d of price[d] * | books[j, d] + sum of loads of j's accounts - targets[j, d] |
    + sum over i of pair_cost[i, owner of i]

with ``uses[i, k]`` of ``room[j, k]`` as hard caps and ``allowed`` as hard pairs. All
arrays are int64, so that costs are exact, sums never depend on their order, and
terms of an explanation add up to the last digit.
"""

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]

#: Cost of one average account too many at weight one.
COST_UNIT = 1_000_000_000


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
        load = self.books - self.targets
        load = load.copy()
        np.add.at(load, owners, self.loads)
        pairs = self.pair_cost[np.arange(len(owners)), owners].sum()
        return int((np.abs(load) @ self.price).sum() + pairs)

    def keeps_rules(self, owners: Ints) -> bool:
        """Every account at an allowed CSM, no cap exceeded."""
        if not self.allowed[np.arange(len(owners)), owners].all():
            return False
        used = np.zeros_like(self.room)
        np.add.at(used, owners, self.uses)
        return bool((used <= self.room).all())
