"""The planted truths are in the raw data, by plain counting."""

import pandas as pd
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
    assert len({truth.name for truth in truths.TRUTHS}) == len(truths.TRUTHS) == 12


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


def test_who_is_about_to_leave_says_so_and_hardly_uses_what_it_pays_for(tables):
    answers = tables["survey_responses"]
    newest = answers[answers["customer_id"] == truths.LEAVING_CUSTOMER].iloc[-1]
    assert newest["score"] <= 6
    assert "other vendors" in newest["response_text"]
    assert newest["responded_on"] >= "2026-11-02"
    others = answers[answers["customer_id"] != truths.LEAVING_CUSTOMER]["response_text"]
    assert not others.str.contains("other vendors", na=False).any()
    use = tables["module_usage"]
    mine = use[(use["customer_id"] == truths.LEAVING_CUSTOMER) & (use["week_start"] >= LAST_WEEKS)]
    bought = tables["products"].set_index(["customer_id", "module_code"])["contracted_seats"]
    assert mine["active_users"].sum() < 0.3 * 4 * bought[truths.LEAVING_CUSTOMER].sum()
    assert "2026-11-15" < renewal(tables, truths.LEAVING_CUSTOMER) < "2026-12-20"


def renewal(tables, customer):
    return tables["customers"].set_index("customer_id")["renewal_date"][customer]


def champions(tables, customer):
    people = tables["customer_people"]
    return people[(people["customer_id"] == customer) & (people["role"] == "champion")]


def test_a_champion_left_nobody_followed_and_use_fades_from_then_on(tables):
    [left_on] = champions(tables, truths.ORPHANED_CUSTOMER)["left_on"]
    assert "2026-08-10" <= left_on <= "2026-08-16"
    rows = tables["module_usage"]
    mine = rows[rows["customer_id"] == truths.ORPHANED_CUSTOMER]
    users = mine.groupby("week_start")["active_users"].sum()
    assert users[-4:].mean() < 0.6 * users[:"2026-08-09"].mean()
    assert users[:"2026-08-09"].min() > 0.85 * users[:"2026-08-09"].max()


def test_nobody_speaks_to_the_silent_customer_whose_renewal_is_near(tables, recorded):
    people = tables["customer_people"]
    last = people[people["customer_id"] == truths.SILENT_CUSTOMER]["last_contact_on"].max()
    assert last < "2026-09-01"
    assert champions(tables, truths.SILENT_CUSTOMER)["left_on"].notna().all()
    assert "2026-11-15" < renewal(tables, truths.SILENT_CUSTOMER) < "2027-01-15"
    heard = {r.call.company.customer_id for r in recorded}
    assert heard.isdisjoint(truths.UNHEARD_CUSTOMERS)


def test_the_dormant_customer_has_zeros_and_no_messages(tables):
    use = tables["module_usage"]
    mine = use[use["customer_id"] == truths.DORMANT_CUSTOMER].groupby("week_start").sum()
    assert (mine["key_actions"][-truths.DORMANT_WEEKS :] == 0).all()
    assert (mine["key_actions"][: -truths.DORMANT_WEEKS] > 0).all()
    days = {"conversions": "conversion_date", "historical_engagement": "engagement_date"}
    for table, day in days.items():
        rows = tables[table]
        rows = rows[rows["customer_id"] == truths.DORMANT_CUSTOMER]
        assert not rows.empty
        assert rows[day].max() < pd.Timestamp("2026-09-14")
