"""Small problems by whole bundles: what a CSM gets is one choice, priced exactly.

Where books are nearly empty each CSM gets a handful of accounts, and the linear
programme of single pairs is weak: it gives everybody a fraction of everything. Here the
columns are bundles (sets of accounts for one CSM), as in Dantzig and Wolfe 1960. Pricing
the accounts (pi) leaves one choice a CSM:

    bound(pi) = sum_i pi_i + sum_j min over bundles S of (cost_j(S) - sum of pi over S)

Bundles that cost more than the gap at good prices cannot be part of anything better than
the best known assignment and go; the few left make a set-partitioning programme that
HiGHS closes. Bundles larger than those listed are bounded from below instead.
"""

from dataclasses import dataclass
from itertools import combinations
from math import comb

import numpy as np
import pulp
from scipy.optimize import minimize

from cs_assets.routing import highs
from cs_assets.routing.bound import Dual, Floats
from cs_assets.routing.problem import COST_UNIT, Ints, Problem

#: Bundles times CSMs that are listed at most: 8 bytes each.
_LISTED = 8_000_000
#: Columns up to which the set-partitioning programme is worth a try.
_COLUMNS = 30_000
_NEVER = float(2**52)


@dataclass(frozen=True)
class Closed:
    """A proven bound, and the best assignment among the bundles left (None: none better)."""

    bound: int
    owners: Ints | None
    columns: int


def size_of_bundles(problem: Problem) -> int:
    """Largest size of bundles that can be listed; 0 when even the average ones cannot."""
    accounts, csms = problem.size
    size = 0
    while size < accounts and _count(accounts, size + 1) * csms <= _LISTED:
        size += 1
    open_to = max(1, int(problem.allowed.any(axis=0).sum()))
    return size if size >= min(accounts, accounts / open_to + 1) else 0


def entries(problem: Problem) -> int:
    """Bundles times CSMs that would be listed; 0 when they are not."""
    size = size_of_bundles(problem)
    return _count(problem.size[0], size) * problem.size[1] if size else 0


def _count(accounts: int, size: int) -> int:
    return sum(comb(accounts, k) for k in range(size + 1))


def close(problem: Problem, dual: Dual, best: int, *, seconds: float, nodes: int) -> Closed | None:
    """Bound the problem by bundles and look for anything cheaper than ``best``."""
    size = size_of_bundles(problem)
    if not size:
        return None
    listed = _Listed(problem, size, dual)
    prices, bound = np.rint(listed.first_prices), 0
    for temperature in (0.05, 0.02, 0.01, 0.003):
        listed.keep_below(prices, best)
        if not listed.covers():
            return Closed(best, None, 0)
        found = np.rint(listed.ascend(prices, temperature))
        value = listed.bound(found.astype(np.int64))
        if value > bound:
            prices, bound = found, value
    bound = min(best, bound)
    listed.keep_below(prices, best)
    columns = len(listed.cost)
    if not listed.covers():
        return Closed(best, None, 0)
    if columns > _COLUMNS or bound >= best:
        return Closed(bound, None, columns)
    return listed.partition(best, bound, seconds, nodes)


