"""What is planted in the sample calls is found by the scorer, which knows nothing of it."""

import json

import pandas as pd
import pytest

from cs_assets.calls.assets import load_rules
from cs_assets.calls.rows import analysis_rows
from cs_assets.sample import truths
from cs_assets.sample.calls.gong_files import write_gong
from resources.settings import Settings
from sql import catalog
from tests.calls.staging import real_frames, users

DIMENSIONS = ["overall_score", "discovery_score", "objection_handling_score", "engagement_score"]


@pytest.fixture(scope="module")
def scored(tmp_path_factory):
    """Every sample call analysed, with the rep's address and the week (0 to 5)."""
    folder = tmp_path_factory.mktemp("sample-gong")
    write_gong(folder)
    calls, sentences = real_frames(folder)
    calls["call_date"] = pd.to_datetime(calls["call_date"])
    calls = calls.rename(
        columns={"deal_stage_at_call": "deal_stage", "deal_amount_at_call": "deal_amount"}
    )
    calls["deal_name"] = None
    calls["sentiment_category"] = None
    calls["language"] = None
    kept = pd.DataFrame(columns=catalog.table("analytics.call_analysis").column_names)
    rows, report = analysis_rows(calls, sentences, kept, *load_rules(Settings.load()))
    assert report["failed"] == {}
    rows["email"] = rows["rep_user_id"].map({v: k for k, v in users(folder).items()})
    days = pd.to_datetime(rows["call_date"])
    rows["week"] = (days - pd.Timestamp("2026-10-05")).dt.days // 7
    rows["account_name"] = rows["call_id"].map(calls.set_index("call_id")["account_name"])
    rows[DIMENSIONS] = rows[DIMENSIONS].astype(float)
    return rows


def of_rep(rows, email):
    return rows[(rows["email"] == email) & (rows["status"] == "scored")]


def test_the_rep_who_improves_has_rising_scores(scored):
    rows = of_rep(scored, truths.IMPROVING_REP)
    early = rows[rows["week"] <= 1][DIMENSIONS].mean()
    late = rows[rows["week"] >= 4][DIMENSIONS].mean()
    for dimension in DIMENSIONS:
        assert late[dimension] >= early[dimension] + 12, (dimension, early, late)


def test_the_rep_who_does_not_improve_stays_below_everybody(scored):
    rows = of_rep(scored, truths.STAGNANT_REP)
    early = rows[rows["week"] <= 1]["overall_score"].mean()
    late = rows[rows["week"] >= 4]["overall_score"].mean()
    assert abs(late - early) < 12
    means = scored[scored["status"] == "scored"].groupby("email")["overall_score"].mean()
    assert means.idxmin() == truths.STAGNANT_REP
    assert means.max() >= means.min() + 25


def test_price_comes_up_with_many_accounts_of_the_pricing_rep(scored):
    accounts = {
        row.account_name
        for row in of_rep(scored, truths.PRICING_OBJECTION_REP).itertuples()
        if any(o["type"] == "price" for o in json.loads(row.objections))
    }
    assert len(accounts) >= truths.PRICING_ACCOUNTS


def test_calls_that_cannot_be_scored_say_why(scored):
    statuses = set(scored["status"])
    assert {"scored", "private", "no_transcript", "too_short", "internal"} <= statuses
    assert (scored["status"] == "scored").mean() > 0.8
    assert scored.loc[scored["status"] != "scored", "status_reason"].notna().all()


def test_every_kind_of_objection_is_heard_somewhere(scored):
    heard = {o["type"] for text in scored["objections"] for o in json.loads(text)}
    _, taxonomy = load_rules(Settings.load())
    assert heard >= set(taxonomy.kinds) - {"technical"}  # planted in no sample call


def test_priorities_leave_most_calls_alone(scored):
    shares = scored["priority"].value_counts(normalize=True)
    assert shares["Critical"] < 0.2
    assert shares["Low"] > 0.2
