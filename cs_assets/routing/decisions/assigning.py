"""From reviewed recommendations to assignments: one row an account, the first batch wins.

Batches of two instances may run side by side, each on books that do not know of the
other. Whoever writes second keeps the cap: what no longer fits is not assigned, and the
account is planned again. A person may override a cap; a batch may not.
"""

from collections import Counter
from collections.abc import Collection

import pandas as pd

from cs_assets.routing.rows import known, rows_of

_COLUMNS = (
    "account_id", "tenant_id", "account_name", "worker_id", "worker_name", "batch_id", "status",
    "method", "score", "cost", "review_verdict", "llm_feedback", "policy_version", "assigned_at",
    "waiting_since",
)  # fmt: skip


def assignments(
    recommendations: pd.DataFrame, accounts: pd.DataFrame, reviews: pd.DataFrame
) -> pd.DataFrame:
    """Rows of analytics.account_csm_assignments for what the batch recommends.

    A review that opens a hold leaves the account held: a person approves it or
    chooses otherwise. Without a review of the account nothing is held.
    """
    chosen = recommendations[recommendations["status"] == "recommended"]
    rows = chosen.merge(
        accounts[["account_id", "account_name", "waiting_since"]], on="account_id", how="left"
    ).merge(
        reviews[["account_id", "verdict", "reasons", "opens_hold"]], on="account_id", how="left"
    )
    held = rows["opens_hold"].fillna(False).astype(bool)
    rows = rows.assign(
        status=held.map({True: "held", False: "assigned"}),
        review_verdict=rows["verdict"].fillna("unreviewed"),
        llm_feedback=rows["reasons"].fillna("[]"),
        assigned_at=rows["recommended_at"],
    )
    return rows.loc[:, list(_COLUMNS)].sort_values("account_id", ignore_index=True)


def still_ours(
    planned: pd.DataFrame, existing: pd.DataFrame, members: Collection[str], batch_id: str
) -> pd.DataFrame:
    """The planned rows that this batch may write.

    Left out: accounts that another batch claimed meanwhile, that another batch assigned
    at the same time or later, and those on which a person decided since.
    """
    by_account = {row["account_id"]: row for row in rows_of(existing)}

    def mine(row: pd.Series) -> bool:
        if row["account_id"] not in members:
            return False
        before = by_account.get(row["account_id"])
        if before is None:
            return True
        if before["batch_id"] == batch_id:
            return not known(before["decided_by"])
        return bool(before["assigned_at"] < row["assigned_at"])

    if planned.empty:
        return planned
    return planned[planned.apply(mine, axis=1)].reset_index(drop=True)


def within_caps(
    planned: pd.DataFrame,
    books: pd.DataFrame,
    owned_now: pd.DataFrame,
    ours_already: Collection[str],
) -> pd.DataFrame:
    """The rows of ``planned`` that still fit, the longest waiting first.

    ``books`` of the batch give each CSM's allowed accounts, ``owned_now`` (worker_id, one row
    an account) what everybody owns without this batch; ``ours_already`` are accounts that
    an earlier run of the batch has assigned: they stay.
    """
    if planned.empty:
        return planned
    allowed = {row["worker_id"]: int(row["max_accounts"]) for row in rows_of(books)}
    taken = Counter(owned_now["worker_id"])
    order = planned.assign(first=~planned["account_id"].isin(list(ours_already))).sort_values(
        ["first", "waiting_since", "account_id"], na_position="last"
    )
    kept = []
    for row in rows_of(order):
        worker = row["worker_id"]
        if not row["first"] or taken[worker] < allowed.get(worker, 0):
            taken[worker] += 1
            kept.append(row["account_id"])
    return planned[planned["account_id"].isin(kept)].reset_index(drop=True)
