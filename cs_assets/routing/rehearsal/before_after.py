"""A proposal as a lead reads it: each CSM's book before and after, and why each account moves."""

from collections.abc import Mapping

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

    ``books`` are those before the moves; full is what each CSM can carry.
    """
    shelf = {book["worker_id"]: book for book in rows_of(books)}
    whole, shared = capacity.sides([], list(shelf.values()))
    full = {
        name: _fullness(book, shared if is_shared(book) else whole, policy)
        for name, book in shelf.items()
    }
    row_of = {row["account_id"]: row for row in rows_of(owned)}
    return {
        account: _reason(row_of[account], shelf, full, source, target, policy)
        for account, source, target in point.moves
    }


def _reason(
    account: Row,
    shelf: Mapping[str, Row],
    full: Mapping[str, Mapping[str, float]],
    source: str,
    target: str,
    policy: Policy,
) -> str:
    taker = shelf[target]["worker_name"]
    if source not in shelf or not shelf[source]["load_share"]:
        return f"the owner is not there; {taker} has room ({_told(full[target])})"
    giver = shelf[source]["worker_name"]
    weights = policy.objective.weights
    gain = {
        name: weights.of(name) * _load(account, name) * (full[source][name] - full[target][name])
        for name in DIMENSIONS
    }
    name = max(DIMENSIONS, key=lambda d: (gain[d], d))
    return (
        f"in {_WORDS[name]} {giver}'s book is {100 * full[source][name]:.0f}% full, "
        f"{taker}'s {100 * full[target][name]:.0f}%"
    )


def _fullness(book: Row, whole: capacity.Firm, policy: Policy) -> dict[str, float]:
    held = capacity.book_load(book, whole.revenue_unit)
    most = capacity.capacity(book, whole, policy)
    return {d: h / m if m else 0.0 for d, h, m in zip(DIMENSIONS, held, most, strict=True)}


def _load(account: Row, dimension: str) -> float:
    if dimension == "accounts":
        return 1.0
    value = account.get(dimension)
    return float(value) if value is not None and value == value else 0.0


def _told(full: Mapping[str, float]) -> str:
    return f"{100 * full['accounts']:.0f}% of the accounts, {100 * full['points']:.0f}% of points"
