"""The integer programme of a routing problem, folded so that it is small and tight.

Only allowed pairs get a variable. What a book costs in a dimension is straight in pieces as
it grows; the slope of the first piece goes into the pairs, so a book that cannot reach
the first bend with the accounts there are needs nothing more. As loads move in steps of a
grain, the convex hull of the cost on whole steps is all that is needed. That is one row
for each book and dimension that bends, and one column for each piece after the first. The
model is built in PuLP from lists of pairs: sums of products cost seven times as much.
"""

import itertools
from dataclasses import dataclass
from typing import Any

import numpy as np
import pulp

from cs_assets.collector import collector_off
from cs_assets.routing.solver.bound import Curves, curves
from cs_assets.routing.solver.problem import COST_UNIT, Bools, Ints, Problem


@dataclass(frozen=True)
class Row:
    """One constraint: sum of coefficient * column <= limit, or = where it places an account.

    ``bends`` is (csm, dimension), ``cap`` (csm, resource); neither for placing.
    """

    columns: Ints
    values: list[int]
    limit: int
    bends: tuple[int, int] | None = None
    cap: tuple[int, int] | None = None

    @property
    def equal(self) -> bool:
        return self.bends is None and self.cap is None


@dataclass(frozen=True)
class Folded:
    """Columns: a pair (account, csm) each, then the pieces after the first, each book's in order.

    ``most`` is the upper bound of a column: 1 for pairs, its width for a piece, infinite for
    the last piece of a book. ``costs`` are in ``unit``, ``offset`` in whole numbers.
    """

    accounts: Ints
    csms: Ints
    costs: Any
    most: Any
    offset: int
    rows: list[Row]
    unit: int = COST_UNIT

    @property
    def pairs(self) -> int:
        return len(self.accounts)


def fold(problem: Problem, keep: Bools | None = None, unit: int = COST_UNIT) -> Folded:
    """The folded model; ``keep`` (A x C) narrows the pairs further; ``unit`` is that of costs."""
    allowed = problem.allowed if keep is None else problem.allowed & keep
    accounts, csms = np.nonzero(allowed)
    found = curves(problem, reach(problem, allowed))
    pieces = found.widths > 0
    pieces[:, :, 0] = False
    costs = np.append(found.linear[accounts, csms], found.slopes[pieces]) / unit
    last = found.slopes >= found.steepest[:, :, None]
    widths = np.where(last, np.inf, found.widths)[pieces]
    most = np.append(np.ones(len(accounts)), widths)
    rows = _assignment_rows(problem, accounts) + _cap_rows(problem, accounts, csms, allowed)
    rows += _curve_rows(problem, accounts, csms, found, pieces)
    return Folded(accounts, csms, costs, most, found.offset, rows, unit)


def to_pulp(model: Folded, integer: bool = True) -> tuple[pulp.LpProblem, list[pulp.LpVariable]]:
    """The model in PuLP; variables in the order of the columns.

    Looking for garbage among the variables while they are made takes half of the time.
    """
    with collector_off():
        return _in_pulp(model, integer)


def _in_pulp(model: Folded, integer: bool) -> tuple[pulp.LpProblem, list[pulp.LpVariable]]:
    programme = pulp.LpProblem("routing", pulp.LpMinimize)
    kind = pulp.LpInteger if integer else pulp.LpContinuous
    variables = [programme.add_variable(f"x{k}", 0, 1, kind) for k in range(model.pairs)]
    variables += [
        programme.add_variable(f"u{k}", 0, most if most < np.inf else None)
        for k, most in enumerate(model.most[model.pairs :].tolist())
    ]
    at = np.array(variables, dtype=object)
    programme.setObjective(
        pulp.LpAffineExpression(zip(variables, model.costs.tolist(), strict=True))
    )
    for number, row in enumerate(model.rows):
        line = pulp.LpAffineExpression(zip(at[row.columns].tolist(), row.values, strict=True))
        sense = pulp.LpConstraintEQ if row.equal else pulp.LpConstraintLE
        programme.addConstraint(pulp.LpConstraint(line, sense, f"r{number}", row.limit))
    return programme, variables


def reach(problem: Problem, allowed: Bools) -> Ints:
    """Upper bound on what each CSM can still get in each dimension (C x D)."""
    most = np.zeros_like(problem.books)
    count = np.minimum(_most_accounts(problem), allowed.sum(axis=0))
    for csm in range(problem.size[1]):
        loads = problem.loads[allowed[:, csm]]
        if count[csm] and len(loads):
            best = -np.sort(-loads, axis=0)[: count[csm]]
            most[csm] = best.sum(axis=0)
    return most


def _most_accounts(problem: Problem) -> Ints:
    """How many accounts each CSM can take by the tightest cap."""
    most = np.full(problem.size[1], problem.size[0], dtype=np.int64)
    for k in range(len(problem.resources)):
        smallest = problem.uses[:, k].min(initial=1)
        if smallest > 0:
            most = np.minimum(most, problem.room[:, k] // smallest)
    return np.maximum(most, 0)


def _assignment_rows(problem: Problem, accounts: Ints) -> list[Row]:
    starts = np.searchsorted(accounts, np.arange(problem.size[0] + 1))
    return [
        Row(columns, [1] * len(columns), 1)
        for columns in (np.arange(a, b) for a, b in itertools.pairwise(starts))
    ]


def _cap_rows(problem: Problem, accounts: Ints, csms: Ints, allowed: Bools) -> list[Row]:
    """Caps that can bind at all."""
    rows = []
    for k in range(len(problem.resources)):
        use = problem.uses[:, k]
        for csm in np.nonzero(use @ allowed > problem.room[:, k])[0]:
            columns = np.nonzero((csms == csm) & (use[accounts] > 0))[0]
            values = use[accounts[columns]]
            rows.append(Row(columns, values.tolist(), int(problem.room[csm, k]), cap=(int(csm), k)))
    return rows


def _curve_rows(
    problem: Problem, accounts: Ints, csms: Ints, found: Curves, pieces: Bools
) -> list[Row]:
    """Steps that the accounts add <= width of the first piece + steps in the pieces after it."""
    rows = []
    order = np.argsort(csms, kind="stable")
    starts = np.searchsorted(csms[order], np.arange(problem.size[1] + 1))
    number = len(accounts) + np.cumsum(pieces).reshape(pieces.shape) - 1
    steps = problem.loads // problem.grain
    for csm, d in np.argwhere(found.active).tolist():
        columns = order[starts[csm] : starts[csm + 1]]
        added = steps[accounts[columns], d]
        over = number[csm, d][pieces[csm, d]]
        rows.append(
            Row(
                np.append(columns[added != 0], over),
                [*added[added != 0].tolist(), *[-1] * len(over)],
                int(found.widths[csm, d, 0]),
                bends=(csm, d),
            )
        )
    return rows
