"""The accounts that may move as a problem: what stays on the shelf, and what leaving costs."""

import dataclasses
import json
import math
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from cs_assets.routing.placing import building
from cs_assets.routing.policy import Policy
from cs_assets.routing.rows import Row, known
from cs_assets.routing.solver.problem import COST_UNIT, Ints, Problem

#: Rules on new accounts, which say nothing of accounts that move.
NEVER_BIND = ("intake", "cooling")


@dataclass(frozen=True)
class Rules:
    """What holds for every price of a move: the policy, the moment, whose accounts must go.

    Where what moves is ``limited`` nobody has to move so that others find room; what the solver is
    asked beside the proposals takes ``seconds`` at most each time.
    """

    policy: Policy
    as_of: Any
    must: Collection[str]
    limited: bool
    seconds: float


def continuity(row: Row, as_of: Any, policy: Policy) -> float:
    """Worth of the relationship: grows over the policy's months, and is more for a heavy account.

    0 for an acquaintance of today; the policy's value for a relationship as long as that
    with an account of average points. Linear in time, by square root of the points.
    """
    if not known(row["owned_since"]):
        return 0.0
    days = (pd.Timestamp(as_of) - pd.Timestamp(row["owned_since"])).days
    share = min(1.0, max(0.0, days / 30.44 / policy.rebalance.continuity_months))
    return policy.rebalance.continuity * share * math.sqrt(max(float(row["points"]), 0.0))


def build(
    rows: list[dict[str, Any]],
    shelf: list[dict[str, Any]],
    rules: Rules,
    price: float,
    relaxed: Mapping[str, tuple[str, ...]],
) -> tuple[building.Batch, Ints]:
    """The problem at one price of a move, and today's owners (-1: must move)."""
    stays = [row for row in rows if row["worker_id"] not in rules.must]
    costs = {
        row["account_id"]: round((price + continuity(row, rules.as_of, rules.policy)) * COST_UNIT)
        for row in stays
    }
    passed = {a: (*NEVER_BIND, *relaxed.get(a, ())) for a in (row["account_id"] for row in rows)}
    batch = building.build(
        rows,
        shelf,
        rules.policy,
        relaxed=passed,
        keeps={row["account_id"]: row["worker_id"] for row in stays},
        leaving_costs=costs,
    )
    place = {csm: j for j, csm in enumerate(batch.problem.csm_ids)}
    today = {row["account_id"]: place.get(row["worker_id"], -1) for row in stays}
    owners = np.array([today.get(a, -1) for a in batch.problem.account_ids], dtype=np.int64)
    return batch, owners


def without(books: list[dict[str, Any]], rows: Sequence[Row]) -> list[dict[str, Any]]:
    """The books less the movable accounts; a CSM above the cap today may stay there."""
    out = []
    for book in books:
        mine = [row for row in rows if row["worker_id"] == book["worker_id"]]
        colours = Counter(row["health_segment"] for row in mine)
        segments = json.loads(book["by_segment"])
        for segment, count in Counter(row["segment"] for row in mine).items():
            if segment in segments:
                segments[segment] -= count
        money = json.loads(book["revenue_by_segment"])
        for row in mine:
            if row["segment"] in money:
                money[row["segment"]] -= round(revenue(row))
        open_now = book["load_share"] > 0
        out.append(
            {
                **book,
                "accounts": book["accounts"] - len(mine),
                "points": round(book["points"] - sum(row["points"] for row in mine), 2),
                "neediness": round(book["neediness"] - sum(row["neediness"] for row in mine), 3),
                "revenue": round(float(book["revenue"]) - sum(map(revenue, mine)), 2),
                "at_risk": round(book["at_risk"] - sum(row["at_risk"] for row in mine), 3),
                "red": book["red"] - colours["Red"],
                "yellow": book["yellow"] - colours["Yellow"],
                "green": book["green"] - colours["Green"],
                "by_segment": json.dumps(segments),
                "revenue_by_segment": json.dumps(money),
                "max_accounts": max(book["max_accounts"], book["accounts"]),
                "max_points": None,
                "is_available": open_now,
                "unavailable_why": book["unavailable_why"]
                if not open_now or book["unavailable_why"] == "weekly_intake"
                else None,
            }
        )
    return out


def staying(problem: Problem, today: Ints) -> Problem:
    """The problem in which everybody who has an owner stays."""
    allowed = problem.allowed.copy()
    for account in np.nonzero(today >= 0)[0]:
        allowed[account] = False
        allowed[account, today[account]] = True
    return dataclasses.replace(problem, allowed=allowed)


def revenue(row: Mapping[str, Any]) -> float:
    return float(row["revenue"]) if known(row["revenue"]) else 0.0
