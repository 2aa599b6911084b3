"""Removes everything made from a call that is gone from Gong or became private.

The tables are found by their columns: whoever declares a table with a ``call_id``
gets its rows purged, without knowing of this module. Rows about more than one call
that quote one of them (``..._call_id``) lose the quote and stay. What else quotes it is found later
(``withdrawing``), by its id and by hashes of its sentences, which are all that is kept of them.
"""

import datetime as dt
import json
from collections.abc import Iterable, Iterator, Sequence
from typing import Literal

import pandas as pd

from cs_assets.erasure import tables
from cs_assets.erasure.spoken import prints
from cs_assets.gong import dead_letters
from cs_assets.gong.parse_records import canonical, sha256
from cs_assets.gong.tables import Tables, rows_of
from sql import catalog

Reason = Literal["vanished", "private", "erased"]

#: What stays: that there was a call, and that its words were removed. A call of ``ops.ai_calls``
#: is one of a model.
_KEEP = {
    "gong.gong_calls_raw", "gong.gong_purges", "gong.gong_call_freshness", "ops.ai_calls",
}  # fmt: skip

#: Statements that take quotes of purged calls out of rows that stay.
QUOTES = {
    ("analytics.rep_week_objections", "quote_call_id"): "gong/blank_objection_quotes",
    ("analytics.rep_week_focus", "moment_call_id"): "gong/blank_focus_moments",
}

#: What was said, by table and column.
_SAID = {
    "gong.gong_call_transcripts_raw": "payload",
    "gong.stg_gong_call_transcripts": "sentence",
}
#: Titles of calls, without the calls.
_TITLES = "gong.gong_text_types"

#: More of the calls of a stretch than this share vanishing at once is a fault, not a deletion.
_MOST_AT_ONCE = 0.2
_ALWAYS_BELIEVED = 10


def purge(
    db: Tables,
    call_ids: Iterable[str],
    reason: Reason,
    now: dt.datetime,
    run_id: str,
) -> int:
    """Delete the rows of these calls from every table but the raw one; the number of calls."""
    ids = sorted(set(call_ids))
    if not ids:
        return 0
    said = prints_of(db, ids)
    for table in tables_of_calls():
        if table == dead_letters.TABLE:
            dead_letters.drop_of(db, ids)
        else:
            db.replace(table, pd.DataFrame(), {"call_id": ids})
    db.replace(_TITLES, pd.DataFrame(), {})  # staging adds again what it meets
    told = {"call_id": ids, "reason": reason, "purged_at": now, "run_id": run_id}
    known_by = [json.dumps(said.get(call_id, [])) for call_id in ids]
    db.append("gong.gong_purges", pd.DataFrame({**told, "prints": known_by}))
    for statement in QUOTES.values():
        db.execute(statement, [now])
    return len(ids)


def prints_of(db: Tables, call_ids: Sequence[str]) -> dict[str, list[str]]:
    """By call the hashes of what was said in it, as stored and as staged."""
    texts: dict[str, list[str]] = {}
    for table, column in _SAID.items():
        for row in rows_of(tables.by(db, table, "call_id", call_ids)):
            texts.setdefault(row["call_id"], []).append(row[column])
    return {call_id: prints(said) for call_id, said in texts.items()}


def purged_tables() -> list[str]:
    """Every table that a purge writes to."""
    return [*tables_of_calls(), *(table for table, _ in QUOTES), _TITLES, "gong.gong_purges"]


def bury_vanished(
    db: Tables,
    call_ids: Iterable[str],
    now: dt.datetime,
    run_id: str,
    reason: Reason = "vanished",
) -> int:
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
    return purge(db, ids, reason, now, run_id)


def is_believable(vanished: int, stored: int) -> bool:
    """Whether so many calls may have vanished: an answer that lost most calls is a fault.

    A key that lost its rights sees nothing and gets the same answer as an empty day.
    """
    return vanished <= max(_ALWAYS_BELIEVED, stored * _MOST_AT_ONCE)


def tables_of_calls() -> Iterator[str]:
    """Every declared table whose rows belong to one Gong call, but for those that stay."""
    for table in catalog.tables().values():
        if "call_id" in table.column_names and table.full_name not in _KEEP:
            yield table.full_name
