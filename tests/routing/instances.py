"""Random routing problems of small size, as frames and as arrays."""

from dataclasses import replace
from functools import cache, lru_cache
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np

from cs_assets.routing.placing import building
from cs_assets.routing.policy import Policy, load
from cs_assets.routing.rows import rows_of
from cs_assets.routing.solver.problem import COST_UNIT, Ints, Problem
from tests.routing.frames import account, described, owned, worker

_REGIONS = ("Europe", "North America")
_ZONES = (None, "Europe/Berlin", "America/Chicago", "Asia/Tokyo")


def random_rows(seed: int, accounts: int, csms: int) -> tuple[list[Any], list[Any]]:
    """Described accounts and books of a random small firm."""
    random, apart = np.random.default_rng(seed), np.random.default_rng([seed, 1])

    def some(values: tuple[Any, ...], draw: np.random.Generator = random) -> Any:
        return values[int(draw.integers(len(values)))]

    people = [
        worker(
            f"W{n}",
            region=some((*_REGIONS, None, None)),
            languages=some(("en", "en;de", "en;de", None)),
            segments=some((None, None, "Residential;Enterprise")),
            max_accounts=some((None, 3, 5, 8)),
            industries=some((None, "Banking", "Banking;Construction"), apart),
            modules=some((None, "Mail", "Mail;Texts"), apart),
            time_zone=some(_ZONES, apart),
            working_hours=some((None, "07:00-15:00", "20:00-04:00"), apart),
        )
        for n in range(csms)
    ]

    def anything(make: Any, *names: str) -> Any:
        return make(
            *names,
            segment=some(("Residential", "Enterprise", "Mid-Market", None)),
            region=some((*_REGIONS, None, None)),
            language=some(("en", "en", "de", None)),
            health_segment=some(("Red", "Yellow", "Green", None)),
            revenue=some((None, float(random.integers(1_000, 200_000)))),
            tad_score=float(random.integers(0, 101)),
            open_tickets=int(random.integers(0, 9)),
            lifecycle_stage=some(("onboarding", "steady", "renewal", None)),
            industry=some((None, "Banking", "Retail"), apart),
            modules=some((None, "Mail;Social", "Texts"), apart),
            time_zone=some(_ZONES, apart),
        )

    book = [
        anything(owned, f"O{n}{k}", f"W{n}") for n in range(csms) for k in range(some((0, 1, 3)))
    ]
    fresh = [anything(account, f"A{n}") for n in range(accounts)]
    frame, books = described([*book, *fresh], people)
    return rows_of(frame), rows_of(books)


@lru_cache(maxsize=1)
def _firm(number: int) -> tuple[list[Any], list[Any]]:
    return random_rows(number, 60, 12)


def small_rows(seed: int, accounts: int, csms: int) -> tuple[list[Any], list[Any]]:
    """Some accounts and books of a firm; fifty seeds in a row share one.

    Describing rows takes far longer than routing a few of them.
    """
    rows, books = _firm(seed // 50)
    random = np.random.default_rng(seed)
    some = random.permutation(len(rows))[:accounts]
    who = random.permutation(len(books))[:csms]
    return [rows[k] for k in some], [books[k] for k in who]


def random_problem(seed: int, accounts: int, csms: int, policy: Policy | None = None) -> Problem:
    """The problem of ``small_rows``."""
    rows, books = small_rows(seed, accounts, csms)
    return building.build(rows, books, policy or _default()).problem


@cache
def _default() -> Policy:
    return load()


def brute_force(problem: Problem) -> int | None:
    """The least cost over all assignments, or None when no assignment keeps the rules."""
    best: int | None = None
    choices = [np.nonzero(line)[0] for line in problem.allowed]
    for owners in product(*choices):
        chosen = np.array(owners, dtype=np.int64)
        if problem.keeps_rules(chosen):
            cost = problem.cost(chosen)
            best = cost if best is None else min(best, cost)
    return best


def bench_problem(instance: Any) -> Problem:
    """An instance of the shared bench model (see `bench_model`) as a problem."""
    quantum = np.array([1000, 1000, 1000, 1000, 1000, 1])

    def whole(values: Any) -> Ints:
        return np.rint(np.asarray(values, dtype=float)).astype(np.int64)

    accounts, csms = instance.pen.shape
    takes = instance.elig & (instance.cap > 0)
    return Problem(
        account_ids=tuple(f"A{k:05}" for k in range(accounts)),
        csm_ids=tuple(f"C{k:04}" for k in range(csms)),
        dimensions=("count", "neediness", "red", "yellow", "green", "revenue"),
        resources=("accounts",),
        loads=whole(instance.a * quantum),
        books=whole(instance.book * quantum),
        targets=whole(np.broadcast_to(instance.T * quantum, (csms, 6))),
        price=whole(instance.w * COST_UNIT / quantum),
        pair_cost=whole(instance.pen * COST_UNIT),
        allowed=np.broadcast_to(takes, (accounts, csms)).copy(),
        uses=np.ones((accounts, 1), dtype=np.int64),
        room=whole(instance.cap)[:, None],
    )


def priced_by_load(instance: Any) -> Problem:
    """The same instance with load priced as the policy does: in hundredths of a full book."""
    problem, steps = bench_problem(instance), _default().objective.steps
    average = np.maximum(problem.loads.mean(axis=0), 1.0)
    full = np.floor(85 * average / steps).astype(np.int64)
    weights = np.array([0.35, 0.44, 0.035, 0.005, 0.005, 0.155])
    return replace(
        problem,
        targets=np.zeros_like(problem.targets),
        price=np.maximum(1, np.rint(weights * COST_UNIT / (2 * steps * average))).astype(np.int64),
        steps=np.broadcast_to(full, problem.books.shape).copy(),
        pair_cost=np.rint(instance.pen * 0.01 * COST_UNIT).astype(np.int64),
    )


def bench_folder() -> Path | None:
    """The folder of the shared bench model and its solvers, None where it is missing."""
    folder = Path(__file__).resolve().parents[3] / "shared" / "perf"
    return folder if (folder / "routing_model.py").is_file() else None
