"""What moving accounts between CSMs could bring: a list of balance against moves.

Every movable account may stay or go; a move costs its price plus the continuity that is
lost. Solving at falling prices of a move gives points from "nothing moves" to "as
balanced as can be"; a limit on moves or revenue cuts a point to its best moves first.
Nothing is applied: a person takes a proposal up, account by account.
"""

import dataclasses
import json
import math
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from cs_assets.routing.placing import agreement, building, certificate, waiting
from cs_assets.routing.placing.eligibility import SAYS, fewest_rules
from cs_assets.routing.policy import Policy
from cs_assets.routing.rows import Row, known, rows_of
from cs_assets.routing.solver import search, solve
from cs_assets.routing.solver.problem import COST_UNIT, Ints, Problem

#: Rules on new accounts, which say nothing of accounts that move.
_NEVER_BIND = ("intake", "cooling", "parent")


@dataclass(frozen=True)
class Point:
    """One proposal: moves (account, from, to), revenue moved, and the cost of the balance.

    ``balance`` and ``before`` are what the books cost more than if all were as full as each
    other; ``gap`` is how far it may be from the best at its price of a move, None where a
    limit cut it, which nothing proves to be best.
    """

    moves: tuple[tuple[str, str, str], ...]
    revenue: float
    balance: float
    before: float
    move_price: float
    gap: float | None
    forced: int
    """Of the moves, those away from owners who left: no limit holds for them."""
    relaxed: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """By account that no CSM may take by every rule, the rules passed for it."""
    unplaced: Mapping[str, str] = field(default_factory=dict)
    """By account that must move and for which there is nobody, the reason."""
    asked: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """By account, of the rules passed or to be passed, those to which a person must agree first."""


@dataclass(frozen=True)
class Limits:
    """How much may move; None is no limit."""

    moves: int | None = None
    revenue: float | None = None


def continuity(row: Row, as_of: Any, policy: Policy) -> float:
    """Worth of the relationship: grows over the policy's months, and more for revenue.

    0 for an acquaintance of today; the policy's value for a relationship as long as that
    with an account of average points. Linear in time, by square root of the points.
    """
    if not known(row["owned_since"]):
        return 0.0
    days = (pd.Timestamp(as_of) - pd.Timestamp(row["owned_since"])).days
    share = min(1.0, max(0.0, days / 30.44 / policy.rebalance.continuity_months))
    return policy.rebalance.continuity * share * math.sqrt(max(float(row["points"]), 0.0))


def movable(row: Row, as_of: Any, policy: Policy) -> bool:
    """Not protected, no child, and at no bad time: renewal, an escalation, a new owner."""
    rules = policy.rebalance
    if row["is_protected"] or known(row["parent_account_id"]):
        return False
    if rules.keep_in_renewal and row["lifecycle_stage"] == "renewal":
        return False
    escalated = known(row["escalations_90d"]) and float(row["escalations_90d"]) > 0
    if rules.keep_escalated and escalated:
        return False
    if not known(row["owned_since"]):
        return True
    return (pd.Timestamp(as_of) - pd.Timestamp(row["owned_since"])).days >= rules.rest_days