class _Listed:
    """The bundles still in play, one entry for each CSM that may get it, by CSM."""

    def __init__(self, problem: Problem, size: int, dual: Dual) -> None:
        self.problem, self.size, self.dual = problem, size, dual
        _, _, found = dual.ascend(evaluations=60)
        self.nu = np.clip(found.nu, 0, dual.kinks.slope)
        linear = dual.kinks.linear + dual.steps @ self.nu.T + dual.blocked
        self.first_prices = linear.min(axis=1).astype(float)
        # Where nothing better is left the prices would climb for ever.
        self.most = 4 * float(np.abs(self.first_prices).max()) / COST_UNIT + 100.0
        accounts, csms = problem.size
        parts = [np.full((1, size), accounts)]
        for count in range(1, size + 1):
            chosen = np.array(list(combinations(range(accounts), count)), dtype=np.int64)
            parts.append(np.pad(chosen, ((0, 0), (0, size - count)), constant_values=accounts))
        self.members = np.concatenate(parts)
        price = problem.price.astype(float)
        loads = self._summed(problem.loads * price)
        uses = self._summed(problem.uses.astype(float))
        base = (problem.books - problem.targets) * price
        pair = np.where(problem.allowed, problem.pair_cost, _NEVER)
        bundles, owners, costs = [], [], []
        for csm in range(csms):
            cost = (
                np.abs(loads + base[csm]).sum(axis=1) + self._summed(pair[:, csm : csm + 1])[:, 0]
            )
            fits = (cost < _NEVER) & (uses <= problem.room[csm]).all(axis=1)
            bundles.append(np.nonzero(fits)[0])
            owners.append(np.full(len(bundles[-1]), csm))
            costs.append(cost[fits])
        self.bundle, self.csm = np.concatenate(bundles), np.concatenate(owners)
        self.cost = np.concatenate(costs)

    def _summed(self, values: Floats) -> Floats:
        """Sum of ``values`` (A x n) over each bundle's members."""
        padded = np.vstack([values, np.zeros((1, values.shape[1]))])
        total = np.zeros((len(self.members), values.shape[1]))
        for place in range(self.members.shape[1]):
            total += padded[self.members[:, place]]
        return total

    def reduced(self, prices: Floats) -> Floats:
        """Cost of each entry less the prices of its members."""
        return self.cost - self._summed(prices[:, None])[self.bundle, 0]

    def _least(self, reduced: Floats) -> Floats:
        starts = np.searchsorted(self.csm, np.arange(self.problem.size[1]))
        return np.minimum.reduceat(reduced, starts)

    def keep_below(self, prices: Floats, best: int) -> None:
        """Drop entries that no assignment cheaper than ``best`` can hold."""
        reduced = self.reduced(prices)
        least = self._least(reduced)
        everyone = np.minimum(least, self._larger(prices)[0])
        spare = best - prices.sum() - everyone.sum()
        kept = reduced - everyone[self.csm] < spare
        kept[self.members[self.bundle, 0] == self.problem.size[0]] = True  # the empty bundle
        self.bundle, self.csm, self.cost = self.bundle[kept], self.csm[kept], self.cost[kept]

    def covers(self) -> bool:
        """Every account is in some bundle left; if not, nothing better than the best is left."""
        inside = np.zeros(self.problem.size[0] + 1, dtype=bool)
        inside[self.members[self.bundle]] = True
        return bool(inside[:-1].all()) or self.size < self.problem.size[0]

    def bound(self, prices: Ints) -> int:
        """The bound at whole prices; exact, as all numbers are whole and below 2**53."""
        least = self._least(self.reduced(prices.astype(float)))
        least = np.minimum(least, np.floor(self._larger(prices.astype(float))[0]))
        return int(prices.sum()) + int(least.sum())

    def _larger(self, prices: Floats) -> tuple[Floats, Floats]:
        """For each CSM, a bound on the reduced cost of bundles with more members than listed,
        and the members (A x C) that it counts.

        At any price nu of the kinks a bundle costs at least the sum of its members' linear
        costs less the conjugate; so the smallest ``size + 1`` and all negative ones count.
        Tried are the prices of the pairs' bound, and those with some kinks fully turned:
        a large bundle is above its targets, first of all in the number of accounts.
        """
        dual, problem = self.dual, self.problem
        if self.size >= problem.size[0]:
            return np.full(problem.size[1], np.inf), np.zeros(problem.size)
        own = (np.abs(problem.targets - problem.books) @ problem.price).astype(float)
        found, inside = np.full(problem.size[1], -np.inf), np.zeros(problem.size)
        for turned in range(problem.books.shape[1] + 1):
            nu = self.nu.copy()
            nu[:, :turned] = dual.kinks.slope[:, :turned]
            linear = (dual.kinks.linear + dual.steps @ nu.T + dual.blocked).astype(float)
            reduced = linear - prices[:, None]
            fewest = np.argsort(reduced, axis=0, kind="stable")[: self.size + 1]
            counted = reduced < 0
            np.put_along_axis(counted, fewest, True, axis=0)
            conjugate = nu * dual.kinks.whole + np.maximum(0, nu - dual.kinks.last)
            value = own + (reduced * counted).sum(axis=0) - conjugate.sum(axis=1)
            better = value > found
            found[better], inside[:, better] = value[better], counted[:, better]
        return found, inside

    def ascend(self, prices: Floats, temperature: float) -> Floats:
        """Climb the bound with its minima smoothed; prices in units of cost meanwhile."""
        members = self.members[self.bundle]
        cost = self.cost / COST_UNIT
        starts = np.searchsorted(self.csm, np.arange(self.problem.size[1]))

        def value(at: Floats) -> tuple[float, Floats]:
            padded = np.append(at, 0.0)
            reduced = cost.copy()
            for place in range(members.shape[1]):
                reduced -= padded[members[:, place]]
            larger, inside = self._larger(at * COST_UNIT)
            larger /= COST_UNIT
            least = np.minimum(np.minimum.reduceat(reduced, starts), larger)
            weight = np.exp((least[self.csm] - reduced) / temperature)
            other = np.exp((least - larger) / temperature)
            total = np.add.reduceat(weight, starts) + other
            weight /= total[self.csm]
            taken = np.append(inside @ (other / total), 0.0)
            for place in range(members.shape[1]):
                taken += np.bincount(members[:, place], weight, len(padded))
            smooth = at.sum() + (least - temperature * np.log(total)).sum()
            return -float(smooth), taken[:-1] - 1

        found = minimize(
            value,
            prices / COST_UNIT,
            jac=True,
            method="L-BFGS-B",
            bounds=[(-self.most, self.most)] * len(prices),
            options={"maxfun": 40, "maxiter": 40, "maxcor": 30},
        )
        return np.asarray(found.x * COST_UNIT)

    def partition(self, best: int, bound: int, seconds: float, nodes: int) -> Closed:
        """The cheapest choice of bundles, each account in exactly one."""
        accounts, csms = self.problem.size
        programme = pulp.LpProblem("bundles", pulp.LpMinimize)
        takes = [
            programme.add_variable(f"b{k}", 0, 1, pulp.LpInteger) for k in range(len(self.cost))
        ]
        costs = (self.cost / COST_UNIT).tolist()
        programme.setObjective(pulp.LpAffineExpression(list(zip(takes, costs, strict=True))))
        rows: list[list[tuple[pulp.LpVariable, int]]] = [[] for _ in range(accounts + csms)]
        for k, (bundle, csm) in enumerate(
            zip(self.bundle.tolist(), self.csm.tolist(), strict=True)
        ):
            for account in self.members[bundle].tolist():
                if account < accounts:
                    rows[account].append((takes[k], 1))
            rows[accounts + csm].append((takes[k], 1))
        for number, terms in enumerate(rows):
            line = pulp.LpAffineExpression(terms)
            programme.addConstraint(pulp.LpConstraint(line, pulp.LpConstraintEQ, f"r{number}", 1))
        answer = highs.solve(programme, takes, integer=True, seconds=seconds, nodes=nodes)
        columns = len(takes)
        if answer.infeasible:  # nothing left is cheaper than the best known
            return Closed(best, None, columns)
        proven = int(answer.bound * COST_UNIT * (1 - 1e-9)) if np.isfinite(answer.bound) else 0
        if answer.values is None:
            return Closed(min(best, max(bound, proven)), None, columns)
        owners = np.full(accounts, -1, dtype=np.int64)
        for k in np.nonzero(answer.values > 0.5)[0].tolist():
            inside = self.members[self.bundle[k]]
            owners[inside[inside < accounts]] = self.csm[k]
        return Closed(min(best, max(bound, proven)), owners, columns)
