"""The tables of one customer agree with each other, and losses have causes that can be seen."""

import datetime as dt

import pandas as pd
import pytest

from cs_assets.sample.clock import weeks_later
from cs_assets.sample.tables import source_tables
from resources.sources.files import check_folder
from tests.judge.random_company import random_company

DAYS = {
    "conversions": "conversion_date",
    "historical_engagement": "engagement_date",
    "attributions": "touchpoint_date",
    "support_tickets": "opened_on",
    "survey_responses": "responded_on",
}


@pytest.fixture(scope="module")
def terms(tables):
    """Contract years that are over, with what went before their end."""
    rows = tables["contract_terms"]
    over = rows[rows["outcome"] != "open"].copy()
    over["term_end"] = pd.to_datetime(over["term_end"])
    over["lost"] = over["outcome"] == "cancelled"
    use = tables["usage_quarters"]
    use = use.assign(period_end=pd.to_datetime(use["period_end"]))
    weekly = use.groupby(["customer_id", "period_end"]).agg(
        actions=("key_actions", "sum"), weeks=("weeks", "max")
    )
    weekly = (weekly["actions"] / weekly["weeks"]).rename("use").reset_index()
    tickets = tables["support_tickets"]
    days = pd.to_datetime(tickets["opened_on"])

    def change(term):
        mine = weekly[weekly["customer_id"] == term.customer_id].set_index("period_end")["use"]
        last = mine[mine.index <= term.term_end + pd.Timedelta(days=45)]
        return last.iloc[-1] / last.iloc[-3] - 1 if len(last) >= 3 else 0.0

    def opened(term):
        mine = days[tickets["customer_id"] == term.customer_id]
        return mine.between(term.term_end - pd.Timedelta(weeks=13), term.term_end).sum()

    over["use_change"] = [change(term) for term in over.itertuples()]
    usual = tickets.groupby("customer_id").size() / 12
    over["tickets"] = [opened(t) - usual.get(t.customer_id, 0) for t in over.itertuples()]
    return over


def test_nothing_happens_before_the_contract_or_after_its_end(tables, calls):
    start = pd.to_datetime(tables["customers"].set_index("customer_id")["contract_start"])
    ended = tables["contract_terms"].query("outcome == 'cancelled'").set_index("customer_id")
    for table, column in DAYS.items():
        days = pd.to_datetime(tables[table][column])
        begun = tables[table]["customer_id"].map(start)
        assert (days >= begun.fillna(days)).all(), table
        over = pd.to_datetime(tables[table]["customer_id"].map(ended["term_end"]))
        assert (days < over.fillna(pd.Timestamp.max)).all(), table
    first_call = min(call["metaData"]["started"] for call in calls)[:10]
    assert (tables["customers"]["contract_start"] < first_call).all()


def test_modules_are_used_while_they_are_under_contract(tables):
    use = tables["module_usage"].merge(tables["products"], on=["customer_id", "module_code"])
    bought, back = pd.to_datetime(use["purchased_on"]), pd.to_datetime(use["cancelled_on"])
    assert len(use) == len(tables["module_usage"])
    assert (use["week_start"] > bought).all()
    assert (use["week_start"] < back.fillna(pd.Timestamp.max)).all()
    assert (use["active_users"] <= use["contracted_seats"]).all()


def test_quarters_add_up_what_the_weeks_say(tables):
    weekly = tables["module_usage"]
    newest = weekly[weekly["week_start"] >= "2026-08-17"]
    summed = newest.groupby(["customer_id", "module_code"])["key_actions"].sum()
    quarters = tables["usage_quarters"].query("period_end == '2026-11-15'")
    quarters = quarters[quarters["customer_id"].isin(tables["customers"]["customer_id"])]
    found = quarters.set_index(["customer_id", "module_code"])["key_actions"]
    pd.testing.assert_series_equal(found.sort_index(), summed.sort_index())
    assert tables["usage_quarters"]["period_end"].nunique() == 12


def pairs(rows, day):
    return set(rows[["customer_id", day]].itertuples(index=False, name=None))


