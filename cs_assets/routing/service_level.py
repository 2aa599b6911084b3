"""How soon an account that needs a CSM has one, and hears from that CSM.

Contact is the first call with the customer after the CSM was given; mails are not seen.
"""

import datetime as dt

import pandas as pd

from cs_assets.routing.policy import Policy

#: What it is measured between.
_MOMENTS = ("waiting_since", "assigned_at", "first_contact_at")
COLUMNS = (
    "account_id", "account_name", "worker_id", *_MOMENTS, "hours_to_owner",
    "hours_to_first_contact", "late",
)  # fmt: skip
#: How long ago an account may have been given its CSM to be told.
_WEEKS = 4

Measure = tuple[float | None, int]


def by_account(moments: pd.DataFrame, as_of: dt.datetime, policy: Policy) -> pd.DataFrame:
    """One row an account given in the last four weeks, or waiting: `COLUMNS`.

    ``moments`` as of `sql/routing/service_level.sql`; what is later than ``as_of`` is not known.
    What is not there yet is counted so far; an account that waits since nobody knows when is left
    out.
    """
    now, wanted = pd.Timestamp(as_of), policy.service_level
    rows = moments.copy()
    for name in _MOMENTS:
        found = pd.to_datetime(rows[name], errors="coerce")
        rows[name] = found.where(found <= now)
    rows.loc[rows["assigned_at"].isna(), ["worker_id", "first_contact_at"]] = None
    begun = rows["assigned_at"].fillna(rows["waiting_since"].where(rows["worker_id"].isna()))
    told = (rows["assigned_at"] > now - pd.Timedelta(weeks=_WEEKS)) | rows["assigned_at"].isna()
    rows = rows[told & begun.notna()]
    rows["hours_to_owner"] = _hours(rows["waiting_since"], rows["assigned_at"].fillna(now))
    rows["hours_to_first_contact"] = _hours(
        rows["assigned_at"], rows["first_contact_at"].fillna(now)
    )
    owner = rows["hours_to_owner"] > wanted.owner_within_hours
    contact = rows["hours_to_first_contact"] > wanted.contact_within_hours
    words = {(True, True): "both", (True, False): "owner", (False, True): "contact"}
    rows["late"] = [words.get(pair) for pair in zip(owner, contact, strict=True)]
    return rows[list(COLUMNS)].drop_duplicates("account_id").reset_index(drop=True)


def measures(moments: pd.DataFrame, as_of: dt.datetime, policy: Policy) -> dict[str, Measure]:
    """Median hours where both ends are known, and shares in time; each with its n, None without.

    In time to a contact counts for accounts that were given long enough ago to tell.
    """
    frame = {name: pd.to_datetime(moments[name], errors="coerce") for name in _MOMENTS}
    waited = _hours(frame["waiting_since"], frame["assigned_at"])
    heard = _hours(frame["assigned_at"], frame["first_contact_at"])
    soon = policy.service_level.contact_within_hours
    due = frame["assigned_at"] <= pd.Timestamp(as_of) - pd.Timedelta(hours=soon)
    return {
        "hours_to_owner": _middle(waited),
        "hours_to_first_contact": _middle(heard),
        "owner_in_time": _share(waited.dropna() <= policy.service_level.owner_within_hours),
        "contact_in_time": _share(heard[due] <= soon),
    }


def _hours(begin: pd.Series, end: pd.Series) -> pd.Series:
    return ((end - begin).dt.total_seconds() / 3600).round(2)


def _middle(hours: pd.Series) -> Measure:
    there = hours.dropna()
    return (round(float(there.median()), 2) if len(there) else None, len(there))


def _share(kept: pd.Series) -> Measure:
    return (float(kept.astype(float).mean()) if len(kept) else None, len(kept))
