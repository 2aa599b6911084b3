"""Whether a lead of customer success would sign what routing decides.

J-routing-01 half a year live: as even as greedy on squares, and near what hindsight would do
J-routing-02 the same against a waterfall of six criteria as sold in this field
J-routing-03 decisions that nobody would sign: none comes out
J-routing-04 an account alone and in a batch of one: the same CSM
J-routing-05 nobody waits, and no rule is passed, without need: counted out
J-routing-06 no family is split that fits: counted out
"""

import json
import statistics
from collections.abc import Iterator
from functools import cache

import pandas as pd

from cs_assets.routing import policy
from cs_assets.routing.placing import building
from cs_assets.routing.placing.recommend import recommend
from cs_assets.routing.rows import rows_of
from cs_assets.routing.solver.solve import solve
from tests.figures import Figure
from tests.judge import counted_routing, stupid_routing
from tests.judge.live_routing import (
    in_hindsight,
    live,
    one_by_one,
    spreads,
    squares,
    waterfall,
    world,
)
from tests.routing.instances import random_rows


@cache
def _half_a_year(seeds: int, weeks: int, first: int = 0) -> dict[str, list[dict[str, float]]]:
    """The spreads of each way to route the same arrivals, by seed."""
    rules = policy.load()
    out: dict[str, list[dict[str, float]]] = {}
    for seed in range(first, first + seeds):
        given = world(seed, rules, weeks)
        for name, held in (
            ("live", live(given, rules)),
            ("squares", one_by_one(given, rules, squares)),
            ("waterfall", one_by_one(given, rules, waterfall)),
            ("hindsight", in_hindsight(given, rules)),
        ):
            out.setdefault(name, []).append(spreads(given, held))
    return out


def half_a_year(seeds: int = 3, weeks: int = 26, first: int = 0) -> Iterator[Figure]:
    """J-routing-01 and -02."""
    found = {
        name: {what: statistics.mean(row[what] for row in rows) for what in rows[0]}
        for name, rows in _half_a_year(seeds, weeks, first).items()
    }
    ours = found["live"]
    against = {what: ours[what] / found["squares"][what] for what in ours}
    behind = {what: ours[what] / found["hindsight"][what] for what in ours}
    told = "_".join(
        f"{what}_{ours[what]:.3f}_x{against[what]:.2f}_x{behind[what]:.2f}" for what in ours
    )
    even = max(against.values()) <= 1.1 and max(behind.values()) <= 1.6
    yield Figure(
        "J-routing-01", f"{weeks}_weeks_live_n{seeds}", told,
        "each_<=x1.1_squares_and_<=x1.6_hindsight", even,
    )  # fmt: skip
    less = 1 - statistics.mean(ours[w] / found["waterfall"][w] for w in ours)
    value = f"{100 * less:.0f}%_less_spread"
    yield Figure("J-routing-02", "against_waterfall", value, ">=20%", less >= 0.2)


def stupid_cases() -> Figure:
    come_out = stupid_routing.come_out()
    value = f"{len(come_out)}_of_{len(stupid_routing.all_cases())}"
    value += "".join(f":{name}" for name in come_out)
    return Figure("J-routing-03", "stupid_cases_come_out", value, "0", not come_out)


def alone_and_batch_of_one(instances: int = 200) -> Figure:
    """What `route --account` and a sensor's single account get, against the programme itself."""
    rules, same, tried = policy.load(), 0, 0
    for seed in range(instances):
        rows, books = random_rows(seed, 1, 6)
        frames = pd.DataFrame(rows).assign(waiting_days=0.1), pd.DataFrame(books)
        first = recommend(*frames, rules).recommendations.iloc[0]
        if first["status"] != "recommended":
            continue
        tried += 1
        problem = building.build(rows_of(frames[0]), books, rules).problem
        best = problem.csm_ids[int(solve(problem, seconds=10, gap=0.0).owners[0])]
        same += best == first["worker_id"] and first["cost"] is not None
        assert json.loads(first["audit"])["measure"] == "cost"
    return Figure(
        "J-routing-04", "alone_as_in_a_batch_of_one", f"{same}/{tried}", "all", same == tried
    )


def needless_waiting(instances: int = 500) -> Figure:
    wrong = [
        f"{seed}:{said}"
        for seed in range(instances)
        if (said := counted_routing.needless_waiting(seed))
    ]
    value = f"{len(wrong)}_of_{instances}" + "".join(f";{said}" for said in wrong[:3])
    return Figure("J-routing-05", "needless_waiting_or_passing", value, "0", not wrong)


def split_families(instances: int = 500) -> Figure:
    wrong = [seed for seed in range(instances) if counted_routing.split_though_they_fit(seed)]
    value = f"{len(wrong)}_of_{instances}" + "".join(f";{seed}" for seed in wrong[:5])
    return Figure("J-routing-06", "families_split_though_they_fit", value, "0", not wrong)


BY_ID = {
    "J-routing-01": half_a_year,
    "J-routing-02": half_a_year,
    "J-routing-03": stupid_cases,
    "J-routing-04": alone_and_batch_of_one,
    "J-routing-05": needless_waiting,
    "J-routing-06": split_families,
}
