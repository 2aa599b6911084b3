"""Weekly sums by customer and part: what changes and forecasts are read from."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from cs_assets.frames import as_times

#: One in so many of a window's days may lie before a customer's first, for it to count as known.
MISSING = 20


@dataclass(frozen=True)
class Weekly:
    """Weekly sums, oldest week first; NaN before the first day."""

    keys: pd.DataFrame
    """``customer_id``, ``name`` (channel, module or empty) and ``first_date`` of each series."""
    weekly: np.ndarray
    """Series x weeks."""

    @classmethod
    def of(
        cls, rows: pd.DataFrame, by: str | None, value: str, week: dt.date, weeks: int, window: int
    ) -> "Weekly":
        """From rows with ``customer_id``, ``week``, ``first_date``, ``value`` and ``by`` if given.

        The last of the ``weeks`` is ``week`` (Monday). A week that begins up to a twentieth of the
        ``window`` before the first day is known: nothing may have happened on its first day.
        """
        return cls.of_each(rows, by, [value], week, weeks, window)[0]

    @classmethod
    def of_each(
        cls, rows: pd.DataFrame, by: str | None, values: Sequence[str], week: dt.date, weeks: int,
        window: int,
    ) -> "list[Weekly]":  # fmt: skip
        """The same of several columns of the rows."""
        first_date = as_times(rows["first_date"])
        if by is None:  # the customer's first day is that of any part
            first_date = first_date.groupby(rows["customer_id"]).transform("min")
        keyed = rows.assign(name=rows[by] if by else "", first_date=first_date)
        names = ["customer_id", "name", "first_date"]
        keys = keyed[names].drop_duplicates().sort_values(names, ignore_index=True)
        start = pd.Timestamp(week) - pd.Timedelta(weeks=weeks - 1)
        mondays = start + pd.to_timedelta(7 * np.arange(weeks), unit="D")
        place = ((as_times(rows["week"]) - start).dt.days // 7).to_numpy()
        inside = (place >= 0) & (place < weeks)
        series = keyed.groupby(names, sort=True).ngroup().to_numpy()
        slack = pd.Timedelta(days=7 * window // MISSING)
        unknown = keys["first_date"].to_numpy()[:, None] > (mondays + slack).to_numpy()[None, :]
        found = []
        for value in values:
            weekly = np.zeros((len(keys), weeks))
            amounts = rows[value].to_numpy(dtype=float)
            np.add.at(weekly, (series[inside], place[inside]), amounts[inside])
            found.append(cls(keys, np.where(unknown, np.nan, weekly)))
        return found
