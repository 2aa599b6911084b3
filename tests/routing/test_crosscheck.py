"""Counting out a sample confirms what is right and refuses what is not."""

import dataclasses
from typing import Any

import numpy as np
import pandas as pd
import pytest

from cs_assets.routing import policy
from cs_assets.routing.placing import recommend as recommending
from cs_assets.routing.placing.certificate import NotCertified
from cs_assets.routing.placing.crosscheck import cross_check
from cs_assets.routing.solver import solve as solving
from cs_assets.routing.solver.problem import Problem
from cs_assets.routing.solver.solve import NoAssignment, solve
from tests.routing.instances import brute_force, random_problem, random_rows


@pytest.mark.parametrize("seed", range(25))
def test_small_batches_are_counted_out_whole(seed: int) -> None:
    problem = random_problem(seed, 4, 3)
    try:
        found = solve(problem, seconds=10, gap=0.0)
    except NoAssignment:
        return
    counted = cross_check(problem, found.owners, found.cost, found.bound)
    assert counted.cheapest == brute_force(problem) == found.cost


@pytest.mark.parametrize("seed", range(25))
@pytest.mark.parametrize("little", [100, 10_000])
def test_of_a_batch_that_costs_little_the_best_is_found_and_proved(seed: int, little: int) -> None:
    problem = random_problem(seed, 6, 4)
    cheap = dataclasses.replace(
        problem,
        price=np.maximum(1, problem.price // little),
        pair_cost=problem.pair_cost // little,
    )
    try:
        found = solve(cheap, seconds=10, gap=0.0)
    except NoAssignment:
        return
    assert found.bound <= brute_force(cheap) == found.cost
    assert found.status == "optimal"


def test_a_worse_assignment_called_optimal_is_refused() -> None:
    problem = random_problem(3, 4, 3)
    found = solve(problem, seconds=10, gap=0.0)
    refused = 0
    for row in range(4):
        for csm in np.nonzero(problem.allowed[row])[0]:
            owners = found.owners.copy()
            owners[row] = csm
            cost = problem.cost(owners)
            if not problem.keeps_rules(owners) or cost <= found.cost:
                continue
            refused += 1
            with pytest.raises(NotCertified, match="less than the bound"):
                cross_check(problem, owners, cost, cost)
    assert refused


def test_a_wrong_cost_is_refused() -> None:
    problem = random_problem(3, 4, 3)
    found = solve(problem, seconds=10, gap=0.0)
    with pytest.raises(NotCertified, match="counting out"):
        cross_check(problem, found.owners, found.cost + 1, found.bound)


def test_a_solver_that_proves_too_much_stores_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    honest = solving.solve

    def boasts(problem: Problem, **more: Any) -> solving.Solution:
        found = honest(problem, **more)
        for row, csm in np.argwhere(problem.allowed):
            owners = found.owners.copy()
            owners[row] = csm
            cost = problem.cost(owners)
            if problem.keeps_rules(owners) and cost > found.cost:
                return dataclasses.replace(found, owners=owners, cost=cost, bound=cost)
        raise AssertionError("the instance has one assignment only")

    monkeypatch.setattr(solving, "solve", boasts)
    rows, books = random_rows(3, 4, 3)
    with pytest.raises(NotCertified, match="less than the bound"):
        recommending.recommend(pd.DataFrame(rows), pd.DataFrame(books), policy.load())
