"""What a review reads: one frame a statement, for all customers in scope at once."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from cs_assets.reviews.facts.windows import Windows

#: ``Session.query`` of the warehouse port: statement and parameters to rows.
Query = Callable[[str, Sequence[Any]], pd.DataFrame]

#: Sorts after every id.
_LAST = "\U0010ffff"


@dataclass(frozen=True)
class Customers:
    """Which customers: all, or the named ones."""

    ids: tuple[str, ...] | None = None

    @property
    def bounds(self) -> tuple[str, str]:
        """First and last id, so that a statement reads no more than it must."""
        if self.ids is None:
            return "", _LAST
        return (min(self.ids), max(self.ids)) if self.ids else (_LAST, "")

    def portions(self, everybody: Iterable[str], most: int) -> Iterator["Customers"]:
        """These customers, at most so many at a time; ``everybody`` are those that there are.

        What is small enough for one portion is asked for as a whole.
        """
        ids = sorted(everybody if self.ids is None else self.ids)
        if len(ids) <= most:
            yield self
            return
        for first in range(0, len(ids), most):
            yield Customers(tuple(ids[first : first + most]))

    def touches(self, ids: Iterable[str]) -> bool:
        """Whether any of ``ids`` is one of these customers."""
        return self.ids is None or not set(self.ids).isdisjoint(ids)

    def only(self, rows: pd.DataFrame) -> pd.DataFrame:
        """The rows of these customers."""
        if self.ids is None:
            return rows.reset_index(drop=True)
        return rows[rows["customer_id"].isin(self.ids)].reset_index(drop=True)


def ranges(parts: Sequence[Customers]) -> list[tuple[str, str]]:
    """First and last id for each part of everybody, in their order; between them no id is left out.

    Who is in no part any more belongs to the one that follows.
    """
    lasts = [part.bounds[1] for part in parts[:-1]]
    return list(zip(["", *(f"{last} " for last in lasts)], [*lasts, _LAST], strict=True))


@dataclass(frozen=True)
class Readings:
    """Frames as the statements of ``sql/reviews`` give them."""

    customers: pd.DataFrame
    conversions: pd.DataFrame
    conversions_by_part: pd.DataFrame
    conversions_by_week: pd.DataFrame
    engagement: pd.DataFrame
    engagement_by_channel: pd.DataFrame
    changes: pd.DataFrame
    forecasts: pd.DataFrame
    attribution_by_channel: pd.DataFrame
    gaps: pd.DataFrame
    customer_state: pd.DataFrame
    adoption_by_module: pd.DataFrame
    usage: pd.DataFrame
    given_back: pd.DataFrame
    said: pd.DataFrame
    benchmark_own: pd.DataFrame
    benchmarks: pd.DataFrame
    peers_by_channel: pd.DataFrame
    scope: Customers = field(default_factory=Customers)


_OF_CUSTOMERS = (
    "customers",
    "conversions",
    "conversions_by_part",
    "conversions_by_week",
    "engagement",
    "engagement_by_channel",
    "changes",
    "forecasts",
    "attribution_by_channel",
    "gaps",
    "customer_state",
    "adoption_by_module",
    "usage",
    "given_back",
    "said",
    "benchmark_own",
)


def read(query: Query, windows: Windows, scope: Customers) -> Readings:
    """Read all frames in one session, so that they show one state of the data."""
    parameters = [
        *scope.bounds,
        windows.week_start,
        windows.end,
        windows.current.start,
        windows.prior.start,
        windows.year_ago.start,
        windows.year_ago.end,
        windows.history_start,
    ]
    frames = {name: scope.only(query(f"reviews/{name}", parameters)) for name in _OF_CUSTOMERS}
    # Rows of customers that the customer table does not know belong to no report.
    known = set(frames["customers"]["customer_id"])
    frames = {
        name: rows[rows["customer_id"].isin(known)].reset_index(drop=True)
        for name, rows in frames.items()
    }
    return Readings(
        **frames,
        benchmarks=query("reviews/benchmarks", parameters),
        peers_by_channel=query("reviews/peers_by_channel", parameters),
        scope=scope,
    )
