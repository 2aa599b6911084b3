"""The integer programme of a routing problem, folded so that it is small and tight.

Only allowed pairs get a variable. A book that is already above its target in a
dimension, or cannot reach it with the accounts there are, has a linear cost there,
which goes into the pairs. Elsewhere |y| = 2 max(y, 0) - y, so one variable a kink is
enough. Loads move in steps of a grain, so the cost between two steps is a chord;
adding it gives the convex hull in that dimension. The model is built in PuLP from
lists of pairs: sums of products cost seven times as much.
"""

import itertools
from dataclasses import dataclass
from typing import Any

import numpy as np
import pulp

from cs_assets.routing.problem import COST_UNIT, Bools, Ints, Problem


@dataclass(frozen=True)
class Row:
    """One constraint: sum of coefficient * column <= limit, or = where it places an account.

    ``kink`` is (csm, dimension), ``cap`` (csm, resource); neither for placing.
    """

    columns: Ints
    values: Any
    limit: float
    kink: tuple[int, int] | None = None
    cap: tuple[int, int] | None = None

    @property
    def equal(self) -> bool:
        return self.kink is None and self.cap is None


@dataclass(frozen=True)
class Folded:
    """Columns: a pair (account, csm) each, then a kink (csm, dimension) each."""

    accounts: Ints
    csms: Ints
    kink_csm: Ints
    kink_dimension: Ints
    costs: Any
    offset: int
    rows: list[Row]

    @property
    def pairs(self) -> int:
        return len(self.accounts)


def fold(problem: Problem, keep: Bools | None = None) -> Folded:
    """The folded model; ``keep`` (A x C) narrows the pairs further."""
    allowed = problem.allowed if keep is None else problem.allowed & keep
    accounts, csms = np.nonzero(allowed)
    delta = problem.targets - problem.books
    kink = (delta > 0) & (delta < reach(problem, allowed)) & (problem.price > 0)
    above = np.where(delta <= 0, 1, -1)
    linear = problem.pair_cost[accounts, csms] + (
        problem.loads[accounts] * problem.price * above[csms]
    ).sum(axis=1)
    kink_csm, kink_dimension = np.nonzero(kink)
    scale = problem.grain * problem.price
    costs = np.concatenate([linear, 2 * scale[kink_dimension]]) / COST_UNIT
    rows = _assignment_rows(problem, accounts) + _cap_rows(problem, accounts, csms, allowed)
    rows += _kink_rows(problem, accounts, csms, kink_csm, kink_dimension, delta)
    offset = int((np.abs(delta) @ problem.price).sum())
    return Folded(accounts, csms, kink_csm, kink_dimension, costs, offset, rows)


def to_pulp(model: Folded, integer: bool = True) -> tuple[pulp.LpProblem, list[pulp.LpVariable]]:
    """The model in PuLP; variables in the order of the columns."""
    programme = pulp.LpProblem("routing", pulp.LpMinimize)
    kind = pulp.LpInteger if integer else pulp.LpContinuous
    variables = [programme.add_variable(f"x{k}", 0, 1, kind) for k in range(model.pairs)]
    variables += [programme.add_variable(f"u{k}", 0) for k in range(len(model.kink_csm))]
    costs = model.costs.tolist()
    programme.setObjective(pulp.LpAffineExpression(list(zip(variables, costs, strict=True))))
    for number, row in enumerate(model.rows):
        terms = [(variables[k], v) for k, v in zip(row.columns.tolist(), row.values, strict=True)]
        sense = pulp.LpConstraintEQ if row.equal else pulp.LpConstraintLE
        programme.addConstraint(
            pulp.LpConstraint(pulp.LpAffineExpression(terms), sense, f"r{number}", row.limit)
        )
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


def _kink_rows(
    problem: Problem,
    accounts: Ints,
    csms: Ints,
    kink_csm: Ints,
    kink_dimension: Ints,
    delta: Ints,
) -> list[Row]:
    """u >= s - delta in units of the grain, and the chord between the steps around delta."""
    rows = []
    order = np.argsort(csms, kind="stable")
    starts = np.searchsorted(csms[order], np.arange(problem.size[1] + 1))
    for number, (csm, d) in enumerate(zip(kink_csm, kink_dimension, strict=True)):
        columns = order[starts[csm] : starts[csm + 1]]
        steps = problem.loads[accounts[columns], d] // problem.grain[d]
        columns, steps = columns[steps != 0], steps[steps != 0]
        with_kink = np.append(columns, len(accounts) + number)
        whole, rest = divmod(int(delta[csm, d]), int(problem.grain[d]))
        part = rest / int(problem.grain[d])
        place = (int(csm), int(d))
        rows.append(Row(with_kink, [*steps.tolist(), -1.0], whole + part, kink=place))
        if 0 < part < 1:
            rows.append(Row(with_kink, [*steps.tolist(), -1.0 / (1 - part)], whole, kink=place))
    return rows
