"""Reliability of routing: random instances, brute force, shuffles, a known solver trap.

R-31 every hard rule holds on random instances, by the independent checker
R-32 small instances equal brute force
R-33, R-33b shuffled input, relabelled and scaled costs, dominated CSMs: the same answer
R-34, R-34b infeasible, empty, tied, without work: an explicit status
"""

import multiprocessing
import os
from concurrent.futures import ProcessPoolExecutor
from dataclasses import fields
from functools import partial
from typing import Any

import numpy as np
import pulp

from cs_assets.routing.placing import building, certificate
from cs_assets.routing.policy import load
from cs_assets.routing.solver import highs, search
from cs_assets.routing.solver.problem import Ints, Problem
from cs_assets.routing.solver.solve import NoAssignment, solve
from cs_assets.routing.solver.work import Work
from tests.figures import Figure
from tests.routing.instances import brute_force, random_problem, random_rows, small_rows


def checker(instances: int) -> Figure:
    parts = [range(k, min(k + 50, instances)) for k in range(0, instances, 50)]
    if len(parts) == 1:
        counts = [_checked(parts[0])]
    else:
        spawn = multiprocessing.get_context("spawn")
        with ProcessPoolExecutor(os.cpu_count(), mp_context=spawn) as pool:
            counts = list(pool.map(_checked, parts))
    held, refused = (sum(column) for column in zip(*counts, strict=True))
    value = f"{held}/{instances - refused} hold, {refused} have no assignment"
    return Figure(
        "R-31", "random_instances_pass_checker", value, "all", held == instances - refused
    )


def _checked(seeds: range) -> tuple[int, int]:
    """How many answers the checker confirms, and how many problems have none."""
    policy, held, refused = load(), 0, 0
    for seed in seeds:
        rows, books = small_rows(seed, 2 + seed % 7, 2 + seed % 4)
        problem = building.build(rows, books, policy).problem
        try:
            found = solve(problem, seconds=10, gap=0.01, effort=0.1)
        except NoAssignment:
            refused += 1
            continue
        owners = _named(problem, found.owners)
        proof = certificate.check(rows, books, owners, policy)
        held += proof.holds and proof.cost == found.cost
    return held, refused


def optimality(instances: int) -> Figure:
    equal = 0
    for seed in range(instances):
        problem = random_problem(seed, 2 + seed % 4, 2 + seed % 3)
        try:
            found: int | None = solve(problem, seconds=10, gap=0.0).cost
        except NoAssignment:
            found = None
        equal += found == brute_force(problem)
    value = f"{equal}/{instances}"
    return Figure("R-32", "equal_brute_force", value, "all", equal == instances)


def shuffles(times: int, accounts: int = 150, csms: int = 25) -> Figure:
    """The same accounts and books in any order must get the same owners."""
    policy = load()
    rows, books = random_rows(1, accounts, csms)
    books = [{**book, "max_accounts": 60} for book in books]
    random = np.random.default_rng(0)
    answers = set()
    for _ in range(times):
        mixed = [rows[k] for k in random.permutation(len(rows))]
        shelf = [books[k] for k in random.permutation(len(books))]
        problem = building.build(mixed, shelf, policy).problem
        found = solve(problem, seconds=60, gap=0.001, effort=0.02)  # 25 s each; 0.2 takes 100 s
        answers.add((tuple(sorted(_named(problem, found.owners).items())), found.reproducible))
    same = len(answers) == 1 and all(reproducible for _, reproducible in answers)
    value = f"{len(answers)} answer(s) from {times} shuffles"
    return Figure("R-33", "shuffles_150x25_identical_owners", value, "1 answer", same)


