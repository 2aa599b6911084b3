"""What is said of data that are not there: the same words in every text."""

import datetime as dt

import pandas as pd

from cs_assets.config.modules import modules
from cs_assets.names import shown
from sql import feeds as declared

_ACRONYMS = {"sms": "SMS", "mms": "MMS", "seo": "SEO", "tv": "TV"}


def not_there(
    feed: str, part: str, name: str, first: pd.Timestamp, last: pd.Timestamp, state: str
) -> str:
    """E.g. ``SMS conversions of 9 to 15 November 2026 have not arrived``."""
    verb = "have not arrived" if state == "late" else "are missing"
    return f"{_what(feed, part, name)} of {days_in_words(first, last)} {verb}"


def unread_calls(runs: list[tuple[str, dt.date, dt.date]], first: dt.date, last: dt.date) -> str:
    """What is not read of the calls of some days, from runs as ``days.unread`` gives; or empty."""
    return " and ".join(
        not_there(
            "calls", declared.WHOLE, "", pd.Timestamp(max(begin, first)),
            pd.Timestamp(min(end, last)), state,
        )
        for state, begin, end in runs
        if begin <= last and end >= first
    )  # fmt: skip


def none_yet(feed: str, part: str, name: str) -> str:
    """E.g. ``no usage figures have come yet``."""
    return f"no {_what(feed, part, name)} have come yet"


def none_of_customer(feed: str) -> str:
    """E.g. ``no usage figures of this customer are on record``."""
    return f"no {feed} of this customer are on record"


def begins(feed: str, part: str, name: str, first: pd.Timestamp) -> str:
    """E.g. ``SMS conversions begin on 20 October 2026``."""
    return f"{_what(feed, part, name)} begin on {_day(first)} {first.year}"


def _what(feed: str, part: str, name: str) -> str:
    if part in (declared.WHOLE, declared.HOME):
        return feed
    if part == "region":
        return f"{feed} in {shown(name)}"
    if part == "module_code":
        module = modules().get(name)
        return f"{feed} of {module.name if module else shown(name)}"
    return f"{_ACRONYMS.get(name, shown(name))} {feed}"


def days_in_words(first: pd.Timestamp, last: pd.Timestamp) -> str:
    """E.g. ``9 to 15 November 2026``."""
    if first == last:
        return f"{_day(last)} {last.year}"
    if (first.year, first.month) == (last.year, last.month):
        return f"{first.day} to {_day(last)} {last.year}"
    year = f" {first.year}" if first.year != last.year else ""
    return f"{_day(first)}{year} to {_day(last)} {last.year}"


def _day(day: pd.Timestamp) -> str:
    return f"{day.day} {day:%B}"
