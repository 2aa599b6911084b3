"""The folded model says what the problem costs."""

import numpy as np
import pytest

from cs_assets.routing.solver import formulation, highs
from cs_assets.routing.solver.problem import COST_UNIT
from cs_assets.routing.solver.search import greedy
from cs_assets.routing.solver.solve import columns_of
from cs_assets.routing.solver.work import Work
from tests.routing.instances import brute_force, random_problem


@pytest.mark.parametrize("seed", range(8))
def test_columns_of_an_assignment_keep_the_rows_and_cost_the_same(seed: int) -> None:
    problem = random_problem(seed, 6, 4)
    owners = greedy(problem)
    if owners is None:
        pytest.skip("no room for everybody in this order")
    model = formulation.fold(problem)
    columns = columns_of(model, owners)
    assert (columns <= model.most).all()
    assert (columns >= 0).all()
    for row in model.rows:
        filled = float(np.dot(row.values, columns[row.columns]))
        assert filled <= row.limit + 1e-9
    cost = float(model.costs @ columns) * COST_UNIT + model.offset
    assert cost == pytest.approx(problem.cost(owners), rel=1e-9)


@pytest.mark.parametrize("seed", range(8))
def test_programme_through_pulp_has_the_least_cost(seed: int) -> None:
    problem = random_problem(seed, 5, 4)
    least = brute_force(problem)
    model = formulation.fold(problem)
    programme, variables = formulation.to_pulp(model)
    answer = highs.solve(programme, variables, integer=True, work=Work.of(10))
    if least is None:
        assert answer.infeasible
    else:
        assert answer.bound * COST_UNIT + model.offset == pytest.approx(least, rel=1e-6)