def metamorphic(instances: int) -> Figure:
    """Doubling all prices doubles the cost; a CSM whom no account may choose changes nothing."""
    held = tried = 0
    for seed in range(instances):
        problem = random_problem(seed, 4, 3)
        try:
            cost = solve(problem, seconds=10, gap=0.0).cost
        except NoAssignment:
            continue
        tried += 1
        doubled = _changed(problem, price=problem.price * 2, pair_cost=problem.pair_cost * 2)
        closed = problem.allowed.copy()
        closed[:, -1] &= False
        narrower = _changed(problem, allowed=closed)
        try:
            worse = solve(narrower, seconds=10, gap=0.0).cost
        except NoAssignment:
            worse = cost
        held += solve(doubled, seconds=10, gap=0.0).cost == 2 * cost and worse >= cost
    value = f"{held}/{tried}"
    return Figure("R-33b", "scaling_and_relaxing", value, "all", held == tried)


def solver_trap() -> Figure:
    """A like of PuLP issue 662: five binaries that the CBC bundled with PuLP calls infeasible.

    Three tasks to take or to skip, two of which can be skipped; taking all is feasible.
    """
    programme = pulp.LpProblem("trap", pulp.LpMinimize)
    names = [
        programme.add_variable(name, 0, 1, pulp.LpInteger)
        for name in ("take_0", "take_1", "take_2", "skip_0", "skip_1")
    ]
    first, second, third, skip_first, skip_second = names
    programme.setObjective(skip_first + skip_second)
    programme.addConstraint(first + skip_second == 1)
    programme.addConstraint(first + skip_first >= 1)
    programme.addConstraint(second + skip_second <= 1)
    programme.addConstraint(skip_first + skip_second <= 1)
    programme.addConstraint(third == 1)
    programme.addConstraint(9000 * second + 7200 * third + 10800 * skip_second >= 16200)
    answer = highs.solve(programme, names, integer=True, work=Work.of(10))
    chosen = [] if answer.values is None else np.rint(answer.values).astype(int).tolist()
    bundled = pulp.LpStatus[programme.solve(pulp.PULP_CBC_CMD(msg=False))]
    value = f"HiGHS_{''.join(map(str, chosen))}_CBC_{bundled}"
    right = chosen == [1, 1, 1, 0, 0]
    return Figure("R-34", "pulp_662_like_instance_solves", value, "HiGHS_11100", right)


def explicit_statuses() -> Figure:
    """Infeasible is refused, a tie is decided, no work still gives a labelled answer."""
    told = []
    problem = next(p for p in map(_small, range(20)) if brute_force(p) is not None)
    try:
        solve(_changed(problem, room=problem.room * 0), seconds=5, gap=0.0)
    except NoAssignment:
        told.append("infeasible")
    rushed = solve(_without_caps(random_problem(5, 30, 12)), seconds=0.0, gap=0.0)
    if rushed.status == "feasible" and rushed.gap > 0:
        told.append("no work")
    tied = _changed(problem, price=problem.price * 0, pair_cost=problem.pair_cost * 0)
    owners = [tuple(solve(tied, seconds=5, gap=0.0).owners) for _ in range(2)]
    if owners[0] == owners[1]:
        told.append("tie")
    if search.greedy(_changed(problem, allowed=problem.allowed & False)) is None:
        told.append("nobody")
    value = "+".join(told).replace(" ", "_")
    return Figure("R-34b", "explicit_statuses", value, "4 of 4", len(told) == 4)


def _without_caps(problem: Problem) -> Problem:
    return _changed(problem, allowed=problem.allowed | True, room=problem.room + 1000)


def _small(seed: int) -> Problem:
    return random_problem(seed, 4, 3)


def _named(problem: Problem, owners: Ints) -> dict[str, str]:
    return {
        account: problem.csm_ids[csm]
        for account, csm in zip(problem.account_ids, owners, strict=True)
    }


def _changed(problem: Problem, **values: Any) -> Problem:
    kept = {f.name: getattr(problem, f.name) for f in fields(problem) if f.init}
    return Problem(**{**kept, **values})


BY_ID = {
    "R-31": partial(checker, 10_000),
    "R-32": partial(optimality, 2_000),
    "R-33": partial(shuffles, 50),
    "R-33b": partial(metamorphic, 200),
    "R-34": solver_trap,
    "R-34b": explicit_statuses,
}
