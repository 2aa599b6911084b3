"""Facts about conversions: counts, values, channels, regions, the weekly series, the forecast."""

from typing import Any

import numpy as np
import pandas as pd

from cs_assets.facts.model import Unit
from cs_assets.feeds.coverage import CONVERSIONS
from cs_assets.reviews.configuration import Evidence, Forecasting
from cs_assets.reviews.facts.judged import COMPARISONS, Judged, add_verdict
from cs_assets.reviews.facts.rows import (
    Absent,
    FactRows,
    Of,
    display_names,
    percent_change,
    slugs,
)
from cs_assets.reviews.facts.windows import Windows

_SPANS = (
    ("", "current", ""),
    ("_week", "week", " in the week"),
    ("_prior", "prior", " in the window before"),
    ("_year_ago", "year_ago", " a year earlier"),
)


def aligned(rows: pd.DataFrame, customers: pd.DataFrame) -> pd.DataFrame:
    """One row per customer in the order of ``customers``; missing where ``rows`` has none."""
    ids = customers[["customer_id"]]
    return ids.merge(rows, on="customer_id", how="left")


def add_conversions(
    facts: FactRows,
    customers: pd.DataFrame,
    conversions: pd.DataFrame,
    windows: Windows,
    judged: Judged,
    evidence: Evidence,
) -> None:
    """Counts and values of each window, and how they moved.

    A customer with conversions at other times has zero in an empty window; one that never had
    any has no data.
    """
    rows = aligned(conversions, customers)
    ids = rows["customer_id"]
    not_yet_of = too_young(rows["first_date"], windows)
    for suffix, span, words in _SPANS:
        count, value = rows[f"count_{span}"], rows[f"value_{span}"]
        not_yet = not_yet_of.get(span, [])
        common: dict[str, Any] = {
            "window": span,
            "direction": "higher_is_better",
            "source": "conversions",
        }
        facts.add(
            ids, f"conversions.count{suffix}", f"Conversions{words}", count, "count",
            n=count, absent=not_yet, **common,
        )  # fmt: skip
        facts.add(
            ids, f"conversions.value{suffix}", f"Conversion value{words}", value, "currency",
            n=count, absent=not_yet, **common,
        )  # fmt: skip
    _add_changes(facts, rows, not_yet_of, judged, evidence)
    facts.add(
        ids, "conversions.average", "Mean value of a conversion",
        rows["value_current"] / rows["count_current"].where(rows["count_current"] > 0),
        "currency", n=rows["count_current"], direction="higher_is_better", source="conversions",
        absent=[Absent(rows["count_current"] == 0, "not_applicable", "no conversion")],
    )  # fmt: skip
    per_week: dict[str, Any] = {
        "n": rows["count_current"], "direction": "higher_is_better", "source": "conversions",
    }  # fmt: skip
    facts.add(
        ids, "conversions.count_per_week", "Conversions a week",
        rows["count_current"] / windows.weeks, "ratio", **per_week,
    )  # fmt: skip
    facts.add(
        ids, "conversions.value_per_week", "Conversion value a week",
        rows["value_current"] / windows.weeks, "currency", **per_week,
    )  # fmt: skip


def too_young(first_date: pd.Series, windows: Windows) -> dict[str, list[Absent]]:
    """By earlier span, the customers whose data begin too late for it."""
    first = pd.to_datetime(first_date)
    return {
        "prior": [
            Absent(
                first > pd.Timestamp(windows.prior_known_by), "not_applicable",
                "the data begin after the start of the window before",
            )
        ],
        "year_ago": [
            Absent(
                first > pd.Timestamp(windows.known_by), "not_applicable",
                "no data from a year earlier",
            )
        ],
    }  # fmt: skip


def _add_changes(
    facts: FactRows,
    rows: pd.DataFrame,
    not_yet_of: dict[str, list[Absent]],
    judged: Judged,
    evidence: Evidence,
) -> None:
    ids, current = rows["customer_id"], rows["count_current"]
    for (name, compared, words), span in zip(COMPARISONS, ("prior", "year_ago"), strict=True):
        earlier = rows[f"count_{span}"]
        few = np.minimum(current, earlier) < evidence.minimum_n
        unsafe = [
            *not_yet_of[span],
            Absent((current + earlier) == 0, "not_applicable", "no conversion in either window"),
            Absent(few, "withheld", f"fewer than {evidence.minimum_n} conversions in a window"),
        ]
        for measure, title, verdict, stored in (
            ("count", "Conversions", "verdict", "conversions"),
            ("value", "Conversion value", "value_verdict", "conversion_value"),
        ):
            change = percent_change(rows[f"{measure}_current"], rows[f"{measure}_{span}"])
            facts.add(
                ids, f"conversions.{measure}_{name}", f"{title} {words}", change, "percent",
                n=current + earlier, direction="higher_is_better", source="conversions",
                absent=unsafe, of=Of(spans=("current", span)),
            )  # fmt: skip
            add_verdict(
                facts, ids, f"conversions.{verdict}_{name}", f"{title} {words}, judged",
                judged.of(ids, stored, compared), not_yet_of[span],
            )  # fmt: skip


