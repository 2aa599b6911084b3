"""What conversions will be worth: ``analytics.customer_forecasts``, made once for all customers."""

import datetime as dt

import numpy as np
import pandas as pd

from cs_assets.customers.weekly import Weekly
from cs_assets.feeds.coverage import CONVERSIONS
from cs_assets.feeds.gaps import Gaps
from cs_assets.statistics import forecasting

#: Weeks of the past that methods are tried on.
_PAST = 3 * 52


def weeks_needed() -> int:
    """Weeks looked back for conversions."""
    return _PAST


_FIGURES = ["value", "value_low", "value_high", "error", "naive_error", "weight"]


def forecast_rows(
    conversions: pd.DataFrame, week: dt.date, window: int, gaps: Gaps | None = None
) -> pd.DataFrame:
    """Forecasts of all customers from rows of ``customers/conversions_by_week``.

    Where the present window or the one before is not all there, none is made (reason ``gaps``).
    """
    series = Weekly.of(conversions, None, "value", week, _PAST, window)
    made = forecasting.forecast(series.weekly, window)
    rows = pd.DataFrame(
        {
            "customer_id": series.keys["customer_id"],
            "week_start": week,
            "window_weeks": window,
            "value": made.value,
            "value_low": made.low,
            "value_high": made.high,
            "error": made.error,
            "naive_error": made.naive_error,
            "method": np.array(forecasting.METHODS, dtype=object)[made.method],
            "weight": made.weight,
            "windows": made.windows,
            "weeks": (~np.isnan(series.weekly)).sum(axis=1),
            "reason": made.reason,
        }
    )
    gone = (gaps or Gaps()).why(rows["customer_id"], CONVERSIONS, "current", "prior").notna()
    gone &= rows["reason"].ne("short")
    rows.loc[gone, _FIGURES] = np.nan
    rows.loc[gone, "reason"] = "gaps"
    return rows
