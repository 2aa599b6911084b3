"""From accounts and books to a routing problem in whole numbers.

Quantities are kept in hundredths (accounts, points, neediness, risk) and in units of dollars.
A book is priced against what its CSM can carry (`capacity`): an account costs in proportion
to how full the book is, in steps of the policy, and a whole 1 on a full book.
"""

import hashlib
import math
from collections.abc import Callable, Collection, Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from cs_assets.routing.accounts import wanted_band
from cs_assets.routing.books import is_shared
from cs_assets.routing.placing import capacity, eligibility, fit, mix
from cs_assets.routing.policy import DIMENSIONS, TENURE, Policy
from cs_assets.routing.rows import Row, known
from cs_assets.routing.solver.problem import COST_UNIT, Ints, Problem

#: Largest cost that the hash adds to a pair so that equal owners are never a matter of order.
TIE_BREAK = 1000


@dataclass(frozen=True)
class Batch:
    """A problem with what an explanation needs: rows, and the pair costs term by term."""

    accounts: list[Row]
    books: list[Row]
    problem: Problem
    pair_terms: Mapping[str, Ints]
    forbidden: list[list[str | None]]
    policy: Policy
    rules: eligibility.Rules
    revenue_unit: int = 1
    prices: tuple[float, ...] = ()
    """Of a unit of each dimension before rounding: a small weight leaves few digits."""
    full: Any = None
    """The full book of each CSM (C x D)."""
    leans: Mapping[str, Any] = field(default_factory=dict)
    """By term of the mix, what an account costs for each full book of surplus (A x C)."""


def build(
    accounts: Sequence[Row],
    books: Sequence[Row],
    policy: Policy,
    *,
    pins: Mapping[str, str] | None = None,
    refused: Collection[tuple[str, str]] = (),
    relaxed: Mapping[str, Collection[str]] | None = None,
    keeps: Mapping[str, str] | None = None,
    leaving_costs: Mapping[str, int] | None = None,
    match_costs: Mapping[tuple[str, str], int] | None = None,
) -> Batch:
    """The problem in canonical order: accounts and CSMs by id.

    ``pins`` gives accounts the CSM that a person chose, ``refused`` are pairs that a
    person ruled out, ``relaxed`` the rules passed for an account. ``keeps`` are owners of
    today, who may keep the account whatever the rules say; ``leaving_costs`` is what it
    costs to take it from them; ``match_costs`` is the learned cost of a pair. CSMs who carry no
    load today (leave, leaving, first weeks) cannot be chosen.
    """
    rows = sorted(accounts, key=lambda row: str(row["account_id"]))
    shelf = sorted(books, key=lambda row: str(row["worker_id"]))
    shelf = [book for book in shelf if book["load_share"] > 0]
    pins, relaxed = pins or {}, relaxed or {}
    rules = eligibility.Rules(policy, shelf)
    forbidden = _all_forbidden(rows, shelf, rules, pins, refused, relaxed)
    whole, shared = capacity.sides(rows, shelf)
    unit = whole.revenue_unit
    loads = _matrix([capacity.account_load(row, unit) for row in rows], len(DIMENSIONS))
    on_shelf = _matrix([capacity.book_load(book, unit) for book in shelf], len(DIMENSIONS))
    keeps = keeps or {}
    place = {book["worker_id"]: j for j, book in enumerate(shelf)}
    for line, row in zip(forbidden, rows, strict=True):
        if (keeper := keeps.get(row["account_id"])) in place:
            line[place[keeper]] = None
    pair_terms = _pair_terms(rows, shelf, policy)
    full = _full(shelf, whole, shared, policy)
    money = np.array([known(row["revenue"]) for row in rows], dtype=np.int64)
    leans = mix.leans(loads, full, money, policy)
    pair_terms |= mix.costs(on_shelf, full, leans, policy)
    if leaving_costs is not None:
        pair_terms["continuity"] = _continuity(rows, shelf, keeps, leaving_costs)
    if match_costs is not None:
        pairs = [[match_costs[r["account_id"], b["worker_id"]] for b in shelf] for r in rows]
        pair_terms["match"] = np.array(pairs, dtype=np.int64).reshape(len(rows), len(shelf))
    prices = _prices(whole, policy)
    uses, room, resources = _caps(rows, shelf, policy, relaxed)
    problem = Problem(
        account_ids=tuple(str(row["account_id"]) for row in rows),
        csm_ids=tuple(str(book["worker_id"]) for book in shelf),
        dimensions=DIMENSIONS,
        resources=resources,
        loads=loads,
        books=on_shelf,
        targets=np.zeros_like(on_shelf),
        price=np.rint(prices).astype(np.int64),
        pair_cost=sum(pair_terms.values(), np.zeros((len(rows), len(shelf)), dtype=np.int64)),
        allowed=pd.isna(np.array(forbidden, dtype=object).reshape(len(rows), len(shelf))),
        uses=uses,
        room=room,
        steps=np.maximum(1, np.floor(full / policy.objective.steps)).astype(np.int64),
    )  # fmt: skip
    return Batch(
        rows, shelf, problem, pair_terms, forbidden, policy, rules, unit, prices, full, leans
    )