def test_contract_years_follow_each_other_and_end_in_todays_revenue(tables):
    rows = tables["contract_terms"]
    for _, mine in rows.groupby("customer_id"):
        assert (mine["term_start"].iloc[1:].values == mine["term_end"].iloc[:-1].values).all()
        assert (mine["outcome"].iloc[:-1] != "cancelled").all()
    running = rows[rows["outcome"] == "open"].set_index("customer_id")
    today = tables["customers"].set_index("customer_id")
    assert running["arr"].sort_index().tolist() == today["arr"].sort_index().tolist()
    assert (running["term_end"].sort_index() == today["renewal_date"].sort_index()).all()
    given_back = tables["products"].dropna(subset=["cancelled_on"])
    cut = pairs(rows.query("outcome == 'contracted'"), "term_end")
    assert pairs(given_back, "cancelled_on") <= cut
    assert len(given_back) >= 4


def test_losses_are_as_many_as_in_a_real_base(terms):
    """Gross retention 90 to 93 %, net 100 to 107 % (SaaS Capital, B2B SaaS by contract value)."""
    kept = terms[["arr", "renewed_arr"]].min(axis=1).sum() / terms["arr"].sum()
    assert 0.88 <= kept <= 0.95
    assert 0.98 <= terms["renewed_arr"].sum() / terms["arr"].sum() <= 1.08
    assert 170 <= len(terms) <= 200
    assert 12 <= terms["lost"].sum() <= 22


def test_use_that_fell_comes_before_losses_more_often_than_not(terms):
    fell = terms["use_change"] < -0.15
    assert terms["lost"][fell].mean() > 4 * terms["lost"][~fell].mean()
    assert terms["lost"][~fell].sum() >= 3  # and some are lost without it
    assert (~terms["lost"][fell]).sum() >= 3  # as some renew in spite of it


def test_tickets_come_before_losses(terms):
    above = terms.groupby("lost")["tickets"].mean()  # above what the customer usually has
    assert above[True] > above[False] + 0.5


def test_benchmarks_are_of_the_order_of_the_customers_of_their_size(tables):
    rows = tables["conversions"]
    recent = rows[rows["conversion_date"] >= "2026-08-17"]
    value = recent.groupby("customer_id")["conversion_value"].sum() / 13
    customers = tables["customers"].set_index("customer_id")
    peers = tables["industry_benchmarks"].query(
        "metric_name == 'conversion_value_per_week' and period_end == '2026-09-30'"
    )
    quartile = peers.query("industry_vertical == 'All industries'").pivot(
        index="customer_segment", columns="percentile_rank", values="metric_value"
    )
    for size, own in value.groupby(customers["segment"]):
        assert 0.5 < quartile.loc[size, 50] / own.median() < 2, size
        # No size has all its customers above, or below, what peers of its size reach.
        assert (own < quartile.loc[size, 25]).any(), size
        assert (own > quartile.loc[size, 75]).any(), size
    of_municipal = peers.query("industry_vertical == 'Municipal Government'")
    assert set(of_municipal["customer_segment"]) == set(customers["segment"])


def test_accounts_know_the_tickets_of_their_customers(tables):
    tickets = tables["support_tickets"]
    waiting = tickets[tickets["closed_on"].isna()].groupby("customer_id").size()
    accounts = tables["accounts"].set_index("account_id")["open_tickets"]
    customers = tables["customers"]["customer_id"]
    assert (accounts[customers] == waiting.reindex(customers).fillna(0)).all()


def test_random_companies_agree_like_the_sample_and_are_loaded(tmp_path):
    company = random_company(5, 12)
    company.write(tmp_path)
    assert not check_folder(tmp_path).problems.total
    start = {row["customer_id"]: row["contract_start"] for row in company.tables["customers"]}
    assert len(start) == 12
    assert all(
        r["conversion_date"] > start[r["customer_id"]] for r in company.tables["conversions"]
    )
    assert random_company(5, 12) == company
    assert random_company(6, 12).tables["customers"] != company.tables["customers"]


def test_the_same_company_ends_on_the_last_sunday_of_another_day():
    today = dt.date(2026, 11, 29)  # a Sunday, that is not over: the last one is the 22nd
    assert weeks_later(today) == 1
    assert weeks_later(dt.date(2026, 11, 30)) == 2
    at_home, moved = source_tables(), source_tables(weeks_later=9)
    later = dt.timedelta(weeks=9)
    for name, rows in at_home.items():
        if name != "industry_benchmarks":
            expected = [
                {k: v + later if isinstance(v, dt.date) else v for k, v in row.items()}
                for row in rows
            ]
            assert moved[name] == expected
    ends = {row["period_end"] for row in moved["industry_benchmarks"]}
    assert max(ends) == dt.date(2026, 12, 31)
    values = [[row["metric_value"] for row in t["industry_benchmarks"]] for t in (at_home, moved)]
    assert values[0] == values[1]