def pareto(
    owned: pd.DataFrame,
    books: pd.DataFrame,
    policy: Policy,
    as_of: Any,
    *,
    homeless: Sequence[str] = (),
    limits: Limits | None = None,
    seconds: float = 20.0,
) -> list[Point]:
    """Proposals at each price of a move, fewest moves first; those no better are left out.

    ``owned`` are weighed accounts with owner, ``books`` those of the CSMs with all of
    them. Accounts of those who left, and of ``homeless``, must move, whatever it costs;
    those of a CSM on leave stay unless named there. Where nobody may take one that must
    move, rules are passed in the published order; where that does not help, or room is
    short, it is named as unplaced and the rest goes on.
    """
    carrying = set(books.loc[books["load_share"] > 0, "worker_id"])
    # Who may get only so many accounts a week keeps those there are: what moves counts in full.
    keeping = set(books.loc[books["intake_left"].notna(), "worker_id"])
    must = set(homeless) | (set(owned["worker_id"]) - set(books["worker_id"]))
    rows = [
        {**row, "parent_owner_id": None}
        for row in rows_of(owned)
        if row["worker_id"] in must
        or (row["worker_id"] in carrying - keeping and movable(row, as_of, policy))
    ]
    rules = Rules(policy, as_of, must)
    limits = limits or Limits()
    placed, relaxed, unplaced = _placeable(rows, rows_of(books), rules, limits, seconds)
    stuck = _stuck([row for row in rows if row["account_id"] in unplaced], rows_of(books), rules)
    rows, shelf = placed, _without(rows_of(books), placed)
    points: list[Point] = []
    prices = policy.rebalance.move_prices
    if unplaced and not rows:
        batch, nobody = _build([], shelf, rules, 0.0, {})
        point = _point(batch, [], nobody, nobody, 0.0, 0.0)
        return [dataclasses.replace(point, unplaced=unplaced, asked=stuck)]
    for price in prices if rows else ():
        batch, owners = _build(rows, shelf, rules, price, relaxed)
        try:
            found = solve.solve(
                batch.problem,
                seconds=seconds / len(prices),
                gap=0.002,
                effort=0.2,
                start=None if (owners < 0).any() else owners,
            )
        except solve.NoAssignment:
            continue
        chosen = found.owners
        gap: float | None = found.gap
        if not _fits(batch.problem, rows, owners, chosen, limits):
            chosen, gap = _within(batch.problem, rows, owners, chosen, limits), None
        if not batch.problem.keeps_rules(chosen):
            raise certificate.NotCertified("a proposal breaks a cap or a rule")
        point = _point(batch, rows, owners, chosen, price, gap)
        broken = _broken(batch, chosen, relaxed)
        asked = stuck | _asked(rows, broken, policy)
        points.append(dataclasses.replace(point, relaxed=broken, unplaced=unplaced, asked=asked))
    return _undominated(points)


@dataclass(frozen=True)
class Rules:
    """What holds for every price of a move: the policy, the moment, whose accounts must go."""

    policy: Policy
    as_of: Any
    must: Collection[str]


def _placeable(
    rows: list[dict[str, Any]],
    books: list[dict[str, Any]],
    rules: Rules,
    limits: "Limits",
    seconds: float,
) -> tuple[list[dict[str, Any]], dict[str, tuple[str, ...]], dict[str, str]]:
    """The rows that can be placed, rules passed for some of them, and why others cannot be.

    With a limit on moves no account has to move so that another finds room.
    """
    relaxed: dict[str, tuple[str, ...]] = {}
    unplaced: dict[str, str] = {}
    shelf = _without(books, rows)
    batch, _ = _build(rows, shelf, rules, 0.0, relaxed)
    by_id = {row["account_id"]: row for row in rows}
    for i, line in enumerate(batch.problem.allowed):
        if line.any():
            continue
        name = batch.problem.account_ids[i]
        needed = fewest_rules(
            _may_be_passed(rules.policy), partial(_somebody, by_id[name], shelf, rules)
        )
        if needed is None:
            counts = Counter(rule for rule in batch.forbidden[i] if rule)
            unplaced[name] = "; ".join(
                f"{n} CSM{'s' if n > 1 else ''}: {SAYS.get(rule, rule)}"
                for rule, n in counts.most_common()
            )
        else:
            relaxed[name] = tuple(needed)
    rows = [row for row in rows if row["account_id"] not in unplaced]
    short, passed = _short_of_room(rows, shelf, rules, relaxed, limits != Limits(), seconds)
    rows = [row for row in rows if row["account_id"] not in short]
    return rows, relaxed | passed, unplaced | short


def _asked(
    rows: Sequence[Row], passed: Mapping[str, tuple[str, ...]], policy: Policy
) -> dict[str, tuple[str, ...]]:
    """By account for which rules are passed, those that only a person may pass for it."""
    found = {
        row["account_id"]: agreement.asked(row, passed[row["account_id"]], policy)
        for row in rows
        if row["account_id"] in passed
    }
    return {name: rules for name, rules in found.items() if rules}


