"""From a routing problem to an assignment with a proven bound.

Bound first, then search: a linear programme gives a bound and a fractional assignment;
rounding, moves and swaps make it whole; where the gap stays, neighbourhood searches
and an integer programme on the pairs that can still be part of a better assignment
close it. A bare integer programme with a time limit is far behind this.

The time limit is a budget of counted work (`work`), so that a busy machine gives the same owners
later. Only a net of processor time, at several times the limit, can cut a part short; the
solution then says that it may differ on another machine.
"""

import math
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from threadpoolctl import threadpool_limits

from cs_assets.routing.solver import bundles, formulation, highs, relaxation, search
from cs_assets.routing.solver.bound import Dual, Floats, curves
from cs_assets.routing.solver.problem import Bools, Ints, Problem
from cs_assets.routing.solver.work import A_SECOND, Work

Status = Literal["optimal", "within_gap", "feasible"]

#: A gap that the solver's own tolerances can no longer tell from none.
PROVEN = 1e-6

#: What rounding a bound down to a whole number costs.
_ROUNDING = 5e-9

#: Pairs up to which the linear programme takes all of them at once.
_ALL_PAIRS = 12_000
#: Pairs that may be left for the integer programme, and so few that it comes first.
_MIP_PAIRS = 3_000
#: Pairs left for each account up to which the programme of pairs beats bundles.
_THIN = 15
_FEW_PAIRS = 64
#: Accounts up to which swaps are tried before the linear programme.
_SWAPPED = 500
#: Pairs above which there is no linear programme: the ascent's bound is as good by then.
_NO_PROGRAMME = 2_000_000
#: Of the gap: a linear programme that could gain less is not solved.
_LITTLE = 0.001
#: Of the accounts that are still open, as many settle between two linear programmes: what comes
#: of it differs, so several are tried.
_PARTS = (0.25, 0.1, 0.5)
#: Rounds without a gain after which a search from one point ends.
_MISSES = 2
#: Accounts above which a kick costs more than exchanges make good: they go on from the best.
_KICKED = 1_000
#: Pairs of an integer programme that a second of the work left is good for: HiGHS tells what it did
#: afterwards, and less than all of it.
_PAIRS_A_SECOND = 1_000
#: Exchanges that only the work there is ends.
_WITHOUT_END = 1_000_000


class NoAssignment(ValueError):
    """No assignment keeps all rules; the diagnosis says which of them conflict."""


@dataclass(frozen=True)
class Solution:
    """Owners (index of the CSM of each account), exact cost, and a lower bound on any cost.

    ``fixed`` is what books cost whatever is decided; the gap is taken over the rest.
    ``reproducible`` is false when the net of processor time, not a count, ended a part;
    ``work`` is what was done, as a share of the limit.
    """

    owners: Ints
    cost: int
    bound: int
    status: Status
    reproducible: bool
    steps: tuple[str, ...] = ()
    fixed: int = 0
    work: float = 0.0

    @property
    def gap(self) -> float:
        return gap_of(self.cost, self.bound, self.fixed)


def gap_of(cost: int, bound: int, fixed: int) -> float:
    """How far a cost may be from the best, as a share of what decisions can change of it."""
    return (cost - bound) / (cost - fixed) if cost > fixed else 0.0


def solve(
    problem: Problem,
    *,
    seconds: float,
    gap: float,
    effort: float = 1.0,
    start: Ints | None = None,
) -> Solution:
    """The best assignment found: stops at ``gap``, when the steps or the work are used up.

    ``seconds`` are those of a machine with nothing else to do. ``effort`` scales the steps of the
    search; ``start`` is an assignment to improve on.
    Raises ``NoAssignment`` when none keeps the rules.
    """
    with threadpool_limits(1):
        return _Solve(problem, seconds, gap, effort).run(start)


