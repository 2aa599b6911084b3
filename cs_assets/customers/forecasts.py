"""What conversions will be worth: ``analytics.customer_forecasts``, made once for all customers."""

import datetime as dt

import numpy as np
import pandas as pd

from cs_assets.customers.weekly import Weekly
from cs_assets.statistics import forecasting

#: Weeks of the past that methods are tried on.
_PAST = 3 * 52


def weeks_needed() -> int:
    """Weeks looked back for conversions."""
    return _PAST


def forecast_rows(conversions: pd.DataFrame, week: dt.date, window: int) -> pd.DataFrame:
    """Forecasts of all customers from rows of ``customers/conversions_by_week``."""
    series = Weekly.of(conversions, None, "value", week, _PAST, window)
    made = forecasting.forecast(series.weekly, window)
    return pd.DataFrame(
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