def _stuck(
    rows: Sequence[dict[str, Any]], books: list[dict[str, Any]], rules: Rules
) -> dict[str, tuple[str, ...]]:
    """By account that no proposal can place, what somebody could take it by if a person agreed."""
    shelf, found = _without(books, rows), {}
    listed = [line.rule for line in rules.policy.passing if line.rule not in _NEVER_BIND]
    for row in rows:
        if _somebody(row, shelf, rules, _may_be_passed(rules.policy)):
            continue  # what lacks is room
        needed = fewest_rules(listed, partial(_somebody, row, shelf, rules))
        if asked := agreement.asked(row, needed or (), rules.policy):
            found[row["account_id"]] = asked
    return found


def _short_of_room(
    rows: list[dict[str, Any]],
    shelf: list[dict[str, Any]],
    rules: Rules,
    relaxed: Mapping[str, tuple[str, ...]],
    limited: bool,
    seconds: float,
) -> tuple[dict[str, str], dict[str, tuple[str, ...]]]:
    """Accounts for which there is no room, with the reason, and rules passed so that others have.

    Rules are passed in the published order, as routing does where room is short.
    """

    def left_with(passed: Mapping[str, tuple[str, ...]], staying: bool) -> set[str]:
        batch, owners = _build(rows, shelf, rules, 0.0, {**relaxed, **passed})
        problem = _staying(batch.problem, owners) if staying else batch.problem
        if search.greedy(problem) is not None:
            return set()
        stays = 1e6  # who has an owner keeps one, whatever happens
        prices = [
            1 + row["points"] if row["worker_id"] in rules.must else stays for row in batch.accounts
        ]
        out = waiting.who_waits(problem, prices, seconds)
        return {a for a, waits in zip(problem.account_ids, out, strict=True) if waits}

    passed: dict[str, tuple[str, ...]] = {}
    left = left_with(passed, limited) if rows else set()
    order = _may_be_passed(rules.policy)
    for count in range(1, len(order) + 1):
        if not left:
            break
        more = {a: tuple(dict.fromkeys((*relaxed.get(a, ()), *order[:count]))) for a in left}
        tried = passed | dict(sorted(more.items()))
        left = left_with(tried, limited)
        passed = {name: those for name, those in tried.items() if name not in left}
    ever = left_with(passed, staying=False) if left and limited else left
    said = {True: "no room left", False: "no room left unless others move too"}
    return {name: said[name in ever] for name in sorted(left)}, passed


def _broken(
    batch: building.Batch, owners: Ints, relaxed: Mapping[str, tuple[str, ...]]
) -> dict[str, tuple[str, ...]]:
    """Of the rules that might be passed for an account, those that its CSM breaks."""
    found = {}
    for row, csm in zip(batch.accounts, owners, strict=True):
        name = row["account_id"]
        if name in relaxed:
            rules = batch.rules.forbidding(row, batch.books[int(csm)], _NEVER_BIND)
            found[name] = tuple(rule for rule in relaxed[name] if rule in rules)
    return {name: rules for name, rules in found.items() if rules}


def _may_be_passed(policy: Policy) -> list[str]:
    """The rules that a proposal may pass, which a person sees before anything moves."""
    return [line.rule for line in policy.passing if line.rule not in (*_NEVER_BIND, "seniority")]


def _somebody(row: Row, shelf: list[dict[str, Any]], rules: Rules, passed: Sequence[str]) -> bool:
    """Whether some CSM may take the account when these rules are passed for it."""
    batch, _ = _build([dict(row)], shelf, rules, 0.0, {row["account_id"]: tuple(passed)})
    return bool(batch.problem.allowed.any())


def as_rows(points: Sequence[Point]) -> pd.DataFrame:
    """One row a proposal and move: analytics.rebalancing_proposals without the week."""
    return pd.DataFrame(
        [
            {
                "proposal": number,
                "account_id": account,
                "from_worker_id": source,
                "to_worker_id": target,
                "move_price": point.move_price,
                "imbalance_before": point.before,
                "imbalance_after": point.balance,
                "moves": len(point.moves),
                "forced_moves": point.forced,
                "gap": point.gap,
            }
            for number, point in enumerate(points, start=1)
            for account, source, target in point.moves
        ]
    )


