"""Alerts: a week outside of what a customer's own past lets expect, or words of leaving; once.

A control chart of individual weeks (XmR; Wheeler, Understanding Variation): limits at the mean of
up to 52 weeks before +- 3.1 deviations, the larger of moving range / 1.128 and standard deviation:
a trend or slow waves raise no alarm. Several kinds are watched, so the limits are wider than the
textbook's 3. What was told in the three weeks before is not told again.
"""

import datetime as dt
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from cs_assets.frames import records
from sql import catalog

#: Weeks of the past, at most and at least.
PAST, LEAST = 52, 12
#: Deviations from the mean.
WIDTH = 3.1
#: Mean moving range of independent values of deviation 1.
_RANGE = 1.128
#: Weeks in which the same is not told again.
QUIET = 3
#: By kind: what it is called, and the least deviation: of counts a share of that of pure chance.
_LABELS = {
    "usage": "key actions", "users": "active users", "conversions": "conversions",
    "health": "health",
}  # fmt: skip
KINDS = tuple(_LABELS)
#: Points of health, and share of a Poisson count's deviation, below which nothing moves.
_LEAST_POINTS, _OF_CHANCE = 3.0, 0.75


@dataclass(frozen=True)
class Limits:
    """By series: the week's value, its limits, and how many weeks stand behind them."""

    value: np.ndarray
    low: np.ndarray
    high: np.ndarray
    weeks: np.ndarray

    @property
    def direction(self) -> np.ndarray:
        """1 above the upper limit, -1 below the lower, 0 within or with too short a past."""
        with np.errstate(invalid="ignore"):
            above, below = self.value > self.high, self.value < self.low
        return np.where(self.weeks >= LEAST, above.astype(int) - below.astype(int), 0)


def limits(series: np.ndarray, kind: str) -> Limits:
    """Of the last week of each row (series x weeks, NaN where not known) by the weeks before."""
    past, value = series[:, -1 - PAST : -1], series[:, -1]
    known = np.isfinite(past)
    weeks = known.sum(axis=1)
    n = np.maximum(1, weeks)
    filled = np.where(known, past, 0.0)
    mean = filled.sum(axis=1) / n
    spread = np.where(known, past - mean[:, None], 0.0)
    deviation = np.sqrt((spread**2).sum(axis=1) / np.maximum(1, weeks - 1))
    steps = np.abs(np.diff(past, axis=1))
    moved = np.isfinite(steps)
    ranges = np.where(moved, steps, 0.0).sum(axis=1) / np.maximum(1, moved.sum(axis=1))
    least = _LEAST_POINTS if kind == "health" else _OF_CHANCE * np.sqrt(np.maximum(1.0, mean))
    sigma = np.maximum.reduce([deviation, ranges / _RANGE, np.broadcast_to(least, mean.shape)])
    return Limits(value, mean - WIDTH * sigma, mean + WIDTH * sigma, weeks)


def news(series: np.ndarray, kind: str) -> tuple[Limits, np.ndarray]:
    """The limits of the last week, and whether it is outside on a side not told of late."""
    now = limits(series, kind)
    told = np.zeros(len(series), dtype=bool)
    for back in range(1, QUIET + 1):
        if series.shape[1] - back > LEAST:
            before = limits(series[:, :-back], kind).direction
            told |= (before == now.direction) & (before != 0)
    return now, (now.direction != 0) & ~told


def by_week(rows: pd.DataFrame, kind: str, week: dt.date) -> tuple[list[str], np.ndarray]:
    """Customers and their weeks (rows of ``customers/weekly_series``), up to ``week``.

    Counts are 0 in weeks without a row from a customer's first week on; health is not known there.
    """
    mine = rows[rows["kind"] == kind]
    if mine.empty:
        return [], np.zeros((0, PAST + QUIET + 1))
    names = sorted(mine["customer_id"].astype(str).unique())
    place = {name: n for n, name in enumerate(names)}
    width = PAST + QUIET + 1
    series = np.full((len(names), width), np.nan)
    ago = (pd.Timestamp(week) - pd.to_datetime(mine["week_start"])).dt.days.to_numpy() // 7
    inside = ago < width
    at = mine["customer_id"].astype(str).map(place).to_numpy()
    series[at[inside], width - 1 - ago[inside]] = mine["amount"].to_numpy(dtype=float)[inside]
    if kind != "health":
        begun = np.cumsum(np.isfinite(series), axis=1) > 0
        series = np.where(np.isfinite(series) | ~begun, series, 0.0)
    return names, series


def alert_rows(
    rows: pd.DataFrame,
    events: pd.DataFrame,
    owners: pd.DataFrame,
    late: dict[str, "pd.Series[Any]"],
    week: dt.date,
) -> pd.DataFrame:
    """Rows of ``analytics.customer_alerts`` of a week.

    ``events``: rows of ``customers/alert_events``; ``late``: by kind, why a customer's week is not
    known: nothing is said of it.
    """
    found: list[dict[str, Any]] = []
    for kind in KINDS:
        names, series = by_week(rows, kind, week)
        now, is_news = news(series, kind)
        gone = late.get(kind, pd.Series(dtype=object))
        unknown = {name for name, why in gone.items() if isinstance(why, str)}
        for at in np.flatnonzero(now.direction):
            if names[at] in unknown:
                continue
            way = "rise" if now.direction[at] > 0 else "fall"
            found.append(
                {
                    "customer_id": names[at], "kind": kind, "direction": way,
                    "value": float(now.value[at]), "usual_low": round(float(now.low[at]), 2),
                    "usual_high": round(float(now.high[at]), 2), "weeks": int(now.weeks[at]),
                    "words": _words(kind, now, int(at)), "is_news": bool(is_news[at]),
                }
            )  # fmt: skip
    found += [
        {**row, "direction": "event", "value": None, "usual_low": None, "usual_high": None,
         "weeks": None, "is_news": True}
        for row in records(events[["customer_id", "kind", "words"]])
    ]  # fmt: skip
    owner = dict(zip(owners["customer_id"], owners["csm_id"], strict=True))
    made = [
        row | {"alert_id": f"{row['customer_id']}/{row['kind']}/{week}", "week_start": week,
               "owner_id": owner.get(row["customer_id"])}
        for row in found
    ]  # fmt: skip
    return pd.DataFrame(made, columns=catalog.table("analytics.customer_alerts").column_names)


def _words(kind: str, now: Limits, at: int) -> str:
    # Limits rounded away from the value: 17 is not above 17.
    low, high = np.ceil(max(0.0, now.low[at])), np.floor(now.high[at])
    side = "above" if now.direction[at] > 0 else "below"
    return (
        f"{_LABELS[kind]}: {now.value[at]:,.0f} this week, {side} the {low:,.0f} to {high:,.0f} "
        f"of the {now.weeks[at]} weeks before"
    )