def tie_breaks(accounts: Sequence[str], csms: Sequence[str]) -> Ints:
    """A stable number below `TIE_BREAK` for each pair (A x C).

    The hashes of both ids, mixed (the finish of SplitMix64: Steele, Lea and Flood 2014).
    """
    ours, theirs = (
        np.array([_hashed(name) for name in names], dtype=np.uint64) for names in (accounts, csms)
    )
    mixed = ours[:, None] * np.uint64(3) ^ theirs[None, :]
    for shift, factor in ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB)):
        mixed = (mixed ^ (mixed >> np.uint64(shift))) * np.uint64(factor)
    mixed ^= mixed >> np.uint64(31)
    return np.asarray(mixed % np.uint64(TIE_BREAK), dtype=np.int64)


def tie_break(account_id: str, csm_id: str) -> int:
    """That of one pair."""
    return int(tie_breaks([account_id], [csm_id])[0, 0])


def _hashed(name: str) -> int:
    return int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], "big")


def recency_share(book: Row, policy: Policy) -> float:
    """1 right after an assignment, falling to 0 over the policy's hours."""
    if not known(book["last_assigned_at"]):
        return 0.0
    since = pd.Timestamp(book["batched_at"]) - pd.Timestamp(book["last_assigned_at"])
    return max(0.0, 1 - since.total_seconds() / 3600 / policy.objective.recency_hours)


def intake_limit(accounts: int, csms: int, policy: Policy) -> int:
    """Accounts of one batch that one CSM may get, so that nobody is flooded."""
    intake = policy.capacity.intake
    return max(intake.at_least, math.ceil(intake.times_fair_share * accounts / max(csms, 1)))


def _matrix(rows: list[list[int]], width: int) -> Ints:
    return np.array(rows, dtype=np.int64).reshape(len(rows), width)


def _all_forbidden(
    rows: list[Row],
    shelf: list[Row],
    rules: eligibility.Rules,
    pins: Mapping[str, str],
    refused: Collection[tuple[str, str]],
    relaxed: Mapping[str, Collection[str]],
) -> list[list[str | None]]:
    """The first rule in the way of each pair, worked out once for each kind of account."""
    found: dict[tuple[int, frozenset[str]], list[str | None]] = {}
    forbidden = []
    for row in rows:
        name = row["account_id"]
        passed = relaxed.get(name, ())
        key = (rules.kind(row), frozenset(passed))
        if key not in found:
            found[key] = [next(iter(broken), None) for broken in rules.line(row, passed)]
        forbidden.append(list(found[key]))
        pinned = pins.get(name)
        if pinned is not None:
            forbidden[-1] = [None if pinned == b["worker_id"] else "pinned" for b in shelf]
    place = {str(book["worker_id"]): j for j, book in enumerate(shelf)}
    at = {str(row["account_id"]): i for i, row in enumerate(rows)}
    for name, worker in refused:
        if name in at and worker in place and name not in pins:
            forbidden[at[name]][place[worker]] = "refused"
    return forbidden


def _full(
    shelf: list[Row], whole: capacity.Firm, shared: capacity.Firm, policy: Policy
) -> npt.NDArray[np.float64]:
    """The full book of each CSM, against the side it is on (C x D)."""
    rows = [capacity.capacity(book, shared if is_shared(book) else whole, policy) for book in shelf]
    return np.array(rows, dtype=float).reshape(len(shelf), len(DIMENSIONS))


def _prices(whole: capacity.Firm, policy: Policy) -> tuple[float, ...]:
    """Price of a unit of each dimension: an average account costs its weight on a full book."""
    prices = []
    for name in DIMENSIONS:
        weight = policy.objective.weights.of(name) * COST_UNIT
        full = 2 * policy.objective.steps * whole.average(name, policy)
        prices.append(weight / full if full else 0.0)
    return tuple(prices)


def _pair_terms(rows: list[Row], shelf: list[Row], policy: Policy) -> dict[str, Ints]:
    """What a pairing costs beyond balance, A x C each."""
    goal = policy.objective
    wants = np.array([wanted_band(row["neediness"], policy.tenure) for row in rows], dtype=int)
    bands = np.array([TENURE.index(book["tenure_category"]) for book in shelf], dtype=int)
    short = np.maximum(wants[:, None] - bands[None, :], 0)
    over = np.maximum(bands[None, :] - wants[:, None], 0)
    gap = (short + goal.tenure_over * over) / (len(TENURE) - 1)
    recency = np.array([recency_share(book, policy) for book in shelf])
    unsure = _by_kind(
        rows,
        lambda row: eligibility.stakes(row, policy),
        lambda row: [eligibility.seniority(row, book, policy) is not None for book in shelf],
    )
    shape = (len(rows), len(shelf))
    unfamiliar, apart = _fit(rows, shelf)
    terms = {
        "expertise": _cost(goal.expertise * unfamiliar, shape),
        "working_hours": _cost(goal.working_hours * apart, shape),
        "tenure": _cost(goal.weights.tenure * gap, shape),
        "seniority": _cost(goal.discouraged * np.array(unsure, dtype=float), shape),
        "recency": _cost(np.broadcast_to(goal.weights.recency * recency, shape), shape),
        "tie_break": tie_breaks(
            [str(row["account_id"]) for row in rows], [str(book["worker_id"]) for book in shelf]
        ).reshape(shape),
    }
    if policy.eligibility.region == "soft":
        differs = [[eligibility.region_differs(r, b) for b in shelf] for r in rows]
        terms["region"] = _cost(goal.region_soft * np.array(differs, dtype=float), shape)
    if policy.eligibility.language == "soft":
        differs = [[eligibility.language_differs(r, b) for b in shelf] for r in rows]
        terms["language"] = _cost(goal.language_soft * np.array(differs, dtype=float), shape)
    return terms