def _build(
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
    passed = {a: (*_NEVER_BIND, *relaxed.get(a, ())) for a in (row["account_id"] for row in rows)}
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


def _without(books: list[dict[str, Any]], rows: Sequence[Row]) -> list[dict[str, Any]]:
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
                money[row["segment"]] -= round(_revenue(row))
        open_now = book["load_share"] > 0
        out.append(
            {
                **book,
                "accounts": book["accounts"] - len(mine),
                "points": round(book["points"] - sum(row["points"] for row in mine), 2),
                "neediness": round(book["neediness"] - sum(row["neediness"] for row in mine), 3),
                "revenue": round(float(book["revenue"]) - sum(map(_revenue, mine)), 2),
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


def _staying(problem: Problem, today: Ints) -> Problem:
    """The problem in which everybody who has an owner stays."""
    allowed = problem.allowed.copy()
    for account in np.nonzero(today >= 0)[0]:
        allowed[account] = False
        allowed[account, today[account]] = True
    return dataclasses.replace(problem, allowed=allowed)


def _fits(problem: Problem, rows: Sequence[Row], today: Ints, wanted: Ints, limits: Limits) -> bool:
    moved = (today != wanted) & (today >= 0)
    few = limits.moves is None or bool(moved.sum() <= limits.moves)
    return few and (
        limits.revenue is None or bool(_worth(problem, rows)[moved].sum() <= limits.revenue)
    )


def _within(
    problem: Problem, rows: Sequence[Row], today: Ints, wanted: Ints, limits: Limits
) -> Ints:
    """``wanted`` cut to the limits: the moves that help most, one after the other.

    It begins with what must move, placed as well as can be with everybody else staying.
    """
    owners = solve.solve(_staying(problem, today), seconds=5.0, gap=0.002, effort=0.2).owners.copy()
    worth = _worth(problem, rows)
    left = math.inf if limits.moves is None else float(limits.moves)
    money = math.inf if limits.revenue is None else limits.revenue
    waiting = set(np.nonzero((today != wanted) & (today >= 0))[0].tolist())
    while waiting and left >= 1:
        best, gain, cost = -1, 0, problem.cost(owners)
        for account in sorted(waiting):
            if worth[account] <= money:
                trial = owners.copy()
                trial[account] = wanted[account]
                saved = cost - problem.cost(trial)
                if saved > gain and problem.keeps_rules(trial):
                    best, gain = account, saved
        if best < 0:
            break
        owners[best] = wanted[best]
        waiting.remove(best)
        left, money = left - 1, money - worth[best]
    return owners


def _worth(problem: Problem, rows: Sequence[Row]) -> npt.NDArray[np.float64]:
    """Revenue of each account of the problem."""
    revenue = {row["account_id"]: _revenue(row) for row in rows}
    return np.array([revenue[a] for a in problem.account_ids], dtype=float)


def _point(
    batch: building.Batch,
    rows: Sequence[Row],
    today: Ints,
    chosen: Ints,
    price: float,
    gap: float | None,
) -> Point:
    problem = batch.problem
    by_id = {row["account_id"]: row for row in rows}
    moves = tuple(
        (account, by_id[account]["worker_id"], problem.csm_ids[int(to)])
        for account, at, to in zip(problem.account_ids, today, chosen, strict=True)
        if at != to
    )
    return Point(
        moves=moves,
        revenue=round(sum(_revenue(by_id[account]) for account, _, _ in moves), 2),
        balance=_balance(problem, chosen),
        before=_balance(problem, today),
        move_price=price,
        gap=gap,
        forced=int((today < 0).sum()),
    )


def _balance(problem: Problem, owners: Ints) -> float:
    """What the books cost more than if all were as full as each other, by every measure."""
    steps = problem.steps
    assert steps is not None
    placed = owners >= 0
    total = problem.books.sum(axis=0) + problem.loads[placed].sum(axis=0)
    even = total.astype(float) ** 2 / steps.sum(axis=0) * problem.price
    return round(float(problem.book_costs(owners).sum() - even.sum()) / COST_UNIT, 3)


def _undominated(points: list[Point]) -> list[Point]:
    kept: list[Point] = []
    for point in sorted(points, key=lambda p: (len(p.moves), p.balance)):
        if not kept or point.balance < kept[-1].balance:
            kept.append(point)
    return kept


def _revenue(row: Mapping[str, Any]) -> float:
    return float(row["revenue"]) if known(row["revenue"]) else 0.0
