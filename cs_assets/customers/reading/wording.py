"""A customer's risk, renewal and advice in the words of lists, on every screen the same."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

import pandas as pd

from cs_assets.customers.reading.lists import is_overdue, renewal_in
from cs_assets.facts.wording import in_own_currency
from cs_assets.frames import text_or_none

#: A row of ``customers/overview`` as ``lists.overview`` gives it.
Row = Mapping[str, Any]


def revenue(row: Row) -> str:
    """What the customer pays a year: in USD, with its own currency; what no rate compares so."""
    own = in_own_currency(row.get("arr_own"), row.get("arr_currency"))
    if is_empty(row["arr"]):
        return f"{own} a year, no exchange rate" if own else "revenue not known"
    return f"{float(row['arr']):,.0f} a year" + (f" ({own})" if own else "")


def risk(row: Row) -> str:
    """How likely the customer leaves, with the interval and on how many contracts it rests."""
    if row["risk_is_assumed"]:
        return "risk assumed by colour"
    of = "past contracts that were Red" if row["risk_basis"] == "red before" else "past contracts"
    return (
        f"risk about {row['risk']:.0%} ({row['risk_low']:.0%} to {row['risk_high']:.0%}, "
        f"{row['risk_cases']:.0f} {of})"
    )


def renewal(row: Row) -> str:
    """When the contract renews, and when the last day of notice is or was."""
    days = row["days_to_renewal"]
    if is_empty(days):
        return "renewal not known"
    said = renewal_in(days)
    if not is_empty(row.get("renewal_date")):  # the days count from the end of the week
        said += f", on {_day(row['renewal_date'])}"
    notice = row["days_to_notice"]
    if is_empty(notice) or days <= 0:
        return said
    day = pd.Timestamp(row["notice_date"])
    # The week's last day is over for whoever reads on Monday.
    return f"{said}, last day of notice {_day(day)}" + (" (past)" if notice <= 0 else "")


def state(row: Row, week: dt.date) -> str:
    """Where the advised action stands: taken by whom it may be, due when, overdue."""
    due = "" if is_empty(row["due_on"]) else f"due {_day(row['due_on'])}"
    now = text_or_none(row["action_state"]) or "proposed"
    parts = [] if now == "proposed" else [now]
    since = row["proposed_on"]
    if now == "proposed" and not is_empty(since) and pd.Timestamp(since).date() < week:
        # The advice of a week is told on the Monday after it.
        parts.append(f"advised since {_day(pd.Timestamp(since) + pd.Timedelta(days=7))}")
    if now in ("proposed", "taken"):
        parts.append(f"{due}, overdue" if is_overdue(row, week) else due)
    return ", ".join(part for part in parts if part)


def _day(value: Any) -> str:
    found = pd.Timestamp(value)
    return f"{found.day} {found:%b}"


def is_empty(value: Any) -> bool:
    """Whether a value of the warehouse is missing."""
    return value is None or bool(pd.isna(value))
