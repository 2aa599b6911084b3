"""What moving accounts between CSMs could bring: a list of balance against moves.

Every movable account may stay or go; a move costs its price plus the continuity that is
lost. Solving at falling prices of a move gives points from "nothing moves" to "as
balanced as can be"; a limit on moves or revenue cuts a point to its best moves first.
Nothing is applied: a person takes a proposal up, account by account.
"""

import dataclasses
import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from cs_assets.routing.placing import certificate, siblings
from cs_assets.routing.policy import Policy
from cs_assets.routing.rehearsal import moving, must_move
from cs_assets.routing.rehearsal.health_mix import HealthMix
from cs_assets.routing.rows import Row, known, rows_of
from cs_assets.routing.solver import solve
from cs_assets.routing.solver.problem import COST_UNIT, Ints, Problem

#: So often a price is solved, each time with what a book may have at risk by the last answer.
_CAPPED = 4


@dataclass(frozen=True)
class Point:
    """One proposal: moves (account, from, to), revenue moved, and the cost of the balance.

    ``balance`` and ``before`` are what the books cost more than if all were as full as each
    other; ``gap`` is how far it may be from the best at its price of a move, None where it was cut
    to a limit, or to what books may have at risk, which nothing proves to be best.
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
    split: Mapping[str, str] = field(default_factory=dict)
    """By account that must move and cannot go together with its family, the reason."""


@dataclass(frozen=True)
class Limits:
    """How much may move; None is no limit."""

    moves: int | None = None
    revenue: float | None = None


def movable(row: Row, parents: Collection[str], as_of: Any, policy: Policy) -> bool:
    """Not protected, of no family, and at no bad time: renewal, an escalation, a new owner."""
    rules = policy.rebalance
    of_family = known(row["parent_account_id"]) or row["account_id"] in parents
    if row["is_protected"] or of_family:
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
    limits = limits or Limits()
    must = set(homeless) | (set(owned["worker_id"]) - set(books["worker_id"]))
    rules = moving.Rules(policy, as_of, must, limits != Limits(), seconds)
    rows = _may_or_must_move(owned, books, rules)
    placed, relaxed, unplaced = must_move.placeable(rows, rows_of(books), rules)
    lost = [row for row in rows if row["account_id"] in unplaced]
    stuck = must_move.stuck(lost, rows_of(books), rules)
    rows, shelf = placed, moving.without(rows_of(books), placed)
    points: list[Point] = []
    prices = policy.rebalance.move_prices
    if unplaced and not rows:
        batch, nobody = moving.build([], shelf, rules, 0.0, {})
        point = _point(siblings.fold(batch), [], nobody, nobody, 0.0, 0.0)
        return [dataclasses.replace(point, unplaced=unplaced, asked=stuck)]
    split = must_move.split_families(rows, shelf, rules, relaxed) if rows else {}
    for price in prices if rows else ():
        batch, at = moving.build(rows, shelf, rules, price, relaxed)
        folded = siblings.fold(batch, split)
        problem, owners = folded.batch.problem, at[[family[0] for family in folded.families]]
        mix = HealthMix(problem, owners)
        wanted = _wanted(problem, owners, mix, seconds / len(prices))
        if wanted is None:
            continue
        chosen, gap = _allowed(problem, rows, owners, wanted, limits, mix)
        point = _point(folded, rows, owners, chosen, price, gap)
        broken = must_move.broken(rows, batch, folded.owners(chosen), relaxed)
        asked = stuck | must_move.asked(rows, broken, policy)
        points.append(
            dataclasses.replace(point, relaxed=broken, unplaced=unplaced, asked=asked, split=split)
        )
    return _undominated(points)


def _may_or_must_move(
    owned: pd.DataFrame, books: pd.DataFrame, rules: moving.Rules
) -> list[dict[str, Any]]:
    """The accounts that move or may; of those that must, a child is bound to a parent who stays."""
    carrying = set(books.loc[books["load_share"] > 0, "worker_id"])
    # Who may get only so many accounts a week keeps those there are: what moves counts in full.
    giving = carrying - set(books.loc[books["intake_left"].notna(), "worker_id"])
    owner_of = dict(zip(owned["account_id"], owned["worker_id"], strict=True))
    parents = set(owned["parent_account_id"].dropna())
    found = []
    for row in rows_of(owned):
        follows = owner_of.get(row["parent_account_id"])
        bound = follows if follows in carrying and follows not in rules.must else None
        if row["worker_id"] in rules.must:
            found.append({**row, "parent_owner_id": bound})
        elif row["worker_id"] in giving and movable(row, parents, rules.as_of, rules.policy):
            found.append({**row, "parent_owner_id": None})
    return found


def _allowed(
    problem: Problem,
    rows: Sequence[Row],
    today: Ints,
    wanted: tuple[Ints, float | None],
    limits: Limits,
    mix: HealthMix,
) -> tuple[Ints, float | None]:
    """``wanted`` and its gap; cut, without one, where it makes a book too sick or is too much."""
    chosen, gap = wanted
    if mix.sicker(chosen).any():
        chosen, gap = _undone(problem, rows, today, chosen, mix), None
    if not _fits(problem, rows, today, chosen, limits):
        chosen, gap = _within(problem, rows, today, chosen, limits, mix), None
    if not problem.keeps_rules(chosen) or mix.sicker(chosen).any():
        raise certificate.NotCertified("a proposal breaks a cap or a rule")
    return chosen, gap


def _wanted(
    problem: Problem, today: Ints, mix: HealthMix, seconds: float
) -> tuple[Ints, float | None] | None:
    """The owners that cost least and how far they may be from the best; None: there are none.

    What a book may have at risk hangs on how many accounts it gets, so it is capped by what the
    last answer gave it, and solved again, until the answer keeps it or so often.
    """
    capped, found = problem, None
    for _ in range(_CAPPED):
        try:
            found = solve.solve(
                capped,
                seconds=seconds,
                gap=0.002,
                effort=0.2,
                start=None if (today < 0).any() else today,
            )
        except solve.NoAssignment:
            break
        if not mix.sicker(found.owners).any():
            break
        capped = mix.capped(problem, found.owners)
    return None if found is None else (found.owners, found.gap)


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


def _fits(problem: Problem, rows: Sequence[Row], today: Ints, wanted: Ints, limits: Limits) -> bool:
    moved = (today != wanted) & (today >= 0)
    few = limits.moves is None or bool(moved.sum() <= limits.moves)
    return few and (
        limits.revenue is None or bool(_worth(problem, rows)[moved].sum() <= limits.revenue)
    )


def _undone(
    problem: Problem, rows: Sequence[Row], today: Ints, wanted: Ints, mix: HealthMix
) -> Ints:
    """``wanted`` without moves that make a book too sick, those that bring least first.

    Only what must move moves where an owner has no room any more for what would come back.
    """
    owners = wanted.copy()
    while (sick := mix.sicker(owners)).any():
        back = np.nonzero(mix.chosen(owners) & sick[owners])[0].tolist()
        tried = [(problem.cost(_put(owners, a, today[a])), a) for a in back]
        kept = [a for _, a in sorted(tried) if problem.keeps_rules(_put(owners, a, today[a]))]
        if not kept:
            return _within(problem, rows, today, wanted, Limits(moves=0), mix)
        owners = _put(owners, kept[0], today[kept[0]])
    return owners


def _put(owners: Ints, account: int, csm: int) -> Ints:
    """``owners`` with the account at another CSM."""
    out = owners.copy()
    out[account] = csm
    return out


def _within(
    problem: Problem,
    rows: Sequence[Row],
    today: Ints,
    wanted: Ints,
    limits: Limits,
    mix: HealthMix,
) -> Ints:
    """``wanted`` cut to the limits: the moves that help most, one after the other.

    It begins with what must move, placed as well as can be with everybody else staying.
    """
    staying = moving.staying(problem, today)
    owners = solve.solve(staying, seconds=5.0, gap=0.002, effort=0.2).owners.copy()
    worth = _worth(problem, rows)
    left = math.inf if limits.moves is None else float(limits.moves)
    money = math.inf if limits.revenue is None else limits.revenue
    left_out = set(np.nonzero((today != wanted) & (today >= 0))[0].tolist())
    while left_out and left >= 1:
        best, gain, cost = -1, 0, problem.cost(owners)
        for account in sorted(left_out):
            if worth[account] <= money:
                trial = _put(owners, account, wanted[account])
                saved = cost - problem.cost(trial)
                if saved > gain and problem.keeps_rules(trial) and not mix.sicker(trial).any():
                    best, gain = account, saved
        if best < 0:
            break
        owners[best] = wanted[best]
        left_out.remove(best)
        left, money = left - 1, money - worth[best]
    return owners


def _worth(problem: Problem, rows: Sequence[Row]) -> npt.NDArray[np.float64]:
    """Revenue of each account of the problem."""
    revenue = {row["account_id"]: moving.revenue(row) for row in rows}
    return np.array([revenue[a] for a in problem.account_ids], dtype=float)


def _point(
    folded: siblings.Folded,
    rows: Sequence[Row],
    today: Ints,
    chosen: Ints,
    price: float,
    gap: float | None,
) -> Point:
    problem = folded.batch.problem
    by_id = {row["account_id"]: row for row in rows}
    goes = folded.owners(chosen)
    moved = [name for row in np.nonzero(today != chosen)[0] for name in folded.ids(int(row))]
    moves = tuple((name, by_id[name]["worker_id"], goes[name]) for name in sorted(moved))
    forced = sum(len(folded.ids(int(row))) for row in np.nonzero(today < 0)[0])
    return Point(
        moves=moves,
        revenue=round(sum(moving.revenue(by_id[account]) for account, _, _ in moves), 2),
        balance=_balance(problem, chosen),
        before=_balance(problem, today),
        move_price=price,
        gap=gap,
        forced=forced,
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
