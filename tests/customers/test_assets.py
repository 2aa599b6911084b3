"""The weekly customer assets on the sample tenant: grains, totals, truths, kept texts."""

import datetime as dt
import json

import duckdb
import pytest

from cs_assets.customers import checks
from cs_assets.sample import truths
from tests.customers.conftest import copied

WEEK = "2026-11-09"


def ask(warehouse, statement, *parameters):
    with duckdb.connect(warehouse.path) as db:
        return db.execute(statement, list(parameters)).fetchall()


def number(result, asset, key):
    return result.asset_materializations_for_node(asset)[0].metadata[key].value


@pytest.fixture(scope="module")
def week(loaded, materialise, tmp_path_factory):
    """One week made, for tests that only read, and the run that made it."""
    made = copied(loaded, tmp_path_factory.mktemp("week"))
    return made, materialise(made)


@pytest.fixture
def made(week):
    return week[0]


@pytest.fixture(scope="module")
def three_weeks(loaded, materialise, tmp_path_factory):
    """A range of weeks made by one run, for tests that only read, and that run."""
    made = copied(loaded, tmp_path_factory.mktemp("weeks"))
    return made, materialise(made, "2026-10-26", WEEK)


def test_every_customer_has_one_row_and_the_checks_hold(week):
    tenant, result = week
    (customers,) = ask(tenant, "SELECT COUNT(*) FROM source.customers")[0]
    assert customers >= 60
    for table in ("customer_metrics", "customer_segments", "customer_insights"):
        rows = ask(tenant, f"SELECT COUNT(*), COUNT(DISTINCT customer_id) FROM analytics.{table}")
        assert rows == [(customers, customers)]
    assert all(e.passed for e in result.get_asset_check_evaluations())


def test_the_base_is_spread_as_the_page_on_the_sample_says(made):
    """Two thirds Green, a sixth to a fifth Yellow, a sixth Red; no segment swallows the others."""
    colours = dict(
        ask(made, "SELECT health_segment, COUNT(*) FROM analytics.customer_metrics GROUP BY ALL")
    )
    assert sum(colours.values()) == 62
    assert 36 <= colours["Green"] <= 43
    assert 8 <= colours["Yellow"] <= 15
    assert 7 <= colours["Red"] <= 12
    segments = dict(
        ask(
            made,
            "SELECT behaviour_segment, COUNT(*) FROM analytics.customer_segments GROUP BY ALL",
        )
    )
    assert set(segments) >= {"Champion", "Steady", "At risk", "Onboarding", "Dormant"}
    assert segments["Champion"] <= 40
    assert 8 <= segments["At risk"] <= 15


def test_money_and_counts_are_not_multiplied_by_modules_or_days(made):
    """The seed's trap: joining products, conversions and messages at their own grain."""
    metrics = ask(
        made,
        "SELECT SUM(conversion_value_4w), SUM(messages_sent_4w), SUM(contracted_seats) "
        "FROM analytics.customer_metrics",
    )
    totals = ask(
        made,
        "SELECT (SELECT SUM(conversion_value) FROM source.conversions "
        "        WHERE conversion_date BETWEEN '2026-10-19' AND '2026-11-15'), "
        "       (SELECT SUM(messages_sent) FROM source.historical_engagement "
        "        WHERE engagement_date BETWEEN '2026-10-19' AND '2026-11-15'), "
        "       (SELECT SUM(contracted_seats) FROM source.products "
        "        WHERE status = 'active' AND purchased_on <= '2026-11-15')",
    )
    assert metrics == totals


@pytest.mark.parametrize("week", [WEEK, "2026-11-02"])
def test_a_fan_out_is_caught_by_the_totals_check_of_the_week_made(three_weeks, tmp_path, week):
    """Also of a week that is not the newest: a backfill is judged by what it made."""
    tenant = copied(three_weeks[0], tmp_path)
    with duckdb.connect(tenant.path) as db:
        db.execute(
            "UPDATE analytics.customer_metrics SET conversion_value_4w = 2 * conversion_value_4w "
            "WHERE week_start = ?",
            [week],
        )
    for judged in (dt.date(2026, 11, 2), dt.date(2026, 11, 9)):
        differing, _shown = checks.compare_totals(tenant, [judged])
        wrong = judged == dt.date.fromisoformat(week)
        assert differing == ([f"conversion_value {week}"] if wrong else [])


def test_a_tenant_without_customers_gives_empty_tables_and_no_crash(tenant, materialise):
    with duckdb.connect(tenant.path) as db:
        for table in ("customers", "products", "module_usage"):
            db.execute(f"DELETE FROM source.{table}")
    materialise(tenant)
    for table in ("customer_metrics", "customer_segments", "customer_insights"):
        assert ask(tenant, f"SELECT COUNT(*) FROM analytics.{table}") == [(0,)]


