"""From a routing problem to an assignment with a proven bound."""

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from cs_assets.routing import formulation, highs, search
from cs_assets.routing.problem import COST_UNIT, Ints, Problem

Status = Literal["optimal", "within_gap", "feasible"]


@dataclass(frozen=True)
class Solution:
    """Owners (index of the CSM of each account), exact cost, and a lower bound on any cost.

    ``reproducible`` is false when the clock, not a count of steps, ended the search.
    """

    owners: Ints
    cost: int
    bound: int
    status: Status
    reproducible: bool
    steps: tuple[str, ...] = ()

    @property
    def gap(self) -> float:
        return (self.cost - self.bound) / self.cost if self.cost > 0 else 0.0


class NoAssignment(ValueError):
    """No assignment keeps all rules; the diagnosis says which of them conflict."""


def solve(problem: Problem, *, seconds: float, gap: float) -> Solution:
    """The best assignment found within ``seconds`` or ``gap``; raises ``NoAssignment``."""
    start = search.greedy(problem)
    model = formulation.fold(problem)
    programme, variables = formulation.to_pulp(model)
    answer = highs.solve(
        programme,
        variables,
        integer=True,
        seconds=seconds,
        gap=gap,
        start=None if start is None else columns_of(problem, model, start),
    )
    owners = None if answer.values is None else owners_of(problem, model, answer.values)
    found = [o for o in (start, owners) if o is not None and problem.keeps_rules(o)]
    if not found:
        raise NoAssignment("no assignment keeps every rule")
    best = min(found, key=problem.cost)
    return finished(problem, best, bound_of(model, answer.bound), gap, not answer.stopped_by_clock)


def finished(
    problem: Problem,
    owners: Ints,
    bound: int,
    gap: float,
    reproducible: bool,
    steps: tuple[str, ...] = (),
) -> Solution:
    """The solution with the strongest claim that cost and bound allow."""
    cost = problem.cost(owners)
    bound = min(bound, cost)
    rest = (cost - bound) / cost if cost else 0.0
    status: Status = "optimal" if rest <= 1e-9 else "within_gap" if rest <= gap else "feasible"
    return Solution(owners, cost, bound, status, reproducible, steps)


def bound_of(model: formulation.Folded, value: float) -> int:
    """A bound of the folded model as a whole number, rounded so that it stays a bound."""
    if not math.isfinite(value):
        return 0
    slack = 1e-9 * abs(value) * COST_UNIT
    return max(0, math.floor(value * COST_UNIT - slack) + model.offset)


def owners_of(
    problem: Problem, model: formulation.Folded, values: npt.NDArray[np.float64]
) -> Ints | None:
    """Owners from the pair columns; None when an account has none."""
    owners = np.full(problem.size[0], -1, dtype=np.int64)
    on = np.nonzero(values[: model.pairs] > 0.5)[0]
    owners[model.accounts[on]] = model.csms[on]
    return owners if (owners >= 0).all() else None


def columns_of(
    problem: Problem, model: formulation.Folded, owners: Ints
) -> npt.NDArray[np.float64]:
    """The columns of an assignment: its pairs, and the smallest kinks that the rows allow."""
    columns = np.zeros(len(model.costs))
    columns[: model.pairs] = owners[model.accounts] == model.csms
    for row in model.rows:
        last = int(row.columns[-1])
        if last >= model.pairs:
            pairs, values = row.columns[:-1], np.asarray(row.values[:-1], dtype=float)
            over = float(values @ columns[pairs]) - row.limit
            columns[last] = max(columns[last], over / -float(row.values[-1]))
    return columns
