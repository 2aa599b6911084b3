"""The ways to place the accounts and families of a batch, and the programme over some of them.

A way places one account, or one family together, at one CSM and passes the rules that stand
between them. Every account with every CSM is half a million ways where 1,200 accounts meet 360
CSMs; nearly all of them matter to nobody. So the programme begins with a few of each and takes
in those that its linear relaxation asks for (column generation; Dantzig and Wolfe 1960). A way
whose reduced cost is above the distance between the whole-numbered answer and the relaxation is
in no better answer: what is left out is left out by proof.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from cs_assets.routing.solver import highs
from cs_assets.routing.solver.problem import Bools, Ints, Problem
from cs_assets.routing.solver.work import Work

#: Placed together: the rows of a family in the batch, or one row.
Placer = tuple[int, ...]
#: So many ways go into one programme without further ado.
_AT_ONCE = 20_000
#: Ways of each placer to begin with, and how many more in a round.
_FIRST, _MORE = 12, 6
#: A reduced cost below this is one: prices are whole numbers or far larger.
_BELOW = -1e-4
_ROUNDS = 60

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Ways:
    """Ways by placer and CSM: what each costs, which rules it passes, whether intake is spared."""

    placers: Sequence[Placer]
    placer: Ints
    csm: Ints
    price: Floats
    passed: Sequence[frozenset[str]]
    spares_intake: Bools

    def of(self, placer: int) -> slice:
        """The ways of one placer: they stand together."""
        first, last = np.searchsorted(self.placer, [placer, placer + 1])
        return slice(int(first), int(last))


def listed(
    placers: Sequence[Placer],
    passed: Callable[[int], Mapping[int, frozenset[str]]],
    more_intake: Callable[[int], bool],
    weight: Mapping[str, float],
) -> Ways:
    """All ways; ``passed``: rules by CSM of a row, ``more_intake``: its intake may be passed too.

    ``weight`` is the price of passing a rule for one account.
    """
    rows: list[tuple[int, int, float, bool]] = []
    rules: list[frozenset[str]] = []
    same: dict[frozenset[str], frozenset[str]] = {}
    price = {frozenset[str](): 0.0}
    for number, placer in enumerate(placers):
        sets = [passed(i) for i in placer]
        spared = all(more_intake(i) for i in placer)
        for csm in sorted(set.intersection(*(set(one) for one in sets))):
            each = [one[csm] for one in sets]
            for found in each:
                if found not in price:
                    price[found] = sum(weight[rule] for rule in found)
            union = each[0] if len(each) == 1 else frozenset().union(*each)
            union = same.setdefault(union, union)
            cost = sum(price[found] for found in each)
            rows.append((number, csm, cost, "intake" in union))
            rules.append(union)
            if spared and "intake" not in union:
                with_it = union | {"intake"}
                rows.append((number, csm, cost + len(placer) * weight["intake"], True))
                rules.append(same.setdefault(with_it, with_it))
    table = np.array(rows, dtype=np.float64).reshape(-1, 4)
    return Ways(
        placers, table[:, 0].astype(np.int64), table[:, 1].astype(np.int64), table[:, 2], rules,
        table[:, 3] > 0,
    )  # fmt: skip


@dataclass(frozen=True)
class Chosen:
    """The answer: rows that wait, ways taken (numbers), families that are not together."""

    waits: set[int]
    ways: list[int]
    apart: set[Placer]


class Programme:
    """Every account waits or goes one way, no cap is exceeded, and the price is least.

    ``families`` are the first placers of ``ways``, the single rows of the batch the others.
    """

    def __init__(
        self, problem: Problem, ways: Ways, families: int, wait_prices: Sequence[float],
        split_price: float,
    ) -> None:  # fmt: skip
        self.problem, self.ways, self.families = problem, ways, families
        self.wait_prices, self.split_price = wait_prices, split_price
        summed = [problem.uses[list(placer)].sum(axis=0) for placer in ways.placers]
        uses = np.array(summed, dtype=np.int64).reshape(-1, len(problem.resources))[ways.placer]
        if "intake" in problem.resources:
            uses[ways.spares_intake, problem.resources.index("intake")] = 0
        #: What each way uses of each resource.
        self.uses = uses

    def solve(self, work: Work) -> Chosen:
        """The best answer within the work there is."""
        count = len(self.ways.price)
        if count <= _AT_ONCE:
            everything = _Model(self, np.ones(count, dtype=bool))
            return everything.chosen(highs.solve_zero_one(everything.programme, work))
        taken = self._first()
        bound, reduced = self._relaxed(taken, work)
        model = _Model(self, taken)
        answer = highs.solve_zero_one(model.programme, work, start=model.first_answer())
        gap = float(np.dot(model.costs, np.round(model.values(answer)))) - bound
        more = ~taken & (reduced <= gap + _BELOW)
        if not more.any() or work.over():
            return model.chosen(answer)
        wider = _Model(self, taken | more)
        better = highs.solve_zero_one(wider.programme, work, start=wider.first_answer())
        return model.chosen(answer) if better.values is None else wider.chosen(better)

    def _first(self) -> Bools:
        """A few ways of each placer: the cheapest, and among equals other CSMs for each."""
        ways, taken = self.ways, np.zeros(len(self.ways.price), dtype=bool)
        csms = max(self.problem.size[1], 1)
        turn = (ways.csm * 7919 + ways.placer * 104_729) % csms
        order = np.lexsort((turn, ways.price, ways.placer))
        taken[order[_rank(ways.placer[order]) < _FIRST]] = True
        return taken

    def _relaxed(self, taken: Bools, work: Work) -> tuple[float, Floats]:
        """Take in what the relaxation asks for; its bound for all ways, and their reduced costs."""
        bound, reduced = -np.inf, np.full(len(taken), -np.inf)
        for _ in range(_ROUNDS):
            model = _Model(self, taken)
            relaxed = highs.relaxed(model.programme, work)
            if relaxed.row_duals is None:
                break
            reduced = self._reduced(model, relaxed.row_duals)
            wanted = np.flatnonzero(~taken & (reduced < _BELOW))
            if not len(wanted):
                return relaxed.bound, reduced
            # A placer goes one way at most: what it could save is its best reduced cost.
            best = np.zeros(len(self.ways.placers))
            np.minimum.at(best, self.ways.placer[wanted], reduced[wanted])
            bound = relaxed.bound + float(best.sum())  # of these reduced costs, and no others
            order = wanted[np.lexsort((reduced[wanted], self.ways.placer[wanted]))]
            taken[order[_rank(self.ways.placer[order]) < _MORE]] = True
            if work.over():
                break
        return bound, reduced

    def _reduced(self, model: "_Model", duals: Floats) -> Floats:
        caps = np.zeros_like(self.problem.room, dtype=np.float64)
        for (csm, resource), row in model.cap_rows.items():
            caps[csm, resource] = duals[row]
        own = duals[model.placer_rows]
        ways = self.ways
        used: Floats = np.einsum("wk,wk->w", self.uses, caps[ways.csm])
        found: Floats = ways.price - own[ways.placer] - used
        return found


class _Model:
    """The programme over the ways that are taken, in the order of accounts and CSMs."""

    def __init__(self, of: Programme, taken: Bools) -> None:
        self.of, self.programme = of, highs.ZeroOne()
        self.column_of = np.full(len(taken), -1, dtype=np.int64)
        self.waits: dict[int, int] = {}
        self.splits: dict[int, Placer] = {}
        self.placer_rows: list[int] = []
        self.cap_rows: dict[tuple[int, int], int] = {}
        self._places(taken)
        self._caps(np.flatnonzero(taken))
        self.costs = np.frombuffer(self.programme.costs)

    def _places(self, taken: Bools) -> None:
        apart: dict[int, int] = {}
        for number, placer in enumerate(self.of.ways.placers):
            if number < self.of.families:
                other = self.programme.column(self.of.split_price)
                self.splits[other] = placer
                apart |= dict.fromkeys(placer, other)
                self._one_of(number, taken, other, -1)
            else:
                wait = self.programme.column(self.of.wait_prices[placer[0]])
                self.waits[wait] = placer[0]
                self._one_of(number, taken, wait, apart.get(placer[0], -1))

    def _one_of(self, number: int, taken: Bools, other: int, instead: int) -> None:
        """One way of a placer, or the other column; where ``instead`` is a column, only with it."""
        part = self.of.ways.of(number)
        ways = part.start + np.flatnonzero(taken[part])
        first = len(self.programme.costs)
        columns = np.arange(first, first + len(ways))
        self.column_of[ways] = columns
        self.programme.costs.extend(self.of.ways.price[ways])
        terms: list[tuple[int, float]] = [(int(column), 1) for column in columns]
        terms.append((other, 1))
        if instead >= 0:
            terms.append((instead, -1))
        self.placer_rows.append(self.programme.size[0])
        self.programme.row(terms, 0 if instead >= 0 else 1, equal=True)

    def _caps(self, taken: Ints) -> None:
        """Caps of the CSMs that can bind."""
        problem, csm = self.of.problem, self.of.ways.csm[taken]
        names, first = np.unique(csm, return_index=True)
        order = np.argsort(csm, kind="stable")
        ends = np.cumsum(np.bincount(csm)[names])[:-1] if len(taken) else np.zeros(0, np.int64)
        parts = dict(zip(names.tolist(), np.split(taken[order], ends), strict=False))
        for k in range(len(problem.resources)):
            for name in names[np.argsort(first)].tolist():
                ways = parts[name]
                used = self.of.uses[ways, k]
                if used.sum() <= problem.room[name, k]:
                    continue
                terms = list(zip(self.column_of[ways].tolist(), used.tolist(), strict=True))
                self.cap_rows[name, k] = self.programme.size[0]
                self.programme.row([t for t in terms if t[1]], int(problem.room[name, k]))

    def first_answer(self) -> Floats:
        """An answer that there always is: each account in turn goes the cheapest way with room.

        Families are apart in it. The solver begins with it, and keeps it where its time is over.
        """
        of, start = self.of, np.zeros(len(self.costs))
        start[list(self.splits)] = 1
        room = of.problem.room.copy()
        for wait, row in sorted(self.waits.items(), key=lambda one: -self.costs[one[0]]):
            part = of.ways.of(of.families + row)
            ways = part.start + np.flatnonzero(self.column_of[part] >= 0)
            fits = (of.uses[ways] <= room[of.ways.csm[ways]]).all(axis=1)
            open_to = ways[fits & (of.ways.price[ways] < self.costs[wait])]
            if not len(open_to):
                start[wait] = 1
                continue
            way = open_to[np.argmin(of.ways.price[open_to])]
            room[of.ways.csm[way]] -= of.uses[way]
            start[self.column_of[way]] = 1
        return start

    def values(self, answer: highs.Answer) -> Floats:
        """The columns of an answer; of the first one where the solver's time was over before."""
        return self.first_answer() if answer.values is None else answer.values

    def chosen(self, answer: highs.Answer) -> Chosen:
        """What the columns that are on mean."""
        on = self.values(answer) > 0.5
        ways = np.flatnonzero((self.column_of >= 0) & on[self.column_of])
        return Chosen(
            {row for column, row in self.waits.items() if on[column]},
            ways.tolist(),
            {family for column, family in self.splits.items() if on[column]},
        )


def _rank(groups: npt.NDArray[Any]) -> Ints:
    """The place of each entry within its run of equal values."""
    if not len(groups):
        return np.zeros(0, np.int64)
    begins = np.flatnonzero(np.r_[True, groups[1:] != groups[:-1]])
    lengths = np.diff(np.r_[begins, len(groups)])
    return np.arange(len(groups)) - np.repeat(begins, lengths)
