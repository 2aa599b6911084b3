"""Problems by whole bundles: what a CSM gets is one choice, priced exactly.

Where books are nearly empty each CSM gets a handful of accounts, and the linear
programme of single pairs is weak: it gives everybody a fraction of everything. Here the
columns are bundles (sets of accounts for one CSM), as in Dantzig and Wolfe 1960. Pricing
the accounts (pi) leaves one choice a CSM:

    bound(pi) = sum_i pi_i + sum_j min over bundles S of (cost_j(S) - sum of pi over S)

`bundle_pricing` finds those minima exactly. Prices climb by column generation, kept in a
box around the best ones (boxstep: Marsten, Hogan and Blankenship 1975). Bundles that cost
more than the gap at good prices cannot be part of anything better than the best known
assignment; the others make a set-partitioning programme. A narrow choice of them gives
better assignments in no time; all of them, when they are few, close the gap.
"""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import pulp
import scipy  # loaded when used

from cs_assets.routing.solver import highs
from cs_assets.routing.solver.bound import Dual
from cs_assets.routing.solver.bundle_pricing import Floats, Pricing
from cs_assets.routing.solver.problem import COST_UNIT, Bools, Ints, Problem
from cs_assets.routing.solver.work import Work

#: Softness of the minima while prices climb, in units of cost.
_TEMPERATURES = (0.1, 0.05, 0.03, 0.02, 0.01, 0.005, 0.003, 0.001)
#: Bundles within so many temperatures of the cheapest join the pool.
_SLACK = 5.0
#: Accounts in all and for each CSM up to which bundles can be priced exactly in time.
_ACCOUNTS = 100
_EACH = 3.2
#: Columns of the narrow programme, and up to which the whole one is worth a try.
_NARROW = 2_500
_COLUMNS = 40_000
#: Units of work of pricing one CSM, beside what it finds.
_A_PRICING = 1_000_000.0


@dataclass
class Closed:
    """A proven bound, the best assignment among the bundles (None: none better), how it went."""

    bound: int
    owners: Ints | None
    cost: int
    cut_short: bool = False
    steps: list[str] = field(default_factory=list)


def applies(problem: Problem) -> bool:
    """Books get so few accounts, priced by targets, that bundles of them can be listed."""
    if problem.steps is not None:
        return False
    open_to = int(problem.allowed.any(axis=0).sum())
    few = problem.size[0] <= min(_ACCOUNTS, _EACH * open_to)
    counted = (problem.loads <= problem.grain).all(axis=0) & (problem.price > 0)
    return few and bool((problem.loads >= 0).all() and counted.any())


def close(
    problem: Problem,
    dual: Dual,
    known: Sequence[Ints],
    *,
    nodes: int,
    work: Work,
) -> Closed:
    """Bound the problem by bundles and look for anything cheaper than the ``known`` owners.

    It takes from ``work``; ``nodes`` limits each search tree.
    """
    return _Close(problem, dual, known, nodes, work).run()


class _Pool:
    """Bundles found so far, by CSM: members (n x longest, padded with A), CSM and cost."""

    def __init__(self, problem: Problem, longest: int) -> None:
        self.problem, self.longest = problem, longest
        own = np.abs(problem.books - problem.targets) @ problem.price
        self.csm = np.arange(problem.size[1])
        self.members = np.full((problem.size[1], longest), problem.size[0])
        self.cost = own.astype(float)

    def add(self, csm: Ints, members: Ints, cost: Floats) -> None:
        """Add bundles (members sorted in each line); those known already stay once."""
        lines = np.column_stack(
            (np.append(self.csm, csm), np.concatenate([self.members, members]))
        ).astype(np.int32)
        _, first = np.unique(lines, axis=0, return_index=True)
        self.csm, self.members = lines[first, 0].astype(int), lines[first, 1:].astype(int)
        self.cost = np.append(self.cost, cost)[first]

    def add_books(self, owners: Ints) -> None:
        """Add the bundles that an assignment is made of, where they are not too long."""
        problem = self.problem
        load = problem.books - problem.targets
        np.add.at(load, owners, problem.loads)
        cost = (np.abs(load) @ problem.price).astype(float)
        np.add.at(cost, owners, problem.pair_cost[np.arange(len(owners)), owners])
        counts = np.bincount(owners, minlength=problem.size[1])
        csms = np.nonzero((counts > 0) & (counts <= self.longest))[0]
        members = np.full((len(csms), self.longest), problem.size[0])
        for line, csm in enumerate(csms):
            members[line, : counts[csm]] = np.nonzero(owners == csm)[0]
        self.add(csms, members, cost[csms])

    def reduced(self, prices: Floats) -> Floats:
        """Cost of each bundle less the prices of its members."""
        padded = np.append(prices, 0.0)
        return self.cost - padded[self.members].sum(axis=1)

    def least(self, reduced: Floats) -> Floats:
        """The smallest of each CSM; the empty bundle is always there."""
        starts = np.searchsorted(self.csm, np.arange(self.problem.size[1]))
        return np.minimum.reduceat(reduced, starts)

    def books_of(self, owners: Ints) -> Bools:
        """Which bundles the assignment is made of."""
        owner = np.append(owners, -1)[self.members]
        inside = self.members < self.problem.size[0]
        own = ((owner == self.csm[:, None]) | ~inside).all(axis=1)
        counts = np.bincount(owners, minlength=self.problem.size[1])
        return own & (inside.sum(axis=1) == counts[self.csm])


