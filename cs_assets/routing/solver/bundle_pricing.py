"""The cheapest sets of accounts for one CSM at given prices of the accounts, found exactly.

The pricing problem of column generation (Dantzig and Wolfe 1960): all bundles S with

    cost_j(S) - sum over S of price_i < limit

where cost_j(S) is what the book of CSM j deviates with S in it, plus the pair costs.
Bundles grow an account at a time, in a fixed order. What a bundle can still become is
bounded from below, and it is dropped when that bound reaches the limit:

- Dimensions whose loads are zero or one step (accounts, colours) are counted. Accounts
  that are alike in them are of one kind, so how many of each kind are added says what
  those dimensions cost, exactly; the cheapest accounts of a kind are added first.
- In the other dimensions (neediness, points, revenue) the deviation |y| is replaced by
  g y for slopes g of a grid in [-1, 1], which is never more. Any slope bounds; the best
  of the grid counts.

All numbers are whole and below 2**53, slopes are multiples of a half: no rounding.
"""

from dataclasses import dataclass
from itertools import product
from math import comb

import numpy as np
import numpy.typing as npt

from cs_assets.routing.solver.problem import Ints, Problem

Floats = npt.NDArray[np.float64]

_NEVER = float(2**50)
#: Numbers of accounts by kind that are told apart at most.
_STATES = 250
#: Bundles of one size that are grown further at most, and children looked at in one go.
_WIDTH = 20_000
_CHUNK = 100_000
#: Bundles told at most.
_KEPT = 4_000
#: Suffixes of the order for which a table is kept.
_SUFFIXES = 32
#: Slopes by number of dimensions that need them.
_SLOPES = {0: (0.0,), 1: (-1.0, -0.5, 0.0, 0.5, 1.0), 2: (-1.0, -0.5, 0.0, 0.5, 1.0)}


@dataclass(frozen=True)
class Found:
    """Bundles below the limit: ``members`` (n x longest, padded with A) and ``reduced`` costs.

    ``floor`` bounds the reduced cost of every bundle below the limit that is not among
    them; infinite when none is missing.
    """

    members: Ints
    reduced: Floats
    floor: float


@dataclass(frozen=True)
class _Level:
    """Bundles of one size that may still grow; one line a bundle."""

    members: Ints
    last: Ints
    state: Ints
    load: Floats
    pair: Floats
    used: Ints
    low: Floats

    def at(self, rows: Ints) -> "_Level":
        return _Level(
            self.members[rows], self.last[rows], self.state[rows], self.load[rows],
            self.pair[rows], self.used[rows], self.low[rows],
        )  # fmt: skip


