"""Accounts without a CSM who looks after them: the owner has left, leaves, or is long on leave."""

import datetime as dt
from typing import Any

import pandas as pd

from cs_assets.routing import books as shelving
from cs_assets.routing import border
from cs_assets.routing.policy import Policy
from cs_assets.routing.rows import known, rows_of

COLUMNS = (
    "account_id", "account_name", "worker_id", "worker_name", "why", "until", "revenue", "points",
    "health_segment", "owned_since",
)  # fmt: skip


def orphans(
    owned: pd.DataFrame, workers: pd.DataFrame, as_of: dt.datetime, policy: Policy
) -> pd.DataFrame:
    """One row an account whose owner does not look after it, the most revenue first.

    ``owned`` are the weighed accounts, ``workers`` as of `sql/routing/workers.sql`. ``why`` is one
    of: unknown (no such worker), left, leaving, leave, no_csm (another job now); ``until`` the
    last day of a leave or before leaving, where there is one.
    """
    books = shelving.books(workers, owned, as_of, policy)
    shelf = {book["worker_id"]: book for book in rows_of(books)}
    people = {row["worker_id"]: row for row in rows_of(border.workers(workers, policy))}
    found = []
    for row in rows_of(owned):
        why, until = _why(people.get(row["worker_id"]), shelf.get(row["worker_id"]), policy)
        if why is None:
            continue
        person = people.get(row["worker_id"], {})
        found.append(
            {
                **{name: row.get(name) for name in COLUMNS if name in row},
                "worker_name": person.get("worker_name"),
                "why": why,
                "until": until,
            }
        )
    out = pd.DataFrame(found, columns=list(COLUMNS))
    return out.sort_values(
        ["revenue", "account_id"], ascending=[False, True], na_position="last", ignore_index=True
    )


def _why(
    person: dict[str, Any] | None, book: dict[str, Any] | None, policy: Policy
) -> tuple[str | None, Any]:
    """Why the owner does not look after the account, and until when; (None, None) if so."""
    if person is None:
        return "unknown", None
    if book is None:
        if person["job_profile"] not in policy.eligibility.job_profiles and person["is_active"]:
            return "no_csm", None
        return "left", person["termination_date"]
    if book["unavailable_why"] == "leaving":
        return "leaving", person["termination_date"]
    if book["unavailable_why"] == "leave":
        end = person["leave_end"]
        return "leave", end if known(end) else None
    return None, None
