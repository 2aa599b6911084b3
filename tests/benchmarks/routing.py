"""Speed and quality of routing, beside what people usually write, in the same run.

Instances come from the shared bench model (`../shared/perf`, seen from the repository);
where that folder is missing there is nothing to compare with: not measured there. Gaps are
against the best bound that any method of the run proved.
"""

import importlib
import multiprocessing
import resource
import statistics
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from typing import Any

import numpy as np

from cs_assets.routing.solver import formulation, search
from cs_assets.routing.solver.problem import COST_UNIT
from cs_assets.routing.solver.solve import solve
from tests.faults import routing_daemon
from tests.figures import Figure, NotHere
from tests.routing.instances import bench_folder, bench_problem, priced_by_load
from tests.waiting import PATIENCE


def daily(code: str, accounts: int, csms: int, seconds: float, most: float, seeds: int) -> Figure:
    """Median gap and processor time of the daily case, stopped at the gap that is promised."""
    gaps, times = [], []
    for seed in range(seeds):
        problem = bench_problem(_model().make(accounts, csms, seed, "incremental"))
        begun = time.process_time()
        found = solve(problem, seconds=seconds * 0.9, gap=most / 100 * 0.8)
        times.append(time.process_time() - begun)
        gaps.append(100 * found.gap)
    gap, took = statistics.median(gaps), statistics.median(times)
    name = f"daily_{accounts}x{csms}_gap_n{seeds}"
    value = f"{gap:.4f}%_worst_{max(gaps):.4f}%_in_{took:.2f}s_cpu"
    target = f"<={most}%_in_{seconds}s"
    return Figure(code, name, value, target, gap <= most and took <= seconds)


def rebalance(
    code: str, accounts: int, csms: int, seconds: float, most: float, seeds: int
) -> Figure:
    """Nearly empty books, against PuLP + CBC and PuLP + HiGHS on the textbook model."""
    gaps: dict[str, list[float]] = {"ours": [], "cbc": [], "highs": []}
    better, took = 0, []
    for seed in range(seeds):
        instance = _model().make(accounts, csms, seed, "greenfield")
        problem = bench_problem(instance)
        begun = time.perf_counter()
        found = solve(problem, seconds=seconds * 0.95, gap=0.0)
        took.append(time.perf_counter() - begun)
        costs = {"ours": _model().objective(instance, found.owners)}
        bounds = [found.bound / COST_UNIT]
        for name, (cost, proven) in _textbook(accounts, csms, seed, seconds).items():
            costs[name] = cost
            bounds.append(proven)
        bound = max(b for b in bounds if np.isfinite(b))
        for name, cost in costs.items():
            gaps[name].append(100 * (cost - bound) / cost if np.isfinite(cost) else float("inf"))
        better += costs["ours"] <= min(costs["cbc"], costs["highs"]) + 1e-6 * costs["ours"]
        told = ", ".join(f"{name} {line[-1]:.3f} %" for name, line in gaps.items())
        print(f"rebalance {accounts}x{csms} seed {seed}: {told}, {took[-1]:.1f} s", flush=True)
    median = {name: statistics.median(values) for name, values in gaps.items()}
    name = f"rebalance_{accounts}x{csms}_gap_n{seeds}"
    value = (
        f"{median['ours']:.3f}%_worst_{max(gaps['ours']):.3f}%_in_{statistics.median(took):.1f}s"
        f"_PuLP+CBC_{median['cbc']:.2f}%_PuLP+HiGHS_{median['highs']:.2f}%_not_worse_{better}/{seeds}"
    )
    passed = median["ours"] <= most and better == seeds
    return Figure(code, name, value, f"<={most}%_and_all", passed)


def _textbook(
    accounts: int, csms: int, seed: int, seconds: float
) -> dict[str, tuple[float, float]]:
    """Cost and bound of the textbook model by CBC and by HiGHS, side by side."""
    with ProcessPoolExecutor(2, mp_context=multiprocessing.get_context("spawn")) as pool:
        answers = {
            name: pool.submit(_one_textbook, accounts, csms, seed, seconds, name)
            for name in ("cbc", "highs")
        }
        return {name: answer.result(PATIENCE) for name, answer in answers.items()}


def _one_textbook(
    accounts: int, csms: int, seed: int, seconds: float, solver: str
) -> tuple[float, float]:
    instance = _model().make(accounts, csms, seed, "greenfield")
    found = _solvers().solve_pulp(instance, "naive", solver, limit=seconds, threads=1)
    return found.obj, found.bound


def building_time() -> Figure:
    """The folded model through PuLP, from arrays to a PuLP problem, in processor time."""
    problem = bench_problem(_model().make(500, 100, 0, "incremental"))
    times = []
    for _ in range(3):
        begun = time.process_time()
        formulation.to_pulp(formulation.fold(problem))
        times.append(time.process_time() - begun)
    took = statistics.median(times)
    begun = time.process_time()
    _solvers().pulp_naive(_model().make(500, 100, 0, "incremental"))
    textbook = time.process_time() - begun
    value = f"{took:.2f}s_cpu_textbook_{textbook:.2f}s"
    return Figure("P-routing-07", "pulp_build_500x100", value, "<=0.5s", took <= 0.5)


