"""Facts about what is to come: the stored forecast, its interval, and how well it did before."""

import pandas as pd

from cs_assets.facts.model import Unit
from cs_assets.reviews.configuration import Forecasting
from cs_assets.reviews.facts.conversions import aligned
from cs_assets.reviews.facts.rows import Absent, FactRows

#: Weight from which the forecast is its heaviest method and nothing else, to three digits.
_ALONE = 0.9995


def add_forecast(
    facts: FactRows, customers: pd.DataFrame, forecasts: pd.DataFrame, policy: Forecasting
) -> None:
    """The conversion value of the next window; absent where the past is short or says nothing.

    ``forecasts``: rows of ``reviews/forecasts``.
    """
    rows = aligned(forecasts, customers)
    ids, windows = rows["customer_id"], pd.to_numeric(rows["windows"])
    few_weeks = ~(pd.to_numeric(rows["weeks"]) >= policy.minimum_weeks)
    absent = [
        Absent(rows["weeks"].isna(), "no_data", "no conversion has been recorded"),
        Absent(few_weeks, "not_applicable", f"fewer than {policy.minimum_weeks} weeks of history"),
        Absent(rows["reason"].eq("short"), "not_applicable", "too few windows of the past to try"),
        Absent(rows["reason"].eq("wide"), "withheld", "its interval would say nothing"),
    ]
    figures: tuple[tuple[str, str, str, Unit], ...] = (
        ("value", "value", "Conversion value forecast for the next window", "currency"),
        ("low", "value_low", "Forecast, lower end of the interval", "currency"),
        ("high", "value_high", "Forecast, upper end of the interval", "currency"),
        ("error", "error", "Mean error of the forecast in the past", "percent"),
        ("naive_error", "naive_error", "Mean error of the naive forecast", "percent"),
        ("windows", "windows", "Windows of the past that it was tried on", "count"),
    )
    for name, column, label, unit in figures:
        facts.add(
            ids, f"forecast.{name}", label, pd.to_numeric(rows[column]).astype(float), unit,
            n=windows, window=None, source="forecasts", absent=absent,
        )  # fmt: skip
    alone = rows["weight"].ge(_ALONE)
    method = rows["method"].where(alone, "weighs five methods by their record, most the one that "
                                  + rows["method"].astype(str))  # fmt: skip
    facts.add(
        ids, "forecast.method", "Method of the forecast", method, "text", n=windows, window=None,
        source="forecasts", absent=absent,
    )  # fmt: skip