def _fit(rows: list[Row], shelf: list[Row]) -> tuple[Any, Any]:
    """What CSMs do not know of accounts, and how far apart they work: shares, A x C each.

    Worked out once for each kind of account and of CSM.
    """
    ours = [fit.kind_of_account(row) for row in rows]
    theirs = [fit.kind_of_book(book) for book in shelf]
    accounts, csms = dict(zip(ours, rows, strict=True)), dict(zip(theirs, shelf, strict=True))
    at = [{kind: k for k, kind in enumerate(some)} for some in (accounts, csms)]
    place = np.ix_([at[0][kind] for kind in ours], [at[1][kind] for kind in theirs])
    size = (len(accounts), len(csms))
    unfamiliar, apart = (
        np.array([[share(a, b) for b in csms.values()] for a in accounts.values()], dtype=float)
        for share in (fit.unfamiliar, fit.apart)
    )
    return unfamiliar.reshape(size)[place], apart.reshape(size)[place]


def _by_kind(
    rows: list[Row], kind: Callable[[Row], Hashable], line: Callable[[Row], list[bool]]
) -> list[list[bool]]:
    """``line`` of every row, worked out once for each kind."""
    found: dict[Hashable, list[bool]] = {}
    out = []
    for row in rows:
        key = kind(row)
        if key not in found:
            found[key] = line(row)
        out.append(found[key])
    return out


def _continuity(
    rows: list[Row], shelf: list[Row], keeps: Mapping[str, str], costs: Mapping[str, int]
) -> Ints:
    """What taking each account from its owner of today costs, A x C."""
    lines = [
        [
            0
            if keeps.get(row["account_id"]) == book["worker_id"]
            else costs.get(row["account_id"], 0)
            for book in shelf
        ]
        for row in rows
    ]
    return np.array(lines, dtype=np.int64).reshape(len(rows), len(shelf))


def _cost(values: Any, shape: tuple[int, int]) -> Ints:
    return np.rint(np.asarray(values, dtype=float).reshape(shape) * COST_UNIT).astype(np.int64)


def _caps(
    rows: list[Row], shelf: list[Row], policy: Policy, relaxed: Mapping[str, Collection[str]]
) -> tuple[Ints, Ints, tuple[str, ...]]:
    """Uses (A x K) and room (C x K) of the capped resources, with their names."""
    names, uses, room = ["accounts"], [[1] * len(rows)], [[max(0, _left(b)) for b in shelf]]
    open_to = sum(bool(book["is_available"]) for book in shelf)
    free = {str(row["account_id"]) for row in rows} & {
        account for account, rules in relaxed.items() if "intake" in rules
    }
    names.append("intake")
    uses.append([int(row["account_id"] not in free) for row in rows])
    limit = intake_limit(len(rows), open_to, policy)
    room.append([len(rows) if is_shared(book) else limit for book in shelf])
    for segment, cap in sorted(policy.capacity.max_accounts_by_segment.items()):
        names.append(f"accounts {segment}")
        uses.append([int(row["segment"] == segment) for row in rows])
        room.append([max(0, cap - eligibility.owned_of(book, segment)) for book in shelf])
    if any(known(book["intake_left"]) for book in shelf):
        names.append("weekly intake")
        uses.append([1] * len(rows))
        left = [b["intake_left"] if known(b["intake_left"]) else len(rows) for b in shelf]
        room.append([int(number) for number in left])
    if policy.capacity.max_points is not None:
        names.append("points")
        uses.append([round(float(row["points"]) * capacity.HUNDREDTHS) for row in rows])
        room.append(
            [
                max(0, round((float(b["max_points"]) - float(b["points"])) * capacity.HUNDREDTHS))
                for b in shelf
            ]
        )
    return (
        np.array(uses, dtype=np.int64).reshape(len(names), len(rows)).T,
        np.array(room, dtype=np.int64).reshape(len(names), len(shelf)).T,
        tuple(names),
    )


def _left(book: Row) -> int:
    return int(book["max_accounts"]) - int(book["accounts"])
