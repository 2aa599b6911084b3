"""Bundles are priced exactly, and what they prove is true."""

from itertools import combinations

import numpy as np
import pytest

from cs_assets.routing.solver import bundle_pricing, bundles, formulation
from cs_assets.routing.solver.bound import Dual, curves
from cs_assets.routing.solver.bundle_pricing import Pricing
from cs_assets.routing.solver.problem import COST_UNIT, Problem
from cs_assets.routing.solver.search import greedy
from cs_assets.routing.solver.solve import solve
from cs_assets.routing.solver.work import Work
from tests.routing.instances import brute_force, random_problem


def _problem(seed: int, accounts: int, csms: int, *, caps: int = 100) -> Problem:
    """A problem with one counted kind of load, three colours and one amount."""
    random = np.random.default_rng(seed)
    colour = random.integers(0, 3, accounts)
    loads = np.zeros((accounts, 5), dtype=np.int64)
    loads[:, 0] = 1000
    loads[np.arange(accounts), 1 + colour] = 1000
    loads[:, 4] = random.integers(1_000, 90_000, accounts)
    books = np.zeros((csms, 5), dtype=np.int64)
    books[:, 0] = 1000 * random.integers(0, 3, csms)
    books[:, 4] = books[:, 0] * 40
    targets = np.broadcast_to((books.sum(axis=0) + loads.sum(axis=0)) // csms, books.shape)
    mean = np.maximum(loads.mean(axis=0), 1)
    return Problem(
        account_ids=tuple(f"A{k}" for k in range(accounts)),
        csm_ids=tuple(f"C{k}" for k in range(csms)),
        dimensions=("accounts", "red", "yellow", "green", "revenue"),
        resources=("accounts",),
        loads=loads,
        books=books,
        targets=targets.copy(),
        price=np.rint(COST_UNIT * np.array([1, 0.9, 0.4, 0.3, 0.7]) / mean).astype(np.int64),
        pair_cost=random.integers(0, COST_UNIT, (accounts, csms)),
        allowed=random.random((accounts, csms)) < 0.9,
        uses=np.ones((accounts, 1), dtype=np.int64),
        room=np.full((csms, 1), caps, dtype=np.int64),
    )


def _all(problem: Problem, csm: int, prices: np.ndarray) -> dict[tuple[int, ...], float]:
    """The reduced cost of every bundle that the CSM may get, one by one."""
    able = np.nonzero(problem.allowed[:, csm])[0].tolist()
    found = {}
    for size in range(min(len(able), int(problem.room[csm, 0])) + 1):
        for members in combinations(able, size):
            chosen = list(members)
            load = problem.books[csm] - problem.targets[csm] + problem.loads[chosen].sum(axis=0)
            cost = np.abs(load) @ problem.price + problem.pair_cost[chosen, csm].sum()
            found[members] = float(cost - prices[chosen].sum())
    return found


@pytest.mark.parametrize("seed", range(6))
def test_pricing_finds_every_bundle_below_the_limit(seed: int) -> None:
    problem = _problem(seed, 11, 4, caps=(100, 3)[seed % 2])
    prices = np.rint(np.random.default_rng(seed).uniform(0, 3, 11) * COST_UNIT)
    pricing = Pricing(problem)
    for csm in range(4):
        known = _all(problem, csm, prices)
        limit = min(known.values()) + 0.6 * COST_UNIT
        found = pricing.cheapest(csm, prices, limit)
        told = {
            tuple(int(a) for a in line if a < 11): cost
            for line, cost in zip(found.members, found.reduced, strict=True)
        }
        missing = {k: v for k, v in known.items() if v < limit and k not in told}
        assert all(told[k] == known[k] for k in told)
        assert all(v >= found.floor for v in missing.values())
        assert len(told) + len(missing) == sum(v < limit for v in known.values())
        assert not missing or any(len(k) > pricing.longest for k in missing)


def test_what_is_left_out_stays_above_the_floor(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bundle_pricing, "_WIDTH", 12)
    monkeypatch.setattr(bundle_pricing, "_KEPT", 6)
    problem = _problem(1, 11, 3)
    prices = np.full(11, 1.5 * COST_UNIT)
    for csm in range(3):
        known = _all(problem, csm, prices)
        limit = min(known.values()) + COST_UNIT
        found = Pricing(problem).cheapest(csm, prices, limit)
        assert np.isfinite(found.floor)
        best = min(found.floor, found.reduced.min(initial=np.inf))
        assert best <= min(known.values())


@pytest.mark.parametrize("seed", range(4))
def test_bundles_close_small_problems(seed: int) -> None:
    problem = _problem(seed, 7, 4)
    dual = Dual(problem, curves(problem, formulation.reach(problem, problem.allowed)))
    start = greedy(problem)
    assert start is not None
    assert bundles.applies(problem)
    closed = bundles.close(problem, dual, [start], nodes=100, work=Work.of(60.0))
    least = brute_force(problem)
    assert least is not None
    assert closed.bound <= least <= closed.cost
    assert closed.cost == pytest.approx(least, rel=1e-7)
    assert closed.cost - closed.bound <= 1e-6 * closed.cost


def test_a_rebalance_of_nearly_empty_books_is_solved_to_the_optimum() -> None:
    found = solve(_problem(3, 26, 12), seconds=60, gap=0.0)
    assert found.status == "optimal"
    assert found.reproducible


def test_without_work_nothing_is_claimed() -> None:
    problem = _problem(3, 26, 12)
    dual = Dual(problem, curves(problem, formulation.reach(problem, problem.allowed)))
    start = greedy(problem)
    assert start is not None
    closed = bundles.close(problem, dual, [start], nodes=100, work=Work.of(0.0))
    assert closed.bound == 0
    assert closed.owners is None


def test_large_batches_are_left_to_pairs() -> None:
    assert not bundles.applies(_problem(0, 40, 3))
    assert not bundles.applies(random_problem(0, 60, 2))
