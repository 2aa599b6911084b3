"""What each CSM can carry, in every dimension: the full book against which load is priced.

- accounts: the CSM's own cap (policy or Workday, times ramp), or the caps by segment where the
  CSM may own only capped segments.
- points and revenue: as many accounts of the firm's average, heavier or lighter as the segments
  that the CSM may own are (by their base points, and by their revenue in the firm). A cap of
  points comes before.
- neediness: as many accounts of the average.
- at risk: as many accounts of the average, or of the policy's least, so that a colour that is
  rare does not outweigh a book.
"""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import fsum

import pandas as pd

from cs_assets.routing.books import is_shared
from cs_assets.routing.policy import DIMENSIONS, Policy
from cs_assets.routing.rows import Row, known, rows_of
from cs_assets.routing.vocabulary import parts

#: Accounts, points and the like are kept in hundredths.
HUNDREDTHS = 100


@dataclass(frozen=True)
class Firm:
    """All accounts of the CSMs and the batch: their number, their loads, and by segment.

    ``totals`` are in the units of `account_load`, of which ``revenue_unit`` USD are one.
    """

    accounts: int
    totals: dict[str, int]
    by_segment: Mapping[str, int]
    revenue_by_segment: Mapping[str, int]
    revenue_unit: int

    def average(self, dimension: str, policy: Policy) -> float:
        """What an average account adds; of risk, at least what the policy says."""
        average = self.totals[dimension] / max(self.accounts, 1)
        if dimension == "at_risk":
            return max(average, policy.objective.at_risk_at_least * HUNDREDTHS)
        return average


def sides(accounts: Sequence[Row], books: Sequence[Row]) -> tuple[Firm, Firm]:
    """The firm of the CSMs' own books, and that of the shared ones: accounts of either are alike.

    Both in the same unit of revenue. Where there are only shared books, they are the firm.
    """
    own, csms = ([row for row in rows if not is_shared(row)] for rows in (accounts, books))
    whole = firm(own, csms)
    if not whole.accounts and not csms:
        whole = firm(accounts, books)
    others, pools = ([row for row in rows if is_shared(row)] for rows in (accounts, books))
    return whole, firm(others, pools, unit=whole.revenue_unit)


def firm(accounts: Sequence[Row], books: Sequence[Row], unit: int | None = None) -> Firm:
    """The firm as a batch meets it: books of today and the accounts that come."""
    count = len(accounts) + sum(int(book["accounts"]) for book in books)
    revenue = fsum(float(r["revenue"]) for r in [*accounts, *books] if known(r["revenue"]))
    unit = unit or revenue_unit(revenue, count)
    rows = [account_load(row, unit) for row in accounts] + [book_load(b, unit) for b in books]
    segments: Counter[str] = Counter(r["segment"] for r in accounts if known(r["segment"]))
    money: Counter[str] = Counter()
    for row in accounts:
        if known(row["segment"]) and known(row["revenue"]):
            money[row["segment"]] += round(float(row["revenue"]))
    for book in books:
        segments.update(json.loads(book["by_segment"]))
        money.update(json.loads(book["revenue_by_segment"]))
    totals = {d: sum(line[k] for line in rows) for k, d in enumerate(DIMENSIONS)}
    return Firm(count, totals, segments, money, unit)


def revenue_unit(revenue: float, accounts: int) -> int:
    """USD of one unit of revenue: a power of ten of which an average account has 100 or more."""
    unit = 1
    while revenue / max(accounts, 1) >= 1_000 * unit:
        unit *= 10
    return unit


def account_load(row: Row, revenue_unit: int) -> list[int]:
    """What an account adds to a book, by dimension."""
    return [
        HUNDREDTHS,
        *(round(float(row[name]) * HUNDREDTHS) for name in ("points", "neediness", "at_risk")),
        round(float(row["revenue"]) / revenue_unit) if known(row["revenue"]) else 0,
    ]


def book_load(book: Row, revenue_unit: int) -> list[int]:
    """What a book holds, by dimension."""
    names = ("accounts", "points", "neediness", "at_risk")
    return [
        *(round(float(book[name]) * HUNDREDTHS) for name in names),
        round(float(book["revenue"]) / revenue_unit),
    ]


def capacity(book: Row, whole: Firm, policy: Policy) -> list[float]:
    """A full book of the CSM, by dimension, in the units of `book_load`."""
    count = float(max(1, _accounts(book, policy)))
    base = policy.points.base
    points = {s: n * base.get(s, base["unknown"]) for s, n in whole.by_segment.items()}
    heavier = {
        "points": _heavier(book, whole, points),
        "revenue": _heavier(book, whole, whole.revenue_by_segment),
    }
    full = {
        dimension: count * whole.average(dimension, policy) * heavier.get(dimension, 1.0)
        for dimension in DIMENSIONS
    }
    full["accounts"] = count * HUNDREDTHS
    if known(book["max_points"]):
        full["points"] = float(book["max_points"]) * HUNDREDTHS
    return [full[dimension] for dimension in DIMENSIONS]


def full_points(books: pd.DataFrame, policy: Policy) -> pd.Series:
    """Capacity points of a full book of each of ``books``, in their order; 0 without any load."""
    rows = rows_of(books)
    whole, shared = sides([], rows)
    place = DIMENSIONS.index("points")
    most = [
        capacity(book, shared if is_shared(book) else whole, policy)[place] / HUNDREDTHS
        if book["load_share"] > 0
        else 0.0
        for book in rows
    ]
    return pd.Series(most, index=books.index, dtype=float)


def _accounts(book: Row, policy: Policy) -> int:
    """Accounts of a full book, where the caps by segment leave no more."""
    caps = {str(s): cap for s, cap in policy.capacity.max_accounts_by_segment.items()}
    own = _segments(book)
    if own and all(segment in caps for segment in own):
        return min(int(book["max_accounts"]), sum(caps[segment] for segment in own))
    return int(book["max_accounts"])


def _heavier(book: Row, whole: Firm, amounts: Mapping[str, float]) -> float:
    """How much heavier than the firm's average the accounts are that the CSM may own.

    ``amounts`` are what all accounts of each segment add up to.
    """
    own = _segments(book)
    mine = [segment for segment in whole.by_segment if segment in own]
    number = sum(whole.by_segment[segment] for segment in mine)
    usual = fsum(amounts.values()) / max(sum(whole.by_segment.values()), 1)
    heavy = fsum(amounts.get(segment, 0) for segment in mine) / max(number, 1)
    return heavy / usual if number and usual and heavy else 1.0


def _segments(book: Row) -> set[str]:
    """The segments to which the CSM is limited; none: all of them."""
    return {part.strip() for part in parts(book["segments"])}
