"""The file that a CRM imports: the owners that it lacks, one row a decision.

`analytics.vw_csm_write_back` lists what differs there, so what the CRM has taken is not in the next
file; held accounts are in none. A decision keeps its key, so that an import by key takes it once.
"""

import csv
import hashlib
import io

import pandas as pd

from cs_assets.routing.rows import known, rows_of

COLUMNS = (
    "decision_key", "account_id", "owner_before", "owner_after", "owner_name_after", "assigned_at",
    "reason_code",
)  # fmt: skip

#: What a CRM knows owners by; no part of the file.
_ADDRESSES = ("owner_before_email", "owner_after_email")

#: Signs with which a table programme begins a formula.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def rows(view: pd.DataFrame) -> pd.DataFrame:
    """The rows of `sql/routing/write_back.sql` with the key of each decision, by account."""
    out = view.copy()
    out["assigned_at"] = [pd.Timestamp(moment).isoformat() for moment in out["assigned_at"]]
    out["decision_key"] = [
        _key(row["account_id"], row["owner_after"], row["assigned_at"]) for row in rows_of(out)
    ]
    kept = [*COLUMNS, *(name for name in _ADDRESSES if name in out.columns)]
    out = out[kept].drop_duplicates("account_id")
    return out.sort_values("account_id", ignore_index=True)


def as_csv(frame: pd.DataFrame) -> bytes:
    """UTF-8 with a line of names; no cell can be read as a formula, empty is unknown."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    for row in frame[list(COLUMNS)].itertuples(index=False):
        writer.writerow([_cell(value) for value in row])
    return text.getvalue().encode()


def _cell(value: object) -> str:
    if not known(value):
        return ""
    said = "".join(sign if sign.isprintable() else " " for sign in str(value))
    return f"'{said}" if said.startswith(_FORMULA) or str(value).startswith(_FORMULA) else said


def _key(account: str, worker: str, moment: str) -> str:
    return hashlib.sha256(f"{account}\x1f{worker}\x1f{moment}".encode()).hexdigest()[:16]
