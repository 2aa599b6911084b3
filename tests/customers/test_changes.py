"""Verdicts on customers: the planted truths, data that begin late, and one verdict for all."""

import datetime as dt

import pandas as pd
import pytest

from cs_assets.customers import changes, forecasts
from cs_assets.sample import truths

WEEK = dt.date(2026, 11, 9)
NOTHING = changes.Readings(
    conversions=pd.DataFrame(
        columns=["customer_id", "channel", "week", "first_date", "conversions", "value"]
    ),
    key_actions=pd.DataFrame(
        columns=["customer_id", "module_code", "week", "first_date", "key_actions"]
    ),
    sends=pd.DataFrame(columns=["customer_id", "channel", "back", "first_date"]),
)


def conversions(by_week: dict[str, list[int]], first: dict[str, dt.date] | None = None):
    """Readings with so many conversions a week, the last entry in the reported week."""
    rows = [
        {
            "customer_id": customer, "channel": "email", "conversions": count,
            "value": 100.0 * count,
            "week": pd.Timestamp(WEEK) - pd.Timedelta(weeks=len(counts) - 1 - place),
            "first_date": pd.Timestamp((first or {}).get(customer, dt.date(2020, 1, 1))),
        }
        for customer, counts in by_week.items()
        for place, count in enumerate(counts)
        if count
    ]  # fmt: skip
    return changes.Readings(pd.DataFrame(rows), NOTHING.key_actions, NOTHING.sends)


def verdict(rows: pd.DataFrame, customer: str, measure: str, compared="before", part="all"):
    found = rows[
        (rows["customer_id"] == customer) & (rows["measure"] == measure)
        & (rows["compared_with"] == compared) & (rows["part"] == part)
    ]  # fmt: skip
    return found.iloc[0]


@pytest.fixture(scope="module")
def judged(loaded) -> pd.DataFrame:
    with loaded.session("test") as db:
        return changes.change_rows(changes.read(db.query, WEEK, 4), WEEK, 4)


def test_the_flagship_decline_is_a_fall_within_each_channel(judged):
    row = verdict(judged, truths.DECLINING_CUSTOMER, "open_rate")
    assert row["direction"] == "fall"
    assert row["falling"] == row["channels"] >= 2
    assert row["size_high"] < 0
    assert verdict(judged, truths.GROWING_CUSTOMER, "open_rate", "year")["direction"] == "rise"


def test_steady_customers_are_not_called_changed(judged):
    planted = [truths.DECLINING_CUSTOMER, truths.GROWING_CUSTOMER, truths.USAGE_COLLAPSE_CUSTOMER]
    others = judged[~judged["customer_id"].isin(planted) & (judged["compared_with"] == "before")]
    others = others[(others["part"] == "all") & others["measure"].str.endswith("rate")]
    assert len(others) > 100
    assert others["direction"].isin(["rise", "fall"]).mean() <= 0.02
    assert (others["looked_at"] == others.groupby("measure")["looked_at"].transform("max")).all()


def test_a_customer_of_a_month_is_not_a_rise_after_nothing():
    """Conversions ever since three weeks before the reported one: nothing to compare with."""
    young = WEEK - dt.timedelta(weeks=5, days=-2)
    rows = changes.change_rows(
        conversions(
            {f"C{i}": [6, 5, 7, 6, 5, 6] for i in range(3)} | {"OLD": [5] * 40},
            first={f"C{i}": young for i in range(3)},
        ),
        WEEK,
        4,
    )
    for customer in ("C0", "C1", "C2"):
        row = verdict(rows, customer, "conversions")
        assert row["direction"] == "absent"
        assert row["why"] == "the data begin after the start of the window before"
        assert pd.isna(row["size"])
        assert verdict(rows, customer, "conversions", "year")["direction"] == "absent"
    assert verdict(rows, "OLD", "conversions")["direction"] == "none"
    assert verdict(rows, "OLD", "conversions")["looked_at"] == 1


def test_number_and_value_are_judged_apart():
    twice = [10, 11, 9, 10] * 13 + [20, 21, 19, 20]
    readings = conversions({"C": twice} | {f"S{i}": [10, 11, 9, 10] * 14 for i in range(9)})
    rows = readings.conversions
    late = rows["week"] > pd.Timestamp(WEEK) - pd.Timedelta(weeks=4)
    rows.loc[(rows["customer_id"] == "C") & late, "value"] /= 4
    judged = changes.change_rows(readings, WEEK, 4)
    assert verdict(judged, "C", "conversions")["direction"] == "rise"
    assert verdict(judged, "C", "conversion_value")["direction"] == "fall"
    assert verdict(judged, "C", "conversion_value")["n"] == 120


def test_a_tenant_without_data_has_no_rows():
    assert changes.change_rows(NOTHING, WEEK, 4).empty
    assert forecasts.forecast_rows(NOTHING.conversions, WEEK, 4).empty


def test_a_forecast_counts_the_weeks_since_the_beginning_only():
    first = WEEK - dt.timedelta(weeks=29)
    readings = conversions({"C": [8] * 30, "OLD": [8] * 120}, first={"C": first})
    rows = forecasts.forecast_rows(readings.conversions, WEEK, 4).set_index("customer_id")
    assert rows.loc["C", "weeks"] == 30
    assert rows.loc["C", "windows"] == 5
    assert rows.loc["OLD", "value"] == pytest.approx(3200)
