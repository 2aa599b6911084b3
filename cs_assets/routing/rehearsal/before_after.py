"""A proposal as a lead reads it: each CSM's book before and after, and why each account moves."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from cs_assets.routing.books import is_shared
from cs_assets.routing.placing import capacity
from cs_assets.routing.policy import DIMENSIONS, Policy
from cs_assets.routing.rehearsal.rebalance import Point
from cs_assets.routing.rows import Row, rows_of

_MEASURES = ("accounts", "points", "revenue", "red")
_WORDS = {
    "accounts": "accounts", "points": "capacity points", "neediness": "neediness",
    "at_risk": "accounts at risk", "revenue": "revenue",
}  # fmt: skip


def owners_after(point: Point, owned: pd.DataFrame) -> pd.Series:
    """The owner of each owned account after the moves; None where it finds none."""
    goes: dict[str, str | None] = {account: to for account, _, to in point.moves}
    goes |= dict.fromkeys(point.unplaced)
    moved = owned["account_id"].isin(list(goes))
    return owned["account_id"].map(goes).where(moved, owned["worker_id"])


def by_csm(point: Point, owned: pd.DataFrame, names: Mapping[str, str]) -> pd.DataFrame:
    """One row a CSM whose book changes: accounts, points, USD and red accounts before and after."""
    rows = owned.assign(
        accounts=1,
        red=(owned["health_segment"] == "Red").astype(int),
        revenue=pd.to_numeric(owned["revenue"]).fillna(0.0),
    )
    before = rows.groupby("worker_id")[list(_MEASURES)].sum()
    after = rows.assign(worker_id=owners_after(point, owned)).groupby("worker_id")[list(_MEASURES)]
    both = before.join(after.sum(), how="outer", lsuffix="_before", rsuffix="_after").fillna(0)
    changed = {w for _, source, target in point.moves for w in (source, target)}
    changed |= set(owned.loc[owned["account_id"].isin(list(point.unplaced)), "worker_id"])
    both = both[both.index.isin(changed)].sort_index()
    out = pd.DataFrame({"csm": [names.get(str(w), str(w)) for w in both.index]}, index=both.index)
    for name in _MEASURES:
        for when in ("before", "after"):
            values = both[f"{name}_{when}"].astype(float)
            digits = 1 if name == "points" else 0
            out[f"{name} {when}"] = values.round(digits).astype(float if digits else int)
    return out.rename_axis("worker_id").reset_index()


def reasons(
    point: Point, owned: pd.DataFrame, books: pd.DataFrame, policy: Policy
) -> dict[str, str]:
    """By account that moves, in what the giver's book is fuller than the taker's.

    Of several it is what the account weighs most in. ``books`` are those before the moves; full
    is what each CSM can carry.
    """
    shelf = _shelf(rows_of(books), policy)
    row_of = {row["account_id"]: row for row in rows_of(owned)}
    return {
        account: _reason(row_of[account], shelf.get(source), shelf[target], policy)
        for account, source, target in point.moves
    }


@dataclass(frozen=True)
class _Book:
    """A book with what its CSM can carry, and how full it is, by dimension."""

    row: Row
    revenue_unit: int
    most: Mapping[str, float]
    full: Mapping[str, float]


def _shelf(books: Sequence[Row], policy: Policy) -> dict[str, _Book]:
    whole, shared = capacity.sides([], books)
    found = {}
    for book in books:
        side = shared if is_shared(book) else whole
        most = dict(zip(DIMENSIONS, capacity.capacity(book, side, policy), strict=True))
        held = dict(zip(DIMENSIONS, capacity.book_load(book, side.revenue_unit), strict=True))
        full = {name: held[name] / most[name] if most[name] else 0.0 for name in DIMENSIONS}
        found[book["worker_id"]] = _Book(book, side.revenue_unit, most, full)
    return found


def _reason(account: Row, giver: _Book | None, taker: _Book, policy: Policy) -> str:
    to = taker.row["worker_name"]
    if giver is None or not giver.row["load_share"]:
        return f"the owner is not there; {to} has room ({_told(taker.full)})"
    load = dict(zip(DIMENSIONS, capacity.account_load(account, taker.revenue_unit), strict=True))
    gain = {
        name: policy.objective.weights.of(name)
        * (load[name] / taker.most[name] if taker.most[name] else 0.0)
        * (giver.full[name] - taker.full[name])
        for name in DIMENSIONS
    }
    name = max(DIMENSIONS, key=lambda d: (gain[d], d))
    return (
        f"in {_WORDS[name]} {giver.row['worker_name']}'s book is {100 * giver.full[name]:.0f}% "
        f"full, {to}'s {100 * taker.full[name]:.0f}%"
    )


def _told(full: Mapping[str, float]) -> str:
    return f"{100 * full['accounts']:.0f}% of the accounts, {100 * full['points']:.0f}% of points"
