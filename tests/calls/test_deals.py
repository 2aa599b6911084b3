"""Deals from call to call, and how likely they close: known then, tried by time, or withheld."""

import datetime as dt
import json

import pandas as pd
import pytest

from cs_assets import config
from cs_assets.calls.deals.landmarks import FEATURES, landmarks
from cs_assets.calls.deals.outlook import outlooks
from cs_assets.calls.deals.stages import in_words, paths, since_then
from cs_assets.config.deals import DealRules
from tests.judge.deals import TODAY, world

RULES = config.load("deals.yaml", DealRules)


def deal(stages: list[str | None], now: str, days: tuple[int, ...] = ()) -> pd.DataFrame:
    """Calls on one deal, so many days before today, ten days apart unless said."""
    days = days or tuple(10 * (len(stages) - at) for at in range(len(stages)))
    return pd.DataFrame([
        {"call_id": f"c{at}", "call_date": TODAY - dt.timedelta(days=ago), "deal_id": "d",
         "stage": stage, "amount": 100.0, "stage_now": now, "amount_now": 150.0,
         "close_date": TODAY}
        for at, (stage, ago) in enumerate(zip(stages, days, strict=True))
    ])  # fmt: skip


@pytest.mark.parametrize(
    ("stages", "now", "since", "in_stage"),
    [
        (["Discovery", "Demo"], "Proposal", ["moved", "moved"], [0, 0]),
        (["Demo", "Demo", "Demo"], "Demo", ["stuck"] * 3, [0, 10, 20]),
        (["Discovery", "Demo"], "demo", ["moved", "same"], [0, 0]),
        (["Negotiation"], "Discovery", ["back"], [0]),
        (["Demo", "Proposal"], "Closed Won", ["won", "won"], [0, 0]),
        (["Demo"], "closedlost", ["lost"], [0]),
        ([None], "Demo", ["unknown"], [None]),
        (["Pilot"], "Demo", ["changed"], [0]),
        (["contractsent"], "appointmentscheduled", ["back"], [0]),
    ],
)
def test_a_deal_is_told_at_each_call_and_what_came_since(stages, now, since, in_stage):
    found = paths(deal(stages, now), TODAY, RULES)["d"]
    assert [one.since for one in found.calls] == since
    assert [one.days_in_stage for one in found.calls] == in_stage
    assert (found.calls[0].amount, found.amount) == (100.0, 150.0)


def test_words_claim_no_more_than_calls_saw():
    stood = paths(deal(["Demo", "Demo"], "Demo", (41, 40)), TODAY, RULES)["d"]
    assert in_words(stood.calls[0], stood) == "stuck in Demo, there for 41 days or more"
    assert since_then("Demo", "Proposal", RULES) == "moved on to Proposal"
    assert since_then("Demo", None, RULES) == ""


def test_a_day_of_the_past_knows_nothing_of_later_calls():
    rows = world(7, 1.0, deals=40).rows
    seen = landmarks(rows, TODAY, RULES)
    cut = TODAY - dt.timedelta(days=14 * 8)
    changed = rows.assign(
        business_impact=[json.dumps({"risk_points": 99}) if day > cut else impact for day, impact
                         in zip(rows["call_date"], rows["business_impact"], strict=True)],
        churn=[9 if day > cut else 0 for day in rows["call_date"]],
    )  # fmt: skip
    again = landmarks(changed, TODAY, RULES)
    early = seen["day"] <= cut
    assert early.sum() > 100
    pd.testing.assert_frame_equal(seen[early][[*FEATURES]], again[early][[*FEATURES]])
    assert not seen[~early][[*FEATURES]].equals(again[~early][[*FEATURES]])


def test_a_probability_is_given_where_calls_tell_more_than_the_stage():
    made = world(100, 1.0, tries=60)
    told, tried = outlooks(made.rows, TODAY, RULES)
    assert (tried.withheld, tried.low > 0) == ("", True)
    assert set(told) == set(made.truth)
    for one in told.values():
        assert one.low < one.probability < one.high
        assert one.base_low < one.base_rate < one.base_high
        assert one.n >= RULES.least_of_stage
    off = [abs(one.probability - made.truth[name]) for name, one in told.items()]
    base = [abs(one.base_rate - made.truth[name]) for name, one in told.items()]
    assert sum(off) < 0.8 * sum(base)
    assert any("risk of" in " ".join(one.reasons) for one in told.values())


@pytest.mark.parametrize(
    ("seed", "deals", "why"),
    [(200, 600, "no better than"), (100, 30, "too few"), (10, 8, "no deals whose end")],
)
def test_it_is_withheld_where_calls_tell_nothing_or_deals_are_few(seed, deals, why):
    told, tried = outlooks(world(seed, 0.0, deals=deals, tries=0).rows, TODAY, RULES)
    assert why in tried.withheld
    assert told
    assert all(one.probability is None and not one.reasons for one in told.values())


def test_deals_that_ended_nobody_knows_when_teach_nothing():
    rows = deal(["Demo"], "Closed won").assign(close_date=None, status="scored")
    assert landmarks(rows, TODAY, RULES).empty
    assert outlooks(rows, TODAY, RULES)[0] == {}


def test_a_pipeline_names_a_stage_once():
    with pytest.raises(ValueError, match="stands twice"):
        DealRules.model_validate(RULES.model_dump() | {"pipelines": [["Demo", "demo "]]})