@dataclass
class _Solve:
    """One solve: the best assignment and the best bound so far."""

    problem: Problem
    seconds: float
    gap: float
    effort: float
    owners: Ints | None = None
    cost: int = 0
    bound: int = 0
    cut_short: bool = False
    closed: bool = False
    """The integer programme came to its end: only tolerances are left between cost and bound."""
    seen: list[Ints] = field(default_factory=list)
    steps: list[str] = field(default_factory=list)

    def run(self, start: Ints | None) -> Solution:
        self.work = Work.of(self.seconds)
        self.state = search.State(self.problem)
        reach = formulation.reach(self.problem, self.problem.allowed)
        self.dual = Dual(self.problem, curves(self.problem, reach))
        self.fixed = self.dual.curves.fixed
        for owners in (start, search.greedy(self.problem)):
            if owners is not None and self.problem.keeps_rules(owners):
                self._offer(owners, "greedy")
        self.reduced = np.zeros(self.problem.size, dtype=np.int64)
        if self.problem.allowed.sum() <= _FEW_PAIRS:
            self._whole_programme()
        if not self._done():
            self._relax()
        if self.owners is None:
            self._whole_programme()
        if self.owners is None:
            raise NoAssignment("no assignment keeps every rule")
        self._search()
        return self._finished()

    def _over(self, units: float = 0.0) -> bool:
        over = self.work.over(units)
        self.cut_short |= self.work.caught
        return over

    def _done(self) -> bool:
        if self.owners is None:
            return False
        return self.closed or self._gap() <= max(self.gap, _ROUNDING)

    def _gap(self) -> float:
        return gap_of(self.cost, self.bound, self.fixed)

    def _offer(self, owners: Ints, step: str) -> None:
        """Keep an assignment that is better than the best."""
        cost = self.problem.cost(owners)
        if self.owners is None or cost < self.cost:
            self.owners, self.cost = owners.copy(), cost
            self._note(step)

    def _note(self, step: str) -> None:
        self.steps.append(f"{step}: cost {self.cost}, bound {self.bound}")

    def _relax(self) -> None:
        """Bound and reduced costs, and assignments made from them."""
        problem, keep, shares = self.problem, None, None
        if problem.allowed.sum() > _ALL_PAIRS:
            self.bound, self.reduced, _ = self.dual.ascend(over=self._over)
            self._note("ascent")
            self.state.reduced = self.reduced
            keep = self._columns(self.reduced)
        rounds = 1 if keep is None else 3
        if problem.allowed.sum() > _NO_PROGRAMME:
            rounds = 0
        for _ in range(rounds):
            if self._done() or self._over():
                break
            found = relaxation.relax(problem, self.dual, keep, work=self.work)
            if found is None:
                break
            if found.bound > self.bound:
                self.bound, self.reduced = found.bound, found.reduced
                self.state.reduced = self.reduced
            self._note("linear programme")
            if keep is None:
                self._round(found.shares, settle=True)
                break
            shares, keep = found.shares, keep | found.missing
            if found.value - found.bound < _LITTLE * (self.cost - self.bound):
                break
        if shares is not None and keep is not None:
            self._round(shares, settle=False)
            for part in _PARTS:
                if self._done() or self._over():
                    break
                self._dive(shares, keep, part)

    def _columns(self, reduced: Ints) -> Bools:
        """Pairs for the first linear programme: cheap ones, and those of good assignments.

        With assignments in it the programme starts near its end; cheap pairs alone
        rarely fit together.
        """
        problem, state = self.problem, self.state
        keep = _cheapest(problem, reduced, 8)
        best_two = np.partition(reduced, 1, axis=1)
        regret = np.argsort(best_two[:, 0] - best_two[:, 1], kind="stable")
        owners = search.construct(state, regret, 4.0 * reduced.astype(np.float64))
        if owners is not None:
            state.place(owners)
            search.descend(state, self._over, swaps=problem.size[0] <= _SWAPPED)
            descended = state.owners.copy()
            if problem.allowed.sum() > _NO_PROGRAMME:
                self._exchange(np.random.default_rng(0), _WITHOUT_END)
            for seed in range(3):
                if self._done():
                    break
                state.place(descended)
                self._exchange(np.random.default_rng(seed), 200)
        accounts = np.arange(problem.size[0])
        for known in (*self.seen, self.owners):
            if known is not None:
                keep[accounts, known] = True
        return keep

    def _round(self, shares: Floats, settle: bool) -> None:
        """Whole accounts stay where the linear programme put them, the others go by cost.

        To ``settle`` takes long where books get many accounts: there exchanges do more.
        """
        whole = shares.max(axis=1) > 1 - 1e-6
        guide = np.where(whole[:, None] & (shares < 0.5), float(2**50), 0.0)
        weight = self.state.loads.sum(axis=1)
        order = np.lexsort((self.state.accounts, -weight, ~whole))
        owners = search.construct(self.state, order, guide)
        if owners is not None:
            self.state.place(owners)
            random = np.random.default_rng(0)
            for swaps in (False, True):
                search.descend(self.state, self._over, swaps)
                self._offer(self.state.owners, "rounding and descent")
                if self._done():
                    return
                self._exchange(random, 300)
                if settle:
                    self._settle(random)

    def _dive(self, shares: Floats, keep: Bools, part: float, rest: int = 10) -> None:
        """Accounts settle where the linear programme puts them, the clearest first, and it is
        solved again for the others: far fewer end where nothing fits than when all are rounded.
        """
        keep, accounts = keep.copy(), self.state.accounts
        while not self._over():
            most, best = shares.max(axis=1), shares.argmax(axis=1)
            whole = most > 1 - 1e-6
            open_ = accounts[~whole]
            if len(open_) <= rest:
                break
            first = np.argsort(-most[open_], kind="stable")[: math.ceil(part * len(open_))]
            for settled in (accounts[whole], open_[first]):
                keep[settled] = False
                keep[settled, best[settled]] = True
            found = relaxation.shares(self.problem, keep, self.work)
            if found is None:
                break
            shares = found
        self._round(shares, settle=False)
        random, helped = np.random.default_rng(1), True
        while helped and not (self._done() or self._over()):
            before = self.cost
            self._exchange(random, 600)
            helped = self.cost < before

    def _exchange(self, random: np.random.Generator, steps: int) -> None:
        """Neighbourhood search from where the state is."""
        search.reassign(self.state, random, steps, self._goal(), self._over)
        self.seen.append(self.state.owners.copy())
        self._offer(self.state.owners, "exchanges")

    def _settle(self, random: np.random.Generator) -> None:
        """Exchanges, and books divided anew two by two, until neither helps."""
        misses = 0
        while misses < _MISSES and not (self._done() or self._over()):
            helped = search.resplit(self.state, random, self._goal(), self._over)
            helped += search.reassign(self.state, random, 100, self._goal(), self._over)
            misses = 0 if helped else misses + 1
            self._offer(self.state.owners, "two books anew, and exchanges")
        self.seen.append(self.state.owners.copy())

    def _goal(self) -> float:
        """The cost at which the gap is small enough."""
        return self.fixed + (self.bound - self.fixed) / (1 - self.gap)

    def _search(self) -> None:
        """Kicks and exchanges from the best; in between, what proves or betters it."""
        random = np.random.default_rng(0)
        kicks = int(max(20, 120_000 / sum(self.problem.size)) * self.effort)
        self._kick(random, min(kicks // 20, 60))
        if self._done() or self._over():
            return
        pairs = int((self.problem.allowed & (self.reduced < self.cost - self.bound)).sum())
        listed = bundles.applies(self.problem)
        most = _THIN * self.problem.size[0] if listed else _MIP_PAIRS
        if pairs <= min(most, _PAIRS_A_SECOND * self.work.seconds):
            self._whole_programme()
        if listed and not self._done():
            self._bundles()
        else:
            self._kick(random, kicks)

    def _kick(self, random: np.random.Generator, times: int) -> None:
        """Exchanges from the best after a few random ones, so often."""
        for number in range(times):
            if self._done() or self._over():
                return
            assert self.owners is not None
            self.state.place(self.owners)
            if len(self.owners) <= _KICKED:
                search.kick(self.state, random, (0.01, 0.05)[number % 2])
            self._exchange(random, 100)

    def _bundles(self) -> None:
        """Whole bundles, where they are small enough to be listed."""
        assert self.owners is not None
        found = bundles.close(
            self.problem,
            self.dual,
            [*self.seen, self.owners],
            nodes=int(500 * self.effort),
            work=self.work,
        )
        self.cut_short |= found.cut_short
        if found.owners is not None:
            self._offer(found.owners, "bundles")
        self.bound = max(self.bound, min(found.bound, self.cost))
        self.steps += found.steps

    def _whole_programme(self) -> None:
        """The integer programme on the pairs that can be part of a better assignment.

        A pair whose reduced cost exceeds the gap cannot, so leaving it out loses nothing
        and the programme's bound holds for the whole problem.
        """
        keep = None
        if self.owners is not None:
            keep = self.reduced <= self.cost - self.bound
            keep[np.arange(len(self.owners)), self.owners] = True
        decided = None if self.owners is None else self.cost - self.fixed
        model = formulation.fold(self.problem, keep, highs.unit_of(decided))
        programme, variables = formulation.to_pulp(model)
        begin = None if self.owners is None else columns_of(model, self.owners)
        answer = highs.solve(
            programme,
            variables,
            integer=True,
            work=self.work,
            gap=self.gap * (self.cost - self.fixed) / max(abs(self.cost - model.offset), 1),
            nodes=int(1000 * self.effort),
            start=begin,
        )
        if answer.infeasible and self.owners is None:
            raise NoAssignment("no assignment keeps every rule")
        self.cut_short |= answer.stopped_by_clock
        owners = None if answer.values is None else owners_of(self.problem, model, answer.values)
        if owners is not None and self.problem.keeps_rules(owners):
            self._offer(owners, "integer programme")
            self._polish(owners)
        self.bound = max(self.bound, min(bound_of(model, answer.bound), self.cost))
        self.closed = answer.proven and decided is not None  # else in a unit that may be too large
        self._note("integer programme")

    def _polish(self, owners: Ints) -> None:
        """Differences below the solver's tolerances, where only hashes decide between owners."""
        self.state.place(owners)
        search.descend(self.state, self._over)
        self._exchange(np.random.default_rng(0), 30)

    def _finished(self) -> Solution:
        assert self.owners is not None
        rest = self._gap()
        status: Status = (
            "optimal" if rest <= PROVEN else "within_gap" if rest <= self.gap else "feasible"
        )
        return Solution(
            self.owners,
            self.cost,
            self.bound,
            status,
            not self.cut_short,
            tuple(self.steps),
            self.fixed,
            1 - self.work.left / max(self.seconds * A_SECOND, 1.0),
        )


def bound_of(model: formulation.Folded, value: float) -> int:
    """A bound of the folded model, lowered so that it stays one; what costs is a whole number.

    By what the solver's tolerances may be worth: it works in floating point, with values
    that may cancel against the offset where slopes can be negative.
    """
    if not math.isfinite(value):
        return 0
    size = abs(value)
    if len(model.costs) and model.costs.min() < 0:
        size = max(1.0, size, abs(model.offset) / model.unit)
    return max(0, math.ceil((value - highs.slack(size)) * model.unit) + model.offset)


def owners_of(problem: Problem, model: formulation.Folded, values: Floats) -> Ints | None:
    """Owners from the pair columns; None when an account has none."""
    owners = np.full(problem.size[0], -1, dtype=np.int64)
    on = np.nonzero(values[: model.pairs] > 0.5)[0]
    owners[model.accounts[on]] = model.csms[on]
    return owners if (owners >= 0).all() else None


def columns_of(model: formulation.Folded, owners: Ints) -> Floats:
    """The columns of an assignment: its pairs, and how far it goes into each piece."""
    columns = np.zeros(len(model.costs))
    columns[: model.pairs] = owners[model.accounts] == model.csms
    for row in model.rows:
        if row.bends is not None:
            over = float(np.dot(row.values, columns[row.columns])) - row.limit
            for piece in row.columns[row.columns >= model.pairs].tolist():
                columns[piece] = min(max(over, 0.0), model.most[piece])
                over -= columns[piece]
    return columns


def _cheapest(problem: Problem, reduced: Ints, most: int) -> Bools:
    """The pairs of least reduced cost: ``most`` of each account (A x C)."""
    most = min(most, problem.size[1] - 1)
    limit = np.partition(reduced, most, axis=1)[:, most : most + 1]
    return problem.allowed & (reduced <= limit)
