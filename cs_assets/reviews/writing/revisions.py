"""Which revision a report is: another only where its content is another than the stored one's."""

import datetime as dt
from typing import Any

import pandas as pd

_SAME = ("status", "content_hash", "failure", "csm_id")


def with_revisions(
    rows: pd.DataFrame, stored: pd.DataFrame, run_id: str, now: dt.datetime
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """New rows with ``generated_at``, ``run_id`` and ``revision``, and rows for the history.

    ``stored``: rows of ``reviews/stored_revisions`` of the same week and edition. What is made
    again the same keeps its revision, run and time.
    """
    before: dict[str, Any] = {str(one["customer_id"]): one for one in stored.to_dict("records")}
    kept, past = [], []
    for row in rows.to_dict("records"):
        old = before.get(row["customer_id"])
        if old is not None and all(_alike(row[name], old[name]) for name in _SAME):
            number = _revision(old)
            is_known = not pd.isna(old["generated_at"])  # older versions kept none
            kept.append(
                (old["generated_at"], old["run_id"], number) if is_known else (now, run_id, number)
            )
            continue
        if old is not None:
            past.append(
                old | {"revision": _revision(old), "replaced_at": now, "replaced_by": run_id}
            )
        kept.append((now, run_id, _revision(old) + 1 if old is not None else 1))
    made = rows.assign(
        generated_at=pd.to_datetime(pd.Series([k[0] for k in kept], index=rows.index)),
        run_id=[k[1] for k in kept],
        revision=pd.Series([k[2] for k in kept], index=rows.index, dtype="Int64"),
    )
    return made, pd.DataFrame(past)


def _revision(row: dict[str, Any]) -> int:
    return 1 if pd.isna(row["revision"]) else int(row["revision"])


def _alike(one: Any, other: Any) -> bool:
    if pd.isna(one) or pd.isna(other):
        return bool(pd.isna(one) and pd.isna(other))
    return bool(one == other)
