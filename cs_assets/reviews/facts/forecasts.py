"""Facts about what is to come: the forecast, its interval, and how well it did before."""

import numpy as np
import pandas as pd

from cs_assets.reviews.configuration import Forecasting
from cs_assets.reviews.facts.rows import Absent, FactRows
from cs_assets.reviews.facts.windows import Windows
from cs_assets.reviews.forecast import METHODS, forecast


def add_forecast(
    facts: FactRows,
    customers: pd.DataFrame,
    by_week: pd.DataFrame,
    windows: Windows,
    policy: Forecasting,
) -> None:
    """The conversion value of the next window; refused where the history is short."""
    ids = customers["customer_id"]
    weekly, known = _matrix(ids, by_week, windows)
    made = forecast(weekly, known, windows.weeks, policy.minimum_weeks)
    refused = np.isnan(made.value)
    short = [
        Absent(known == 0, "no_data", "no conversion has been recorded"),
        Absent(refused, "not_applicable", f"fewer than {policy.minimum_weeks} weeks of history"),
    ]
    weeks = pd.Series(known, index=ids.index)
    for name, label, values, unit in (
        ("value", "Conversion value forecast for the next window", made.value, "currency"),
        ("low", "Forecast, lower end of the interval", made.low, "currency"),
        ("high", "Forecast, upper end of the interval", made.high, "currency"),
        ("error", "Mean error of the forecast in the past", made.error, "percent"),
        ("naive_error", "Mean error of the naive forecast", made.naive_error, "percent"),
    ):
        facts.add(
            ids, f"forecast.{name}", label, pd.Series(values, index=ids.index), unit,  # type: ignore[arg-type]
            n=weeks, window=None, source="conversions_by_week", absent=short,
        )  # fmt: skip
    methods = pd.Series(np.array(METHODS, dtype=object)[made.method], index=ids.index)
    facts.add(
        ids, "forecast.method", "Method of the forecast", methods, "text", n=weeks, window=None,
        source="conversions_by_week", absent=short,
    )  # fmt: skip


def _matrix(
    ids: pd.Series, by_week: pd.DataFrame, windows: Windows
) -> tuple[np.ndarray, np.ndarray]:
    """Value by customer and week from the start of the history, and weeks known of each."""
    first = pd.Timestamp(windows.history_start)
    count = (windows.week_start - windows.history_start).days // 7 + 1
    weekly = np.zeros((len(ids), count))
    row = pd.Series(np.arange(len(ids)), index=ids.to_numpy())
    place = ((pd.to_datetime(by_week["week"]) - first).dt.days // 7).to_numpy(dtype=int)
    rows = by_week["customer_id"].map(row).to_numpy(dtype=int)
    inside = (place >= 0) & (place < count)
    weekly[rows[inside], place[inside]] = by_week["value"].to_numpy(dtype=float)[inside]
    seen = weekly > 0
    known = np.where(seen.any(axis=1), count - seen.argmax(axis=1), 0)
    return weekly, known
