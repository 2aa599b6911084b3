"""Proposals of moves with what is needed to show them: books before and after, and why."""

from dataclasses import dataclass

import pandas as pd

from cs_assets.routing import books as shelving
from cs_assets.routing.placing import capacity
from cs_assets.routing.policy import Policy
from cs_assets.routing.rehearsal import before_after
from cs_assets.routing.rehearsal.rebalance import Point


@dataclass(frozen=True)
class Proposed:
    """Proposals, fewest moves first; ``names`` of workers by id.

    ``books`` of today, ``books_then`` of those who are there in the scenario.
    """

    points: list[Point]
    books: pd.DataFrame
    books_then: pd.DataFrame
    owned: pd.DataFrame
    names: dict[str, str]
    policy: Policy

    def moved(self) -> pd.DataFrame:
        """The books of everybody after the moves of the last proposal, in points.

        Accounts that find no owner are in no book; who leaves carries no load any more.
        """
        point, owned = self.points[-1], self.owned
        goes: dict[str, str | None] = {account: target for account, _, target in point.moves}
        goes |= dict.fromkeys(point.unplaced)
        then = owned["account_id"].map(goes)
        owner = then.where(owned["account_id"].isin(list(goes)), owned["worker_id"])
        points = owned["points"].groupby(owner).sum()
        everybody = self._everybody()
        everybody["full_points"] = capacity.full_points(everybody, self.policy)
        return everybody.assign(points=everybody["worker_id"].map(points).fillna(0.0))

    def newcomers(self) -> pd.DataFrame:
        """The books of those whom the scenario hires."""
        return self.books_then[~self.books_then["worker_id"].isin(self.books["worker_id"])]

    def reasons(self) -> dict[str, str]:
        """Why each account of the last proposal moves."""
        return before_after.reasons(self.points[-1], self.owned, self._everybody(), self.policy)

    def by_csm(self) -> pd.DataFrame:
        """Each measure of a book before and after the last proposal."""
        return before_after.by_csm(self.points[-1], self.owned, self.names)

    def whose(self) -> str:
        """What a list of these books calls whoever has one."""
        return shelving.whose(self._everybody())

    def _everybody(self) -> pd.DataFrame:
        """The books of those who are there in the scenario, and of those who are no longer."""
        gone = self.books[~self.books["worker_id"].isin(self.books_then["worker_id"])]
        return pd.concat([self.books_then, gone.assign(load_share=0.0)])
