"""What each customer owns, has lost or could have, by module, beside the peers who have it."""

import datetime as dt
from collections.abc import Collection
from typing import Any, Literal

import numpy as np
import pandas as pd

from sql import catalog

State = Literal["active", "declining", "lapsed", "not_started", "cancelled", "not_owned", "unknown"]

#: Other customers that a group must have to be told of.
MINIMUM_PEERS = 5
_OF_STAGE: dict[str, State] = {
    "adopted": "active", "trying": "active", "declining": "declining", "dropped": "lapsed",
    "not_started": "not_started",
}  # fmt: skip


def module_rows(
    owned: pd.DataFrame, segments: pd.DataFrame, catalogue: Collection[str], week: dt.date
) -> pd.DataFrame:
    """Rows of ``analytics.customer_modules`` of a week.

    ``owned``: rows of ``customers/modules_as_of``; ``segments``: ``customer_id`` and the commercial
    ``segment`` of every customer. A module that is in ``catalogue`` and was never bought is
    ``not_owned``, at what peers of its size pay (``_priced``); nobody is a peer of itself.
    """
    known = segments.set_index("customer_id")["segment"]
    rows = owned.assign(segment=owned["customer_id"].map(known))
    rows = rows[rows["segment"].notna()]
    rows["module_state"] = _states(rows)
    rows["state_since"] = _since(rows, week)
    rows["annual_value"] = rows["annual_price"].astype(float)
    rows["is_estimate"] = False
    rows = _with_open_ones(rows, segments, catalogue)
    rows = _beside_peers(rows)
    columns = catalog.table("analytics.customer_modules").column_names
    rows = rows.assign(week_start=week).reindex(columns=columns)
    return rows.sort_values(["customer_id", "module_code"], ignore_index=True)


def _states(rows: pd.DataFrame) -> "pd.Series[Any]":
    found = rows["adoption_stage"].map(_OF_STAGE).astype(object)
    collapsed = rows["is_collapsed"].astype("boolean").fillna(False).astype(bool)
    found = found.mask(collapsed & found.eq("active"), "declining").fillna("unknown")
    return found.mask(rows["is_cancelled"].astype(bool), "cancelled")


def _since(rows: pd.DataFrame, week: dt.date) -> "pd.Series[Any]":
    """Last use of what has lapsed, cancellation of what is cancelled, else purchase."""
    end = pd.Timestamp(week) + pd.Timedelta(days=6)
    days = rows["days_since_last_use"].fillna(0).astype(int)  # who has not used it has not lapsed
    used = end - pd.to_timedelta(days, unit="D")
    since = pd.to_datetime(rows["purchased_on"])
    since = since.mask(rows["module_state"] == "lapsed", used)
    gone = rows["module_state"] == "cancelled"
    return since.mask(gone, pd.to_datetime(rows["cancelled_on"])).dt.date


def _with_open_ones(
    rows: pd.DataFrame, segments: pd.DataFrame, catalogue: Collection[str]
) -> pd.DataFrame:
    """A row more for each module of the catalogue that a customer never bought."""
    every = segments[["customer_id", "segment"]].merge(
        pd.DataFrame({"module_code": list(catalogue)}), how="cross"
    )
    bought = rows.set_index(["customer_id", "module_code"]).index
    is_open = ~pd.MultiIndex.from_frame(every[["customer_id", "module_code"]]).isin(bought)
    # Without any contract on record nothing is known of what is owned.
    with_contract = every["customer_id"].isin(rows["customer_id"].unique())
    missing = every[is_open & with_contract].assign(module_state="not_owned", is_estimate=True)
    if missing.empty:
        return rows
    paid = rows[rows["module_state"] != "cancelled"]
    return pd.concat([rows, _priced(missing, paid)], ignore_index=True)


def _priced(missing: pd.DataFrame, paid: pd.DataFrame) -> pd.DataFrame:
    """With what peers pay: the median of the segment where enough of it have the module.

    Else the median of all who have it, times what the customer pays for its own modules against
    the medians of those: without that a small one would be offered the price of a large one.
    """

    def medians(*keys: str) -> pd.DataFrame:
        prices = paid.groupby(list(keys))["annual_value"].agg(["median", "count"])
        return prices[prices["count"] >= MINIMUM_PEERS]

    of_all, of_segment = medians("module_code"), medians("segment", "module_code")
    level = paid["annual_value"] / paid["module_code"].map(of_all["median"])
    level = level[level.gt(0) & np.isfinite(level)]
    own_level = missing["customer_id"].map(level.groupby(paid["customer_id"]).median())
    near = missing[["segment", "module_code"]].join(of_segment, on=["segment", "module_code"])
    scaled = (missing["module_code"].map(of_all["median"]) * own_level).round(-1)
    value = near["median"].fillna(scaled)
    peers = near["count"].fillna(missing["module_code"].map(of_all["count"]))
    return missing.assign(annual_value=value, value_peers=peers.where(value.notna()))


def _beside_peers(rows: pd.DataFrame) -> pd.DataFrame:
    """The share of others who have the module adopted: of the segment, else of all."""
    is_known = rows["adoption_stage"].notna() & ~rows["module_state"].isin(
        ["cancelled", "not_owned"]
    )
    adopted = (is_known & rows["adoption_stage"].eq("adopted")).astype(float)
    counted = is_known.astype(float)
    group, count, share = (
        pd.Series(None, index=rows.index, dtype=object),
        pd.Series(np.nan, index=rows.index),
        pd.Series(np.nan, index=rows.index),
    )
    for keys in (["segment", "module_code"], ["module_code"]):
        by = [rows[key] for key in keys]
        others = counted.groupby(by).transform("sum") - counted
        with_it = adopted.groupby(by).transform("sum") - adopted
        fits = group.isna() & (others >= MINIMUM_PEERS)
        group = group.mask(fits, rows["segment"] if "segment" in keys else "all customers")
        count = count.mask(fits, others)
        share = share.mask(fits, with_it / others.where(others > 0))
    return rows.assign(peer_group=group, peer_count=count, peer_adopted_share=share)
