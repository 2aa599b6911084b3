"""Removes everything made from a call that is gone from Gong or became private.

The tables are found by their columns: whoever declares a table with a call in it
gets its rows purged, without knowing of this module.
"""

import datetime as dt
from collections.abc import Iterable, Iterator
from typing import Literal

import pandas as pd

from cs_assets.gong.records import canonical, sha256
from cs_assets.gong.tables import Tables
from sql import catalog

#: What stays: that there was a call, and that its words were removed.
_KEEP = {"gong.gong_calls_raw", "gong.gong_purges", "gong.gong_call_freshness"}

#: More of the calls of a stretch than this share vanishing at once is a fault, not a deletion.
_MOST_AT_ONCE = 0.2
_ALWAYS_BELIEVED = 10


def purge(
    db: Tables,
    call_ids: Iterable[str],
    reason: Literal["vanished", "private"],
    now: dt.datetime,
    run_id: str,
) -> int:
    """Delete the rows of these calls from every table but the raw one; the number of calls."""
    ids = sorted(set(call_ids))
    if not ids:
        return 0
    for table, column in tables_with_calls():
        db.replace(table, pd.DataFrame(), {column: ids})
    db.append(
        "gong.gong_purges",
        pd.DataFrame({"call_id": ids, "reason": reason, "purged_at": now, "run_id": run_id}),
    )
    return len(ids)


def purged_tables() -> list[str]:
    """Every table that a purge writes to."""
    return [*(table for table, _ in tables_with_calls()), "gong.gong_purges"]


def bury_vanished(db: Tables, call_ids: Iterable[str], now: dt.datetime, run_id: str) -> int:
    """Mark calls as vanished, empty their payload and purge what was made from them."""
    ids = sorted(set(call_ids))
    rows = []
    for call_id in ids:
        payload = canonical({"metaData": {"id": call_id}})
        rows.append(
            {
                "call_id": call_id,
                "payload": payload,
                "content_hash": sha256(payload),
                "is_deleted": True,
            }
        )
    if rows:
        db.merge("gong.gong_calls_raw", pd.DataFrame(rows))
    return purge(db, ids, "vanished", now, run_id)


def is_believable(vanished: int, stored: int) -> bool:
    """Whether so many calls may have vanished: an answer that lost most calls is a fault.

    A key that lost its rights sees nothing and gets the same answer as an empty day.
    """
    return vanished <= max(_ALWAYS_BELIEVED, stored * _MOST_AT_ONCE)


def tables_with_calls() -> Iterator[tuple[str, str]]:
    """Every declared table with a column that names a call, but those that stay."""
    for table in catalog.tables().values():
        if table.schema == "source" or table.full_name in _KEEP:
            continue
        for column in table.column_names:
            if column == "call_id" or column.endswith("_call_id"):
                yield table.full_name, column
