"""Stores what a person decided, with all that follows from it, in one transaction."""

from typing import Any, Protocol

import pandas as pd

from cs_assets.routing.batches import Store
from cs_assets.routing.decisions.people import Consequence


class Ledger(Store, Protocol):
    """A session that can also take rows away."""

    def replace(self, table: str, rows: pd.DataFrame, scope: dict[str, Any]) -> int: ...


def store_decision(db: Ledger, outcome: Consequence) -> None:
    """The decision and the assignment; a rejected account waits again and is planned anew."""
    account = outcome.decision["account_id"]
    assignments, members = "analytics.account_csm_assignments", "ops.routing_batches"
    with db.transaction("analytics.routing_decisions", assignments, members):
        db.merge("analytics.routing_decisions", pd.DataFrame([outcome.decision]))
        if outcome.assignment is not None:
            db.merge(assignments, pd.DataFrame([outcome.assignment]))
            return
        scope = {"account_id": account}
        for table in (assignments, members):
            db.replace(table, pd.DataFrame({"account_id": []}, dtype=object), scope)
