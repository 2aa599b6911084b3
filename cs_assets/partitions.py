"""Every partitions definition of the platform.

Names and start dates are identity: renaming a dynamic definition or moving the
start orphans history, so they are set once (``CS_ASSETS_START_WEEK``).
"""

import datetime as dt
import os

import dagster as dg

from cs_assets.errors import UsageError

ROUTING_BATCHES = "routing_batch"


def _start_week() -> str:
    """The first Monday; read from the environment because definitions need it at load."""
    text = (os.environ.get("CS_ASSETS_START_WEEK") or "2026-01-05").strip()
    try:
        is_monday = dt.date.fromisoformat(text).weekday() == 0
    except ValueError:
        is_monday = False
    if not is_monday or len(text) != len("2026-01-05"):
        raise UsageError(f"CS_ASSETS_START_WEEK={text[:20]!r} is no Monday; write it as 2026-01-05")
    return text


#: Days of a call's start, UTC; today is there while it is still running.
days = dg.DailyPartitionsDefinition(start_date=_start_week(), timezone="UTC", end_offset=1)

#: Weeks from Monday, UTC; a week appears when it is over.
weeks = dg.WeeklyPartitionsDefinition(start_date=_start_week(), timezone="UTC", day_offset=1)

#: One partition for each batch of accounts that need a CSM.
routing_batches = dg.DynamicPartitionsDefinition(name=ROUTING_BATCHES)


def week_of(key: str) -> tuple[dt.date, dt.date]:
    """First day (Monday) and last day (Sunday) of a week partition."""
    monday = dt.date.fromisoformat(key)
    return monday, monday + dt.timedelta(days=6)


def last_full_week(now: dt.datetime) -> str:
    """The Monday of the last week that was over (UTC) at ``now`` (aware)."""
    today = now.astimezone(dt.UTC).date()
    this_monday = today - dt.timedelta(days=today.weekday())
    return (this_monday - dt.timedelta(days=7)).isoformat()
