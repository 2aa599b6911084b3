"""The linear programme of the folded model: its bound, and the fractional assignment.

Large problems are solved on the pairs that a first bound leaves interesting, and grow
by the pairs that the programme's own prices call for. Its bound does not rest on the
solver: the prices are put into `bound.Dual`, which prices every pair exactly.
"""

from dataclasses import dataclass

import numpy as np

from cs_assets.routing.solver import formulation, highs
from cs_assets.routing.solver.bound import Dual, Floats, Multipliers
from cs_assets.routing.solver.problem import COST_UNIT, Bools, Ints, Problem
from cs_assets.routing.solver.work import Work


@dataclass(frozen=True)
class Relaxed:
    """A bound with the reduced costs behind it, and how much of each account goes where.

    All arrays A x C. ``missing`` are pairs left out of the programme that its prices
    call for: the cheapest few of each account. With them the bound can rise to ``value`` at most.
    """

    bound: int
    value: int
    reduced: Ints
    shares: Floats
    missing: Bools


def relax(problem: Problem, dual: Dual, keep: Bools | None = None, *, work: Work) -> Relaxed | None:
    """Solve the linear programme on the pairs in ``keep`` (None: all that are allowed).

    None when it did not come to an end with the ``work`` there is.
    """
    model = formulation.fold(problem, keep)
    programme, variables = formulation.to_pulp(model, integer=False)
    answer = highs.solve(
        programme, variables, integer=False, work=work, interior_point=keep is not None
    )
    if answer.values is None or answer.row_duals is None:
        return None
    value, reduced = dual.bound(multipliers(problem, model, answer.row_duals))
    found = _by_pair(problem, model, answer.values)
    most = round(answer.bound * COST_UNIT) + model.offset
    return Relaxed(value, most, reduced, found, _missing(problem, reduced, keep))


def shares(problem: Problem, keep: Bools, work: Work) -> Floats | None:
    """How much of each account goes where with the pairs in ``keep``; None where none fit."""
    model = formulation.fold(problem, keep)
    programme, variables = formulation.to_pulp(model, integer=False)
    answer = highs.solve(programme, variables, integer=False, work=work)
    return None if answer.values is None else _by_pair(problem, model, answer.values)


def _by_pair(problem: Problem, model: formulation.Folded, values: Floats) -> Floats:
    found = np.zeros(problem.size)
    found[model.accounts, model.csms] = values[: model.pairs]
    return found


def _missing(problem: Problem, reduced: Ints, keep: Bools | None, most: int = 6) -> Bools:
    """Pairs cheaper than any kept pair of their account, at most ``most`` of each."""
    if keep is None or problem.size[1] <= most:
        return np.zeros(problem.size, dtype=bool)
    never = np.iinfo(np.int64).max
    kept = np.where(keep, reduced, never).min(axis=1, keepdims=True)
    wanted = np.where(problem.allowed & ~keep & (reduced < kept), reduced, never)
    limit = np.partition(wanted, most - 1, axis=1)[:, most - 1 : most]
    return (wanted < never) & (wanted <= limit)


def multipliers(problem: Problem, model: formulation.Folded, duals: Floats) -> Multipliers:
    """The prices of growth and caps from the duals of the model's rows."""
    nu = np.zeros(problem.books.shape)
    mu = np.zeros(problem.room.shape)
    for row, dual in zip(model.rows, duals, strict=True):
        if row.bends is not None:
            nu[row.bends] -= dual
        elif row.cap is not None:
            mu[row.cap] -= dual
    return Multipliers(
        np.rint(nu * COST_UNIT).astype(np.int64), np.rint(mu * COST_UNIT).astype(np.int64)
    )
