"""Every partitions definition of the platform.

Names and start dates are identity: renaming a dynamic definition or moving the
start orphans history, so they are set once (``CS_ASSETS_START_WEEK``).
"""

import datetime as dt

import dagster as dg

from cs_assets.first_week import start_week

ROUTING_BATCHES = "routing_batch"


#: Days of a call's start, UTC; today is there while it is still running.
days = dg.DailyPartitionsDefinition(start_date=start_week(), timezone="UTC", end_offset=1)

#: Weeks from Monday, UTC; a week appears when it is over.
weeks = dg.WeeklyPartitionsDefinition(start_date=start_week(), timezone="UTC", day_offset=1)

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