@dataclass(frozen=True)
class _Priced:
    """The bound at some prices; ``everything`` when no bundle within the slack is missing."""

    value: float
    everything: bool


class _Close:
    """One closing: prices climb, then a narrow and a whole choice of bundles."""

    def __init__(
        self,
        problem: Problem,
        dual: Dual,
        known: Sequence[Ints],
        nodes: int,
        work: Work,
    ) -> None:
        self.problem, self.nodes, self.work = problem, nodes, work
        self.pricing = Pricing(problem)
        self.pool = _Pool(problem, self.pricing.longest)
        for owners in known:
            self.pool.add_books(owners)
        self.best = min(known, key=problem.cost)
        self.out = Closed(0, None, problem.cost(self.best))
        _, _, multipliers = dual.ascend()
        self.prices = dual.account_prices(multipliers).astype(float)
        self.value = -np.inf

    def run(self) -> Closed:
        self._climb()
        if self._over():
            return self.out
        self._narrow()
        if not self._over():
            self._whole()
        return self.out

    def _over(self, units: float = 0.0) -> bool:
        over = self.work.over(units)
        self.out.cut_short |= self.work.caught
        return over or self.out.bound >= self.out.cost

    def _note(self, what: str) -> None:
        self.out.steps.append(f"{what}: cost {self.out.cost}, bound {self.out.bound}")

    def _climb(self) -> None:
        """Raise the bound by better prices; what pricing finds joins the pool."""
        radius, trial = 1.0, self.prices
        for temperature in _TEMPERATURES:
            priced = self._price(trial, _SLACK * temperature * COST_UNIT)
            if priced is None:
                return
            if priced.value > self.value:
                self.value, self.prices, radius = priced.value, trial, radius * 1.5
            else:
                radius *= 0.5
            self.out.bound = max(self.out.bound, min(int(self.value), self.out.cost))
            self._note(f"{len(self.pool.cost)} bundles")
            trial = np.rint(self._ascend(temperature, radius))

    def _price(self, prices: Floats, slack: float) -> "_Priced | None":
        """Price every CSM; all bundles within ``slack`` of the cheapest join the pool.

        None when the work ended before all CSMs were priced.
        """
        least = self.pool.least(self.pool.reduced(prices))
        csms, members, costs, everything = [], [], [], True
        units = 0.0
        for csm in np.nonzero(self.problem.allowed.any(axis=0))[0]:
            if self._over(_A_PRICING + units):
                return None
            found = self.pricing.cheapest(int(csm), prices, least[csm] + slack)
            least[csm] = min(least[csm], found.floor, found.reduced.min(initial=np.inf))
            everything = everything and found.floor == np.inf
            units = 50.0 * found.members.size
            csms.append(np.full(len(found.reduced), csm))
            members.append(found.members)
            costs.append(found.reduced + np.append(prices, 0.0)[found.members].sum(axis=1))
        self.pool.add(np.concatenate(csms), np.concatenate(members), np.concatenate(costs))
        return _Priced(float(prices.sum() + least.sum()), everything)

    def _ascend(self, temperature: float, radius: float) -> Floats:
        """Better prices for the bundles in the pool, minima smoothed, inside a box."""
        pool, unit = self.pool, float(COST_UNIT)
        reduced = pool.reduced(self.prices)
        near = reduced - pool.least(reduced)[pool.csm] < (2 * radius + 20 * temperature) * unit
        members, csm, cost = pool.members[near], pool.csm[near], pool.cost[near] / unit
        starts = np.searchsorted(csm, np.arange(self.problem.size[1]))
        size = self.problem.size[0]

        def value(at: Floats) -> tuple[float, Floats]:
            padded = np.append(at, 0.0)
            line = cost - padded[members].sum(axis=1)
            least = np.minimum.reduceat(line, starts)
            weight = np.exp((least[csm] - line) / temperature)
            total = np.add.reduceat(weight, starts)
            weight /= total[csm]
            taken = np.bincount(members.ravel(), np.repeat(weight, members.shape[1]), size + 1)
            smooth = at.sum() + (least - temperature * np.log(total)).sum()
            return -float(smooth), np.asarray(taken[:size] - 1.0, dtype=float)

        start = self.prices / unit
        found = scipy.optimize.minimize(
            value,
            start,
            jac=True,
            method="L-BFGS-B",
            bounds=list(zip(start - radius, start + radius, strict=True)),
            options={"maxfun": 60, "maxiter": 60, "maxcor": 30},
        )
        return np.asarray(found.x * unit)

    def _extra(self) -> Floats:
        """What each bundle costs more than the cheapest of its CSM."""
        reduced = self.pool.reduced(self.prices)
        return reduced - self.pool.least(reduced)[self.pool.csm]

    def _narrow(self) -> None:
        """The best of the cheapest bundles and those of known assignments."""
        if self._price(self.prices, min(self.out.cost - self.value, 0.3 * COST_UNIT)) is None:
            return
        extra = self._extra()
        chosen = self.pool.books_of(self.best)
        chosen[np.argsort(extra, kind="stable")[:_NARROW]] = True
        self._partition(chosen)
        self._note(f"best of {chosen.sum()} bundles")

    def _whole(self) -> None:
        """All bundles that something better than the best can hold, when they are few."""
        gap = self.out.cost - self.value
        priced = self._price(self.prices, gap)
        if priced is None or not priced.everything:
            return
        chosen = self._extra() < gap
        self._note(f"{chosen.sum()} bundles left")
        if chosen.sum() <= _COLUMNS:
            proven = self._partition(chosen | self.pool.books_of(self.best))
            self.out.bound = max(self.out.bound, min(proven, self.out.cost))
            self._note("all bundles left")

    def _partition(self, chosen: Bools) -> int:
        """The cheapest choice among the bundles, each account in exactly one.

        Keeps what is better than the best; returns the bound for these bundles.
        """
        pool, (accounts, csms) = self.pool, self.problem.size
        members, csm = pool.members[chosen], pool.csm[chosen]
        unit = highs.unit_of(self.out.cost)
        programme, takes = _programme(members, csm, pool.cost[chosen] / unit, accounts, csms)
        answer = highs.solve(
            programme,
            takes,
            integer=True,
            work=self.work,
            nodes=self.nodes,
            start=pool.books_of(self.best)[chosen].astype(float),
        )
        self.out.cut_short |= answer.stopped_by_clock
        if answer.values is not None:
            owners = np.full(accounts + 1, -1)
            for k in np.nonzero(answer.values > 0.5)[0]:
                owners[members[k]] = csm[k]
            self._offer(owners[:accounts])
        if not np.isfinite(answer.bound):
            return 0
        return int((answer.bound - highs.slack(abs(answer.bound))) * unit)

    def _offer(self, owners: Ints) -> None:
        """Keep an assignment that is better than the best."""
        if (owners < 0).any() or not self.problem.keeps_rules(owners):
            return
        cost = self.problem.cost(owners)
        if cost < self.out.cost:
            self.best, self.out.owners, self.out.cost = owners, owners, cost


def _programme(
    members: Ints, csm: Ints, costs: Floats, accounts: int, csms: int
) -> tuple[pulp.LpProblem, list[pulp.LpVariable]]:
    """One 0/1 column a bundle; each account in exactly one, each CSM exactly one."""
    programme = pulp.LpProblem("bundles", pulp.LpMinimize)
    takes = [programme.add_variable(f"b{k}", 0, 1, pulp.LpInteger) for k in range(len(csm))]
    programme.setObjective(pulp.LpAffineExpression(zip(takes, costs.tolist(), strict=True)))
    row = np.column_stack([members, csm + accounts + 1]).ravel()
    column = np.repeat(np.arange(len(csm)), members.shape[1] + 1)
    order = np.argsort(row, kind="stable")
    starts = np.searchsorted(row[order], np.arange(accounts + csms + 2))
    at = np.array(takes, dtype=object)[column[order]]
    for number, (begin, end) in enumerate(itertools.pairwise(starts)):
        if number != accounts:  # the padding of short bundles
            line = pulp.LpAffineExpression((take, 1) for take in at[begin:end])
            programme.addConstraint(pulp.LpConstraint(line, pulp.LpConstraintEQ, f"r{number}", 1))
    return programme, takes