def too_few(count: pd.Series, evidence: Evidence, cases: str) -> Absent:
    """Below the least number of cases no percentage is written, only the cases."""
    return Absent(
        count < evidence.minimum_n, "withheld", f"fewer than {evidence.minimum_n} {cases}"
    )


def add_conversions_by(
    facts: FactRows,
    parts: pd.DataFrame,
    part: str,
    conversions: pd.DataFrame,
    windows: Windows,
    judged: Judged,
    evidence: Evidence,
) -> None:
    """Count, value, share and change by ``channel`` or ``region``, largest value first.

    ``parts`` are rows of ``reviews/conversions_by_part``; ``conversions`` tells since when each
    customer has any.
    """
    values = parts[["value_current", "value_prior", "value_year_ago"]]
    rows = parts[(parts["part"] == part) & (values > 0).any(axis=1)]
    rows = rows.sort_values(
        ["customer_id", "value_current", "name"], ascending=[True, False, True], ignore_index=True
    )
    ids, name = rows["customer_id"], display_names(rows["name"])
    prefix = f"conversions.{part}." + slugs(rows["name"], ids)
    source = "conversions_by_part"
    facts.add(ids, prefix + ".name", name + ": name", name, "text", window=None, source=source)
    since = ids.map(conversions.set_index("customer_id")["first_date"])
    not_yet_of = too_young(since, windows)
    for suffix, span, words in _SPANS:
        if span == "week":
            continue
        count = rows[f"count_{span}"]
        common: dict[str, Any] = {
            "n": count, "window": span, "direction": "higher_is_better", "source": source,
            "absent": not_yet_of.get(span, []),
            "of": Of(spans=(span,), part=part, names=rows["name"]),
        }  # fmt: skip
        facts.add(
            ids, prefix + f".count{suffix}", name + f", conversions{words}", count, "count",
            **common,
        )  # fmt: skip
        facts.add(
            ids, prefix + f".value{suffix}", name + f", conversion value{words}",
            rows[f"value_{span}"], "currency", **common,
        )  # fmt: skip
    totals = rows.groupby("customer_id")[["value_current", "count_current"]].transform("sum")
    facts.add(
        ids, prefix + ".share", name + ", share of value",
        rows["value_current"] / totals["value_current"].where(totals["value_current"] > 0) * 100,
        "percent", n=totals["count_current"], source=source,
        absent=[too_few(totals["count_current"], evidence, "conversions")],
        of=Of(spans=("current",), part=part, names=rows["name"]),
    )  # fmt: skip
    if part != "channel":
        return
    for (name_of, compared, words), span in zip(COMPARISONS, ("prior", "year_ago"), strict=True):
        add_verdict(
            facts, ids, prefix + f".verdict_{name_of}", name + f", conversions judged {words}",
            judged.of(ids, "conversions", compared, "channel", rows["name"]), not_yet_of[span],
        )  # fmt: skip
    picked = judged.of(ids, "conversions", "before", "picked", rows["name"])
    moved = picked["direction"].notna()
    add_verdict(
        facts, ids[moved], prefix[moved] + ".verdict_picked",
        name[moved] + ", conversions judged as of the channel that moved most", picked[moved],
    )  # fmt: skip


def add_weekly_series(
    facts: FactRows, customers: pd.DataFrame, by_week: pd.DataFrame, windows: Windows
) -> None:
    """Count and value by week for the trend chart, and the value of the same weeks a year ago.

    Fact ids end in the week's place, ``w01`` the oldest. A week before the customer's first
    conversion is not applicable, not zero.
    """
    weeks = pd.to_datetime(by_week["week"])
    first = weeks.groupby(by_week["customer_id"]).min()
    first_of = customers["customer_id"].map(first)
    tables = {
        name: by_week.assign(week=weeks).pivot_table(
            index="customer_id", columns="week", values=name, aggfunc="sum"
        )
        for name in ("conversions", "value")
    }
    ids = customers["customer_id"]
    for place, monday in enumerate(windows.trend, start=1):
        for measure, table, day, unit in (
            ("count", "conversions", pd.Timestamp(monday), "count"),
            ("value", "value", pd.Timestamp(monday), "currency"),
            ("year_ago", "value", pd.Timestamp(monday) - pd.Timedelta(weeks=52), "currency"),
        ):
            column = tables[table]
            known = column[day] if day in column.columns else pd.Series(dtype=float)
            value = ids.map(known).fillna(0.0).astype(float)
            facts.add(
                ids, f"conversions.trend.{measure}.w{place:02d}",
                f"Week of {day.date().isoformat()}", value.where(first_of.notna()), unit,  # type: ignore[arg-type]
                window=None, direction="higher_is_better", source="conversions_by_week",
                of=Of(CONVERSIONS, spans=(day.date().isoformat(),)),
                absent=[Absent(first_of > day, "not_applicable", "before the first conversion")],
            )  # fmt: skip


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
        Absent(rows["reason"].eq("gaps"), "no_data", "the conversions before it are not all there"),
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