class Pricing:
    """What pricing needs to know of a problem, once for all CSMs and prices."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        price = problem.price.astype(float)
        self.loads = problem.loads * price
        self.base = (problem.books - problem.targets) * price
        steps = problem.loads // problem.grain
        counted = (steps.max(axis=0) <= 1) & (steps.min(axis=0) >= 0)
        self.counted = counted & (problem.price > 0)
        self.sloped = np.nonzero(~counted & (problem.price > 0))[0]
        kinds, kind = np.unique(steps[:, self.counted], axis=0, return_inverse=True)
        self.kind = kind.ravel()
        self.longest = max(n for n in range(_STATES) if comb(n + len(kinds), n) <= _STATES)
        self.states = np.array(
            [q for q in product(range(self.longest + 1), repeat=len(kinds))
             if sum(q) <= self.longest]
        )  # fmt: skip
        self.code = (self.longest + 1) ** np.arange(len(kinds))
        self.state_of = np.full((self.longest + 1) ** len(kinds), -1)
        self.state_of[self.states @ self.code] = np.arange(len(self.states))
        self.sums = self._sums()
        self.kind_load = kinds * (problem.grain * price)[self.counted]
        self.state_load = self.states @ self.kind_load
        slopes = _SLOPES.get(len(self.sloped), (-1.0, 0.0, 1.0))
        self.slopes = np.array(list(product(slopes, repeat=len(self.sloped))))

    def _sums(self) -> list[tuple[Ints, Ints]]:
        """For each state: states that it can be added to, and what comes out."""
        sums = []
        for added in self.states:
            both = self.states + added
            fits = np.nonzero(both.sum(axis=1) <= self.longest)[0]
            sums.append((fits, self.state_of[both[fits] @ self.code]))
        return sums

    def cheapest(self, csm: int, prices: Floats, limit: float) -> Found:
        """Bundles for ``csm`` whose cost less the prices (A) of their members is below limit."""
        pair = self.problem.pair_cost[:, csm] - prices
        able = np.nonzero(self.problem.allowed[:, csm])[0]
        order = able[np.argsort(pair[able], kind="stable")]
        search = _Search(self, csm, order, pair[order], limit)
        members, reduced = search.run()
        floor = min(search.floor, search.longer())
        if len(reduced) > _KEPT:
            ranked = np.argsort(reduced, kind="stable")
            floor = min(floor, float(reduced[ranked[_KEPT]]))
            members, reduced = members[ranked[:_KEPT]], reduced[ranked[:_KEPT]]
        return Found(members, reduced, floor)


class _Search:
    """One CSM at given prices: the table of what can still be added, and the levels."""

    def __init__(self, pricing: Pricing, csm: int, order: Ints, pair: Floats, limit: float) -> None:
        self.pricing, self.order, self.pair, self.limit = pricing, order, pair, limit
        problem = pricing.problem
        self.base, self.room = pricing.base[csm], problem.room[csm]
        self.loads, self.uses = pricing.loads[order], problem.uses[order]
        self.kind = pricing.kind[order]
        self.slope_cost = self.loads[:, pricing.sloped] @ pricing.slopes.T + pair[:, None]
        self.width = max(1, -(-len(order) // _SUFFIXES))
        self.table = self._table()
        self.floor = float(np.inf)

    def _table(self) -> Floats:
        """By suffix of the order, state and slopes: the least that an end can cost.

        An end is a state reached by adding accounts of the suffix: the cost of what is
        counted in it, and the slope costs of what was added.
        """
        pricing = self.pricing
        kinds, slopes = len(pricing.code), len(pricing.slopes)
        cheapest = np.full((kinds, pricing.longest, slopes), _NEVER)
        suffixes = -(-len(self.order) // self.width)
        added = np.full((suffixes + 1, len(pricing.states), slopes), _NEVER)
        added[:, 0] = 0.0
        for place in reversed(range(len(self.order))):
            own = cheapest[self.kind[place]]
            with_own = np.vstack([own, self.slope_cost[place]])
            cheapest[self.kind[place]] = np.sort(with_own, axis=0)[: pricing.longest]
            if place % self.width == 0:
                total = np.zeros((kinds, pricing.longest + 1, slopes))
                np.cumsum(cheapest, axis=1, out=total[:, 1:])
                added[place // self.width] = sum(
                    total[kind, pricing.states[:, kind]] for kind in range(kinds)
                )
        end = np.abs(self.base[pricing.counted] + pricing.state_load).sum(axis=1)
        table = np.full_like(added, np.inf)
        for state, (fits, sums) in enumerate(pricing.sums):
            cost = end[sums][None, :, None] + added[:, state][:, None, :]
            table[:, fits] = np.minimum(table[:, fits], cost)
        return table

    def run(self) -> tuple[Ints, Floats]:
        """All bundles below the limit, unless ``floor`` says otherwise."""
        accounts = self.pricing.problem.size[0]
        empty = np.full((1, self.pricing.longest), accounts)
        found, reduced = [], []
        alone = float(np.abs(self.base).sum())
        if alone < self.limit:
            found, reduced = [empty], [np.array([alone])]
        low = (self.pricing.slopes @ self.base[self.pricing.sloped])[None]
        level = _Level(
            empty, np.array([-1]), np.array([0]), self.base[None], np.zeros(1),
            np.zeros((1, len(self.room)), dtype=np.int64), low,
        )  # fmt: skip
        for size in range(self.pricing.longest):
            level = self._grown(level, size)
            if not len(level.last):
                break
            cost = np.abs(level.load).sum(axis=1) + level.pair
            good = cost < self.limit
            found.append(level.members[good])
            reduced.append(cost[good])
        if not found:
            return np.empty((0, self.pricing.longest), dtype=np.int64), np.empty(0)
        return np.sort(np.concatenate(found), axis=1), np.concatenate(reduced)

    def longer(self) -> float:
        """A bound on bundles with more members than ``longest``; infinite when above limit.

        As in the table, with any number of each kind: the cheapest of a kind first, and of
        those that cannot pay for themselves no more than make the bundle too long.
        """
        pricing = self.pricing
        if len(self.order) <= pricing.longest:
            return np.inf
        counts, sums = [], []
        for kind, load in enumerate(pricing.kind_load):
            cost = np.sort(self.slope_cost[self.kind == kind], axis=0)
            pays = int((cost.min(axis=1) < load.sum()).sum())
            cost = cost[: max(pays, pricing.longest + 1)]
            counts.append(np.arange(len(cost) + 1))
            sums.append(np.vstack([np.zeros(cost.shape[1]), np.cumsum(cost, axis=0)]))
        total, number = np.zeros((1, len(pricing.slopes))), np.zeros(1)
        load = self.base[None, pricing.counted]
        for kind, count in enumerate(counts):
            total = (total[:, None] + sums[kind]).reshape(-1, total.shape[1])
            number = (number[:, None] + count).ravel()
            more = count[:, None] * pricing.kind_load[kind]
            load = (load[:, None] + more).reshape(-1, load.shape[1])
        long = number > pricing.longest
        ends = total[long] + np.abs(load[long]).sum(axis=1)[:, None]
        own = pricing.slopes @ self.base[pricing.sloped]
        bound = float((ends.min(axis=0) + own).max())
        return bound if bound < self.limit else np.inf

    def _grown(self, level: _Level, size: int) -> _Level:
        """The bundles with one account more that can still end below the limit."""
        later = len(self.order) - 1 - level.last
        parts, bounds = [], []
        chunk = np.cumsum(later) // _CHUNK
        for number in range(int(chunk[-1]) + 1):
            parents = np.nonzero(chunk == number)[0]
            part, bound = self._children(level, parents, later[parents], size)
            parts.append(part)
            bounds.append(bound)
        bound = np.concatenate(bounds)
        grown = _Level(
            *(np.concatenate(arrays) for arrays in zip(*map(_fields, parts), strict=True))
        )
        if len(bound) > _WIDTH:
            ranked = np.argsort(bound, kind="stable")
            self.floor = min(self.floor, float(bound[ranked[_WIDTH]]))
            grown = grown.at(np.sort(ranked[:_WIDTH]))
        return grown

    def _children(
        self, level: _Level, parents: Ints, later: Ints, size: int
    ) -> tuple[_Level, Floats]:
        pricing = self.pricing
        parent = np.repeat(parents, later)
        first = np.cumsum(later) - later
        account = np.arange(len(parent)) - np.repeat(first - level.last[parents] - 1, later)
        used = level.used[parent] + self.uses[account]
        fits = (used <= self.room).all(axis=1)
        parent, account, used = parent[fits], account[fits], used[fits]
        code = (pricing.states @ pricing.code)[level.state[parent]]
        state = pricing.state_of[code + pricing.code[self.kind[account]]]
        low = level.low[parent] + self.slope_cost[account]
        bound = (self.table[(account + 1) // self.width, state] + low).max(axis=1)
        kept = np.nonzero(bound < self.limit)[0]
        parent, account = parent[kept], account[kept]
        members = level.members[parent]
        members[:, size] = self.order[account]
        return _Level(
            members, account, state[kept], level.load[parent] + self.loads[account],
            level.pair[parent] + self.pair[account], used[kept], low[kept],
        ), bound[kept]  # fmt: skip


def _fields(level: _Level) -> tuple[npt.NDArray[np.generic], ...]:
    return (
        level.members, level.last, level.state, level.load, level.pair, level.used, level.low
    )  # fmt: skip
