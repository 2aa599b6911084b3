"""The folded model says what the problem costs."""

import time

import numpy as np
import numpy.typing as npt
import pulp
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


def _through_pulp(programme: highs.ZeroOne) -> npt.NDArray[np.float64] | None:
    """The answer of the same columns and rows given to PuLP."""
    model = pulp.LpProblem("same", pulp.LpMinimize)
    count = len(programme.costs)
    columns = [model.add_variable(f"v{k}", 0, 1, pulp.LpInteger) for k in range(count)]
    model.setObjective(pulp.LpAffineExpression(zip(columns, programme.costs, strict=True)))
    whole = programme.model(np.arange(count))
    starts, places = whole.a_matrix_.start_, whole.a_matrix_.index_
    for row, (low, high) in enumerate(zip(whole.row_lower_, whole.row_upper_, strict=True)):
        inside = range(starts[row], starts[row + 1])
        terms = [(columns[places[k]], whole.a_matrix_.value_[k]) for k in inside]
        sense = pulp.LpConstraintEQ if low == high else pulp.LpConstraintLE
        line = pulp.LpAffineExpression(terms)
        model.addConstraint(pulp.LpConstraint(line, sense, f"r{row}", high))
    return highs.solve(model, columns, integer=True, work=Work.of(10)).values


@pytest.mark.parametrize("seed", range(4))
def test_a_programme_of_plain_numbers_gets_the_same_answer_as_through_pulp(seed):
    random = np.random.default_rng(seed)
    programme, places = highs.ZeroOne(), 5
    ways = [[programme.column(float(random.integers(1, 4))) for _ in range(places)]
            for _ in range(40)]  # fmt: skip
    for columns in ways:
        wait = programme.column(50.0)
        programme.row([(k, 1) for k in (*columns, wait)], 1, equal=True)
    for place in range(places):
        uses = random.integers(1, 9, len(ways)).tolist()
        programme.row([(c[place], use) for c, use in zip(ways, uses, strict=True)], 30)
    answer = highs.solve_zero_one(programme, Work.of(10))
    assert answer.proven
    assert answer.values is not None
    assert answer.values.tolist() == _through_pulp(programme).tolist()


def test_processor_time_ends_a_programme_and_the_clock_on_the_wall_does_not() -> None:
    programme, variables = formulation.to_pulp(formulation.fold(random_problem(3, 60, 12)))
    spent = Work(left=1e12, until=time.thread_time())
    assert highs.solve(programme, variables, integer=True, work=spent).stopped_by_clock
    assert spent.caught
    crowded = Work(left=1e12, until=time.thread_time() + 0.5)
    assert crowded.longest == pytest.approx(10, rel=0.1)
