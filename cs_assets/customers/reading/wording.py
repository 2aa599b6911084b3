"""A customer's risk, renewal and advice in the words of lists, on every screen the same."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

import pandas as pd

from cs_assets.customers.reading.lists import is_overdue
from cs_assets.frames import text_or_none

#: A row of ``customers/overview`` as ``lists.overview`` gives it.
Row = Mapping[str, Any]


def risk(row: Row) -> str:
    """How likely the customer leaves, with the interval and on how many contracts it rests."""
    if row["risk_is_assumed"]:
        return "risk assumed by colour"
    return (
        f"risk about {row['risk']:.0%} ({row['risk_low']:.0%} to {row['risk_high']:.0%}, "
        f"{row['risk_cases']:.0f} past contracts)"
    )


def renewal(row: Row) -> str:
    """When the contract renews, and the last day of notice where it is ahead."""
    days = row["days_to_renewal"]
    if is_empty(days):
        return "renewal not known"
    said = f"renewal in {days:.0f} days" if days >= 0 else f"renewal {-days:.0f} days ago"
    notice = row["days_to_notice"]
    return said if is_empty(notice) or notice < 0 else f"{said}, notice in {notice:.0f}"


def state(row: Row, week: dt.date) -> str:
    """Where the advised action stands: taken by whom it may be, due when, overdue."""
    due = "" if is_empty(row["due_on"]) else f"due {_day(row['due_on'])}"
    now = text_or_none(row["action_state"]) or "proposed"
    parts = [] if now == "proposed" else [now]
    since = row["proposed_on"]
    if now == "proposed" and not is_empty(since) and pd.Timestamp(since).date() < week:
        parts.append(f"advised since {_day(since)},")
    if now in ("proposed", "taken"):
        parts.append(f"{due}, overdue" if is_overdue(row, week) else due)
    return " ".join(part for part in parts if part)


def _day(value: Any) -> str:
    found = pd.Timestamp(value)
    return f"{found.day} {found:%b}"


def is_empty(value: Any) -> bool:
    """Whether a value of the warehouse is missing."""
    return value is None or bool(pd.isna(value))
