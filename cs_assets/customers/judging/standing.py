"""What a customer is beyond its use: contract, people and written words as of a week's end."""

import datetime as dt
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pandas as pd

from cs_assets.frames import as_times

#: ``Session.query`` of the warehouse port: statement and parameters to rows.
Query = Callable[[str, Sequence[Any]], pd.DataFrame]


def with_standing(
    metrics: pd.DataFrame,
    contracts: pd.DataFrame,
    people: pd.DataFrame,
    voices: pd.DataFrame,
    modules: int,
    week: dt.date,
) -> pd.DataFrame:
    """Rows of ``customers/metrics`` with what is known of contract, people and written words.

    ``contracts``, ``people``, ``voices``: rows of ``customers/contracts_as_of``, ``people_as_of``
    and ``voices_as_of``; ``modules``: how many modules there are to be had. The last contact is
    the later of the last call and the last meeting on record.
    """
    end = pd.Timestamp(week + dt.timedelta(days=6))
    own = metrics.drop(columns=["arr", "renewal_date", "days_to_renewal"], errors="ignore")
    parts = [
        part.set_index("customer_id").reindex(own["customer_id"]).reset_index(drop=True)
        for part in (contracts, people, voices)
    ]
    rows = pd.concat([own.reset_index(drop=True), *parts], axis=1)
    rows["days_to_renewal"] = _days(rows["renewal_date"]) - end.toordinal()
    rows["days_to_notice"] = _days(rows["notice_date"]) - end.toordinal()
    owned = rows["active_modules"].astype(float)
    rows["white_space_modules"] = (modules - owned).clip(lower=0)
    met = end.toordinal() - _days(rows["last_met_on"])
    # Without a call of its own, a customer's days are those of the record of calls: a lower bound.
    spoken = rows["days_since_contact"].astype(float)
    spoken = spoken.where(rows["last_call_on"].notna() | met.isna())
    rows["days_since_contact"] = np.fmin(spoken, met)
    without = rows["champions"].astype(float).eq(0)
    rows["days_without_champion"] = (end.toordinal() - _days(rows["champion_left_on"])).where(
        without
    )
    return rows


def _days(dates: "pd.Series[pd.Timestamp]") -> "pd.Series[float]":
    """Dates as days, empty where there is none."""
    days = (as_times(dates) - pd.Timestamp(1970, 1, 1)).dt.days
    return days.astype(float) + dt.date(1970, 1, 1).toordinal()


def read(query: Query, week: dt.date, modules: int) -> pd.DataFrame:
    """All metrics of a week before health: ``customers/metrics`` with the customers' standing."""
    return with_standing(
        query("customers/metrics", [week]),
        query("customers/contracts_as_of", [week]),
        query("customers/people_as_of", [week]),
        query("customers/voices_as_of", [week]),
        modules,
        week,
    )
