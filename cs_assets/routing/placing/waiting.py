"""Who waits when not every account can be placed: as little waiting as possible, oldest first."""

import numpy as np
import pulp

from cs_assets.routing.policy import Policy
from cs_assets.routing.rows import Row, known
from cs_assets.routing.solver import highs
from cs_assets.routing.solver.problem import Bools, Problem
from cs_assets.routing.solver.work import Work


def price(account: Row, policy: Policy) -> float:
    """What leaving an account without a CSM costs, against that of leaving others.

    It grows with each day it has waited, without limit, so that no account waits for
    ever; an account in the policy's focus costs more from the first day.
    """
    costs = policy.batch
    days = float(account["waiting_days"]) if known(account["waiting_days"]) else 0.0
    focus = costs.waiting_in_focus if account["in_focus"] else 0.0
    return costs.waiting + focus + costs.waiting_per_day * days


def who_waits(problem: Problem, prices: list[float], seconds: float) -> Bools:
    """The accounts left out (A) so that the others fit and the price of waiting is least.

    Only pairs and caps count here; balance comes after. Solved exactly as an integer
    programme, which without a points cap is a flow and so easy.
    """
    accounts, csms = np.nonzero(problem.allowed)
    programme = pulp.LpProblem("waiting", pulp.LpMinimize)
    takes = [programme.add_variable(f"x{k}", 0, 1, pulp.LpInteger) for k in range(len(accounts))]
    waits = [programme.add_variable(f"w{i}", 0, 1, pulp.LpInteger) for i in range(problem.size[0])]
    programme.setObjective(pulp.LpAffineExpression(list(zip(waits, prices, strict=True))))
    for account in range(problem.size[0]):
        terms = [(takes[k], 1) for k in np.nonzero(accounts == account)[0]]
        placed = pulp.LpAffineExpression([*terms, (waits[account], 1)])
        programme.addConstraint(pulp.LpConstraint(placed, pulp.LpConstraintEQ, f"a{account}", 1))
    for k in range(len(problem.resources)):
        for csm in range(problem.size[1]):
            columns = np.nonzero((csms == csm) & (problem.uses[accounts, k] > 0))[0]
            if problem.uses[accounts[columns], k].sum() > problem.room[csm, k]:
                used = [(takes[c], int(problem.uses[accounts[c], k])) for c in columns]
                cap = pulp.LpAffineExpression(used)
                limit = int(problem.room[csm, k])
                programme.addConstraint(
                    pulp.LpConstraint(cap, pulp.LpConstraintLE, f"c{k}_{csm}", limit)
                )
    answer = highs.solve(programme, [*takes, *waits], integer=True, work=Work.of(seconds))
    if answer.values is None:
        return np.ones(problem.size[0], dtype=bool)
    return answer.values[len(takes) :] > 0.5
