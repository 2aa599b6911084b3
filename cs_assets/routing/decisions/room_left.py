"""Whether a CSM still has the room that a batch counted on, when its assignments are written.

Batches of two instances may run side by side, each on books that do not know of the
other. Whoever writes second keeps the cap: what no longer fits is not assigned, and the
account is planned again. A person may override a cap; a batch may not.
"""

from collections import Counter
from collections.abc import Collection

import pandas as pd

from cs_assets.routing.rows import rows_of


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