def test_a_range_of_weeks_gives_the_same_rows_as_week_by_week(three_weeks, tenant, materialise):
    for week in ("2026-10-26", "2026-11-02", WEEK):
        materialise(tenant, week)
    for table in (
        "customer_changes", "module_adoption", "customer_metrics", "customer_segments",
        "customer_insights",
    ):  # fmt: skip
        rows = f"SELECT * FROM analytics.{table} ORDER BY ALL"
        assert ask(three_weeks[0], rows) == ask(tenant, rows), table


def test_materialising_twice_gives_the_same_rows_and_writes_no_text_again(
    three_weeks, materialise, tmp_path
):
    tenant = copied(three_weeks[0], tmp_path)
    before = ask(tenant, "SELECT * FROM analytics.customer_insights ORDER BY ALL")
    materialise(tenant)
    assert ask(tenant, "SELECT * FROM analytics.customer_insights ORDER BY ALL") == before


def test_the_module_that_collapsed_is_declining_and_its_customer_at_risk(made):
    stages = dict(
        ask(
            made,
            "SELECT module_code, adoption_stage FROM analytics.module_adoption "
            "WHERE customer_id = ?",
            truths.USAGE_COLLAPSE_CUSTOMER,
        )
    )
    assert stages.pop(truths.USAGE_COLLAPSE_MODULE) in ("declining", "dropped")
    assert set(stages.values()) == {"adopted"}
    segment = ask(
        made,
        "SELECT behaviour_segment, reason FROM analytics.customer_segments WHERE customer_id = ?",
        truths.USAGE_COLLAPSE_CUSTOMER,
    )
    assert segment[0][0] == "At risk"
    assert "key actions" in segment[0][1]


def test_the_declining_customer_is_at_risk_and_the_growing_one_is_not(made):
    segments = dict(
        ask(made, "SELECT customer_id, behaviour_segment FROM analytics.customer_segments")
    )
    assert segments[truths.DECLINING_CUSTOMER] == "At risk"
    assert segments[truths.GROWING_CUSTOMER] in ("Champion", "Growing")


def test_no_conversions_are_zero_and_their_change_is_not_made_up(made):
    row = ask(
        made,
        "SELECT conversions_4w, conversion_value_4w, health_factors "
        "FROM analytics.customer_metrics "
        "WHERE customer_id = ?",
        truths.NO_CONVERSIONS_CUSTOMER,
    )[0]
    assert row[:2] == (0, 0)
    assert json.loads(row[2])["outcomes"]["points"] is None


def test_segments_remember_since_when_they_hold(three_weeks):
    rows = ask(
        three_weeks[0],
        "SELECT behaviour_segment, previous_segment, segment_since "
        "FROM analytics.customer_segments "
        "WHERE week_start = '2026-11-09'",
    )
    for segment, previous, since in rows:
        assert previous is not None
        if segment == previous:
            assert since < dt.date(2026, 11, 9)
        else:
            assert since == dt.date(2026, 11, 9)


def test_a_summary_is_kept_while_facts_stay_and_filled_with_the_weeks_own_figures(
    three_weeks,
):
    tenant, result = three_weeks
    assert number(result, "customer_insights", "kept") > 0
    pairs = ask(
        tenant,
        "SELECT i.summary, i.facts, p.summary_slotted = i.summary_slotted "
        "FROM analytics.customer_insights i "
        "JOIN analytics.customer_insights p ON p.customer_id = i.customer_id "
        " AND p.week_start = i.week_start - INTERVAL 7 DAY "
        "WHERE i.is_reused",
    )
    assert pairs
    for summary, facts, same_slots in pairs:
        assert same_slots
        named = {f["fact_id"]: f["value"] for f in json.loads(facts)["facts"]}
        assert str(named["customer.name"]) in summary


def test_the_name_in_another_script_survives(made):
    name, summary = ask(
        made,
        "SELECT c.customer_name, i.summary FROM analytics.customer_insights i "
        "JOIN source.customers c USING (customer_id) WHERE customer_id = ?",
        truths.NON_LATIN_CUSTOMER,
    )[0]
    assert name in summary


def test_every_insight_has_an_action_with_a_day_after_the_week(made):
    rows = ask(made, "SELECT next_action, expected_effect, due_on FROM analytics.customer_insights")
    for action, effect, due in rows:
        assert action
        assert effect
        assert due >= dt.date(2026, 11, 15)
        assert "no data" not in action


def test_one_broken_customer_is_named_and_the_others_stay(tenant, materialise, monkeypatch):
    from cs_assets.customers.insight import insight_facts

    whole = insight_facts.sheet

    def sheet(row, *rest):
        if row["customer_id"] == "CUST_12345":
            raise KeyError("planted")
        return whole(row, *rest)

    monkeypatch.setattr(insight_facts, "sheet", sheet)
    result = materialise(tenant)
    assert number(result, "customer_insights", "failed_customers") == "CUST_12345"
    verdicts = {e.check_name: e for e in result.get_asset_check_evaluations()}
    assert not verdicts["customer_insights_has_every_customer"].passed
