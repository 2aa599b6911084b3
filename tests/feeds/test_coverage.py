"""A zero is told from what is late, missing, before the beginning, or too small to tell."""

import datetime as dt

import numpy as np
import pandas as pd
import pytest

from cs_assets.feeds import days
from cs_assets.feeds.coverage import Coverage, Period
from cs_assets.feeds.gaps import Gaps, gaps_of_week
from cs_assets.feeds.wording import unread_calls

WEEK = dt.date(2026, 11, 9)
FIRST, LAST = WEEK - dt.timedelta(weeks=30), WEEK + dt.timedelta(days=6)
CUSTOMERS = [f"C{n}" for n in range(12)]


def company(channels: dict[str, float], customers: int = 12) -> pd.DataFrame:
    """A row per conversion: as many a week from each customer in each channel, on weekdays."""
    dice = np.random.default_rng(1)
    rows = []
    for channel, mean in channels.items():
        for customer in CUSTOMERS[:customers]:
            for day in pd.bdate_range(FIRST, LAST):
                rows += [(customer, channel, day.date())] * int(dice.poisson(mean / 5))
    return pd.DataFrame(rows, columns=["customer_id", "channel", "day"])


def seen(rows: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """As ``sources/feed_days`` and ``sources/feed_customers`` give them."""
    parts = [
        rows.assign(feed="conversions", part="all", name=""),
        rows.assign(feed="conversions", part="channel", name=rows["channel"]),
    ]
    whole = pd.concat(parts)
    of_days = whole.groupby([*days.KEYS, "day"]).size().rename("row_count").reset_index()
    by = whole.groupby([*days.KEYS, "customer_id"])["day"]
    of_customers = by.agg(first_day="min", last_day="max", row_count="size").reset_index()
    return of_days, of_customers


def found(rows: pd.DataFrame) -> dict[tuple[str, str], tuple[str, dt.date, dt.date]]:
    made = days.stretches(*seen(rows), FIRST, LAST)
    return {(r.part, r.name_): (r.state, r.first_day, r.last_day)
            for r in made.rename(columns={"name": "name_"}).itertuples()
            if r.first_day > FIRST or r.last_day > FIRST + dt.timedelta(days=10)}  # fmt: skip


def test_what_all_customers_lack_is_late_and_nothing_else_is():
    rows = company({"email": 5, "sms": 3})
    assert found(rows) == {}
    late = rows[(rows["channel"] != "sms") | (rows["day"] < WEEK)]
    assert found(late) == {("channel", "sms"): ("late", WEEK, LAST)}
    until_wednesday = rows[rows["day"] < WEEK + dt.timedelta(days=3)]
    assert found(until_wednesday)["all", ""] == ("late", WEEK + dt.timedelta(days=3), LAST)


@pytest.mark.parametrize(
    ("channels", "customers", "why"),
    [({"email": 5, "sms": 0.1}, 12, "so few that none is no wonder"),
     ({"email": 5}, 12, "a channel that nobody has")],
)  # fmt: skip
def test_a_small_channel_may_have_none(channels, customers, why):
    rows = company(channels, customers)
    assert found(rows[(rows["channel"] != "sms") | (rows["day"] < WEEK)]) == {}, why


def test_a_customer_that_stops_is_no_late_feed():
    rows = company({"email": 5, "sms": 6})
    alone = rows[(rows["channel"] != "sms") | (rows["customer_id"] == "C0")]
    stopped = alone[(alone["channel"] != "sms") | (alone["day"] < WEEK)]
    assert found(stopped) == {}


def test_a_hole_is_missing_a_weekend_and_a_holiday_are_not():
    rows = company({"email": 5})
    start = WEEK - dt.timedelta(weeks=4)
    holiday = rows[rows["day"] != start]
    assert found(holiday) == {}
    hole = rows[(rows["day"] < start) | (rows["day"] > start + dt.timedelta(days=6))]
    assert found(hole)["all", ""] == ("missing", start, start + dt.timedelta(days=6))


def test_a_part_that_begins_for_many_is_before_the_beginning_and_for_one_is_new():
    rows = company({"email": 5, "sms": 3})
    begun = WEEK - dt.timedelta(weeks=5)
    many = rows[(rows["channel"] != "sms") | (rows["day"] >= begun)]
    assert found(many)["channel", "sms"][0] == "before"
    one = many[(many["channel"] != "sms") | (many["customer_id"] == "C0")]
    assert found(one) == {}


def test_a_part_that_is_gone_for_long_has_ended():
    rows = company({"email": 5, "sms": 3})
    ended = rows[(rows["channel"] != "sms") | (rows["day"] < WEEK - dt.timedelta(weeks=9))]
    assert found(ended) == {}


def coverage(rows: pd.DataFrame) -> Coverage:
    return Coverage(
        days.stretches(*seen(rows), FIRST, LAST).assign(usual="0.2 0.2 0.2 0.2 0.2 0 0")
    )


def gaps(rows: pd.DataFrame) -> Gaps:
    homes = pd.DataFrame({"customer_id": CUSTOMERS, "region": "Europe"})
    found = gaps_of_week(
        coverage(rows), homes, WEEK, [4], lambda *_: seen(rows[rows["day"] < WEEK])[1]
    )
    return Gaps(found)


def test_only_who_has_the_channel_lacks_it():
    rows = company({"email": 5, "sms": 3})
    rows = rows[(rows["channel"] != "sms") | (rows["customer_id"] < "C5")]  # C10 and C11 too
    known = gaps(rows[(rows["channel"] != "sms") | (rows["day"] < WEEK)])
    ids = pd.Series(["C0", "C9"])
    why = known.why(ids, "conversions", "current")
    assert why[0] == "SMS conversions of 9 to 15 November 2026 have not arrived"
    assert why[1] is None
    assert known.why(ids, "conversions", "prior").isna().all()
    channel = pd.Series(["email", "sms"])
    of_part = known.why_part(pd.Series(["C9", "C9"]), channel, "conversions", "channel", "current")
    assert of_part.isna().all()


def test_a_day_of_a_window_is_no_reason_a_day_of_a_week_is():
    rows = company({"email": 5})
    known = coverage(rows[rows["day"] < WEEK + dt.timedelta(days=4)])
    assert known.state("conversions", WEEK - dt.timedelta(weeks=12), LAST)[0] == "there"
    state, why = known.state("conversions", WEEK, LAST)
    assert (state, why[:11]) == ("late", "conversions")
    assert known.state("conversions", WEEK - dt.timedelta(7), WEEK - dt.timedelta(1))[0] == "there"
    assert Period("x", WEEK, LAST).name == "x"


def test_days_of_calls_that_nobody_read():
    read = pd.DataFrame(
        {
            "call_date": [WEEK, WEEK + dt.timedelta(1), WEEK + dt.timedelta(3)],
            # The second was read while it lasted, and not again.
            "read_at": [
                dt.datetime(2026, 11, 16),
                dt.datetime(2026, 11, 10, 15),
                dt.datetime(2026, 11, 16),
            ],
        }
    )
    runs = days.unread(read, LAST)
    assert [state for state, _, _ in runs] == ["missing", "late"]
    assert unread_calls(runs, WEEK, LAST) == (
        "calls of 10 to 11 November 2026 are missing and calls of 13 to 15 November 2026 have not "
        "arrived"
    )
    assert days.unread(read.iloc[:0], LAST) == []