def greedy_is_beaten(batches: int = 200) -> Figure:
    """Simulated batches of 5 to 40 accounts for 25 CSMs: never worse than either greedy rule."""
    never_worse, over_loaded, over_weighted = 0, [], []
    for seed in range(batches):
        instance = _model().make(5 + seed % 36, 25, 1000 + seed, "incremental")
        problem = bench_problem(instance)
        ours = solve(problem, seconds=5, gap=0.0005, effort=0.2).cost
        weighted = search.greedy(problem)
        assert weighted is not None
        least_loaded = problem.cost(_model().round_robin(instance))
        costs = problem.cost(weighted), least_loaded
        never_worse += ours <= min(costs)
        over_weighted.append(100 * (costs[0] - ours) / costs[0])
        over_loaded.append(100 * (costs[1] - ours) / costs[1])
    value = (
        f"{never_worse}/{batches}_better_by_{statistics.mean(over_loaded):.2f}%_than_least_loaded"
        f"_{statistics.mean(over_weighted):.3f}%_than_weighted_greedy"
    )
    return Figure("P-routing-08", "never_worse_than_greedy", value, "all", never_worse == batches)


def counted(accounts: int = 2000, csms: int = 200, seconds: float = 20.0) -> Figure:
    """A large firm by the price of load; beside two busy processes the owners are the same."""
    problem = priced_by_load(_model().make(accounts, csms, 0, "incremental"))
    begun = time.process_time()
    found = solve(problem, seconds=seconds, gap=0.003 * 0.8)
    took = time.process_time() - begun
    spawn = multiprocessing.get_context("spawn")
    busy = [spawn.Process(target=_busy, daemon=True) for _ in range(2)]
    for process in busy:
        process.start()
    again = solve(problem, seconds=seconds, gap=0.003 * 0.8)
    for process in busy:
        process.kill()
        process.join(PATIENCE)
    same = bool((found.owners == again.owners).all()) and found.bound == again.bound
    gap = 100 * found.gap
    value = f"{gap:.4f}%_in_{took:.1f}s_cpu_work_{found.work:.2f}_under_load_equal_{same}"
    passed = gap <= 0.3 and same and found.work <= 1.02 and took <= 1.25 * seconds
    return Figure(
        "P-routing-10", f"{accounts}x{csms}_counted", value, "<=0.3%_in_20s_equal", passed
    )


def _busy() -> None:
    while True:
        pass


def very_large(accounts: int = 10_000, csms: int = 1_000, seconds: float = 120.0) -> Figure:
    """The largest firm, in a process of its own, whose peak of memory is told too."""
    spawn = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(1, mp_context=spawn) as pool:
        gap, took, work, peak = pool.submit(_very_large, accounts, csms, seconds).result(PATIENCE)
    value = f"{gap:.3f}%_in_{took:.0f}s_cpu_work_{work:.2f}_{peak:.0f}MB"
    passed = gap <= 2 and work <= 1.02 and took <= seconds and peak <= 1536
    return Figure(
        "P-routing-11", f"{accounts}x{csms}", value, f"<=2%_in_{seconds:.0f}s_1536MB", passed
    )


def _very_large(accounts: int, csms: int, seconds: float) -> tuple[float, float, float, float]:
    problem = priced_by_load(_model().make(accounts, csms, 0, "incremental"))
    begun = time.process_time()
    found = solve(problem, seconds=seconds, gap=0.01)
    took = time.process_time() - begun
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return 100 * found.gap, took, found.work, peak


def memory() -> Figure:
    """Peak memory of this process after the largest case."""
    solve(bench_problem(_model().make(2000, 200, 0, "incremental")), seconds=27, gap=0.004)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return Figure("P-routing-09", "peak_memory", f"{peak:.0f}MB", "<=1024MB", peak <= 1024)


def _model() -> Any:
    return _shared("routing_model")


def _solvers() -> Any:
    return _shared("routing_solvers")


def _shared(name: str) -> Any:
    """A module of the shared folder, which is no package."""
    folder = bench_folder()
    if folder is None:
        raise NotHere("the bench model (../shared/perf) is not on this machine")
    if str(folder) not in sys.path:
        sys.path.insert(0, str(folder))
    return importlib.import_module(name)


#: Sizes are accounts, CSMs, seconds, gap in percent, instances.
BY_ID = {
    "P-routing-01": partial(daily, "P-routing-01", 50, 25, 1, 0.05, 10),
    "P-routing-02": partial(daily, "P-routing-02", 200, 60, 1, 0.05, 10),
    "P-routing-03": partial(daily, "P-routing-03", 500, 100, 3, 0.1, 5),
    "P-routing-04": partial(daily, "P-routing-04", 2000, 200, 30, 0.5, 1),
    "P-routing-05": partial(rebalance, "P-routing-05", 50, 25, 20, 1.0, 10),
    "P-routing-06": partial(rebalance, "P-routing-06", 200, 60, 20, 1.0, 10),
    "P-routing-07": building_time,
    "P-routing-08": greedy_is_beaten,
    "P-routing-09": memory,
    "P-routing-10": counted,
    "P-routing-11": very_large,
    "P-routing-20": routing_daemon.soon_routed,
}
