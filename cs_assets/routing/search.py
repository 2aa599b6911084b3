"""Good assignments fast: greedy construction in the cost's own terms."""

import numpy as np

from cs_assets.routing.problem import Ints, Problem

_NEVER = np.iinfo(np.int64).max // 4


def greedy(problem: Problem) -> Ints | None:
    """Hardest accounts first, each where the cost grows least; None when one fits nowhere."""
    load = problem.books - problem.targets
    room = problem.room.copy()
    choices = problem.allowed.sum(axis=1)
    weight = problem.loads @ problem.price
    owners = np.full(problem.size[0], -1, dtype=np.int64)
    for account in np.lexsort((np.arange(len(weight)), -weight, choices)):
        growth = (np.abs(load + problem.loads[account]) - np.abs(load)) @ problem.price
        growth = growth + problem.pair_cost[account]
        fits = problem.allowed[account] & (problem.uses[account] <= room).all(axis=1)
        if not fits.any():
            return None
        csm = int(np.argmin(np.where(fits, growth, _NEVER)))
        owners[account] = csm
        load[csm] += problem.loads[account]
        room[csm] -= problem.uses[account]
    return owners
