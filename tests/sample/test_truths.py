"""The planted truths are in the raw data, by plain counting."""

import pytest

from cs_assets.sample import truths
from cs_assets.sample.roster import REPS

LAST_WEEKS = "2026-10-19"  # four weeks up to the reported one
BEFORE_SLOPE = "2026-08-24"


def weekly(tables, customer):
    rows = tables["conversions"]
    mine = rows[rows["customer_id"] == customer]
    return mine.groupby(mine["conversion_date"].dt.to_period("W-SUN")).size()


def test_each_truth_names_a_customer_or_a_rep(tables):
    known = set(tables["customers"]["customer_id"]) | {rep.email for rep in REPS}
    assert {truth.subject for truth in truths.TRUTHS} <= known
    assert len({truth.name for truth in truths.TRUTHS}) == len(truths.TRUTHS) == 8


def test_the_declining_customer_loses_conversions_and_opens(tables):
    counts = weekly(tables, truths.DECLINING_CUSTOMER)
    assert counts[-4:].mean() < 0.5 * counts[-24:-12].mean()
    rows = tables["historical_engagement"]
    mine = rows[rows["customer_id"] == truths.DECLINING_CUSTOMER]
    recent, before = (
        part["messages_opened"].sum() / part["messages_sent"].sum()
        for part in (
            mine[mine["engagement_date"] >= LAST_WEEKS],
            mine[mine["engagement_date"] < BEFORE_SLOPE],
        )
    )
    assert recent < 0.7 * before


def test_the_growing_customer_is_far_above_the_year_before(tables):
    counts = weekly(tables, truths.GROWING_CUSTOMER)
    assert counts[-4:].mean() > 1.8 * counts["2025-10-20":"2025-11-16"].mean()


def test_other_customers_neither_fall_nor_rise_like_that(tables):
    rows = tables["conversions"]
    planted = [truths.DECLINING_CUSTOMER, truths.GROWING_CUSTOMER]
    others = rows[~rows["customer_id"].isin(planted)]
    counts = others.groupby(others["conversion_date"].dt.to_period("W-SUN")).size()
    assert counts[-4:].mean() == pytest.approx(counts[-17:-4].mean(), rel=0.12)


def test_one_customer_never_converted_but_sends_messages(tables):
    assert truths.NO_CONVERSIONS_CUSTOMER not in set(tables["conversions"]["customer_id"])
    sent = tables["historical_engagement"].groupby("customer_id")["messages_sent"].sum()
    assert sent[truths.NO_CONVERSIONS_CUSTOMER] > 10_000


def test_one_module_loses_its_users_while_the_others_keep_theirs(tables):
    rows = tables["module_usage"]
    mine = rows[rows["customer_id"] == truths.USAGE_COLLAPSE_CUSTOMER]
    users = mine.pivot(index="week_start", columns="module_code", values="active_users")
    ratio = users[-4:].mean() / users[:-4].mean()
    assert ratio[truths.USAGE_COLLAPSE_MODULE] < 0.15
    assert ratio.drop(truths.USAGE_COLLAPSE_MODULE).min() > 0.85


def test_one_name_is_in_another_script(tables):
    names = tables["customers"].set_index("customer_id")["customer_name"]
    assert not names[truths.NON_LATIN_CUSTOMER].isascii()


def questions_a_call(recorded, email, weeks):
    mine = [r for r in recorded if r.call.host.email == email and r.call.week in weeks]
    asked = [
        sum(s.text.endswith("?") for s in r.sentences if s.speaker == "R")
        for r in mine
        if len(r.sentences) > 10
    ]
    return sum(asked) / len(asked)


def test_the_improving_rep_asks_more_and_more(recorded):
    early = questions_a_call(recorded, truths.IMPROVING_REP, (0, 1))
    late = questions_a_call(recorded, truths.IMPROVING_REP, (4, 5))
    assert late > 1.8 * early


def test_the_stagnant_rep_asks_as_few_questions_at_the_end(recorded):
    early = questions_a_call(recorded, truths.STAGNANT_REP, (0, 1))
    late = questions_a_call(recorded, truths.STAGNANT_REP, (4, 5))
    assert late < 1.3 * early
    assert late < 0.5 * questions_a_call(recorded, truths.IMPROVING_REP, (4, 5))


def test_price_comes_up_with_many_accounts_of_one_rep(recorded):
    def accounts_with_price(email):
        return {
            r.call.company.company_id
            for r in recorded
            if r.call.host.email == email and "price" in r.call.objections
        }

    counts = {rep.email: len(accounts_with_price(rep.email)) for rep in REPS}
    mine = counts.pop(truths.PRICING_OBJECTION_REP)
    assert mine >= truths.PRICING_ACCOUNTS
    assert mine > 2 * max(counts.values())


def test_the_declining_customers_calls_are_negative_ones(recorded):
    mine = [r for r in recorded if r.call.company.customer_id == truths.DECLINING_CUSTOMER]
    assert len(mine) == 3
    assert {r.call.mood for r in mine} == {"declining"}
    complaint = (
        "campaigns fail",
        "Opens went down every",
        "worse and worse",
        "figures of the autumn",
    )
    for recording in recorded:
        text = " ".join(sentence.text for sentence in recording.sentences)
        assert any(words in text for words in complaint) is (recording in mine)
