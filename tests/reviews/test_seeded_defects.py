"""Each defect that the send gate is for, planted where it would come from, in a real week."""

import datetime as dt
import json

import duckdb
import pytest

from cs_assets.reviews import assets, configuration
from cs_assets.reviews.editions.charts.registry import CHARTS, builder
from cs_assets.reviews.gate import ALL_RULES, Feed
from cs_assets.reviews.gate_inputs import feeds_of, unjudged_of
from sql import catalog
from tests.reviews import tenant
from tests.reviews.test_assets import materialise

GATE = configuration.review_settings().gate
CALL = {
    "call_date": tenant.WEEK + dt.timedelta(days=1), "started": dt.datetime(2026, 11, 10, 9),
    "is_private": False, "content_hash": "h", "customer_id": "CUST_10001",
}  # fmt: skip


def rows(warehouse, statement: str, *parameters):
    with warehouse.session("test") as db:
        return db.query(statement, parameters)


def feeds(warehouse) -> dict[str, Feed]:
    window = tenant.END - dt.timedelta(days=27)
    before = tenant.WEEK - dt.timedelta(weeks=8)
    found = rows(warehouse, "reviews/feeds", tenant.WEEK, tenant.END, window, before)
    return {feed.name: feed for feed in feeds_of(found)}


def stage(warehouse, *calls: dict) -> None:
    """Put calls among the staged ones, as they are before anything has judged them."""
    import pandas as pd

    names = catalog.table("gong.stg_gong_calls").column_names
    frame = pd.DataFrame([CALL | call for call in calls]).reindex(columns=list(names))
    with warehouse.session("test") as db:
        db.append("gong.stg_gong_calls", frame)


def run_sql(warehouse, *statements: str) -> None:
    with duckdb.connect(warehouse.path) as connection:
        for statement in statements:
            connection.execute(statement)


def reasons(warehouse) -> dict[str, dict[str, str]]:
    """By customer what holds its report: rule and detail."""
    outcomes = rows(warehouse, "reviews/week_outcomes", tenant.WEEK)
    return {
        row.customer_id: {r["rule"]: r["detail"] for r in json.loads(row.reasons)}
        for row in outcomes.itertuples(index=False)
    }


def test_a_week_full_of_defects_holds_each_report_for_its_own(reviewed, home, monkeypatch):
    stage(reviewed, {"call_id": "1"}, {"call_id": "2", "customer_id": "CUST_10003"})
    materialise(reviewed, home, only=assets.assets[:1])
    facts = "UPDATE analytics.review_facts SET"
    run_sql(
        reviewed,
        f"{facts} value_number = value_number + 1 WHERE customer_id = 'CUST_10002'"
        " AND fact_id = 'conversions.value'",
        f"{facts} value_text = 'Somebody Else' WHERE customer_id = 'CUST_10006'"
        " AND fact_id = 'customer.name'",
        f"{facts} unit = 'text' WHERE customer_id = 'CUST_10003' AND fact_id = 'conversions.count'",
    )
    attribution = builder("attribution")

    def broken(sheet):
        if sheet.entity_id == "CUST_10004":
            raise ZeroDivisionError("no width")
        return attribution(sheet)

    monkeypatch.setitem(CHARTS, "attribution", broken)
    outcome = materialise(reviewed, home, only=assets.assets[1:3])
    held = reasons(reviewed)
    assert set(held["CUST_10001"]) == {"calls_judged"}
    assert "of 1 calls in four weeks 1 not analysed" in held["CUST_10001"]["calls_judged"]
    assert "totals" in held["CUST_10002"]
    assert set(held["CUST_10003"]) == {"failed"}  # a section: nothing else can be judged then
    assert held["CUST_10004"] == {"failed": "ZeroDivisionError: no width"}
    assert set(held["CUST_10005"]) == {"no_data"}
    assert set(held["CUST_10006"]) == {"other_customer"}
    checks = {e.check_name: e.passed for e in outcome.get_asset_check_evaluations()}
    failing = {"calls_judged", "totals", "failed", "no_data", "other_customer"}
    assert {rule for rule in ALL_RULES if not checks[f"gate_{rule}"]} == failing

    # The CSM is told why, in a mail of its own that may be sent.
    sent = rows(reviewed, "reviews/artefacts_of_week", tenant.WEEK).set_index("artefact_id")
    notices = {a for a in sent.index if a.endswith(":held")}
    assert notices == {f"CUST_1000{n}:held" for n in (1, 2, 3, 4, 6)}
    notice = sent.loc["CUST_10001:held"]
    text = (home.root / notice["text_path"]).read_text()
    assert "Calls have not been judged: of 1 calls" in " ".join(text.split())
    assert notice["recipient"] == "sarah.johnson@example.com"

    # Mended, the report goes out and the notice is gone.
    run_sql(reviewed, "DELETE FROM gong.stg_gong_calls")
    materialise(reviewed, home, {"customer_ids": ["CUST_10001"]}, only=assets.assets[1:3])
    assert reasons(reviewed)["CUST_10001"] == {}
    sent = rows(reviewed, "reviews/artefacts_of_week", tenant.WEEK).set_index("artefact_id")
    assert "CUST_10001:held" not in sent.index
    assert "CUST_10002:held" in sent.index
    assert not list(home.reports(tenant.WEEK.isoformat()).glob("CUST_10001.held*"))


def test_a_private_or_wordless_call_waits_for_nobody_once_it_is_analysed(reviewed):
    stage(reviewed, {"call_id": "1", "is_private": True}, {"call_id": "2"}, {"call_id": "3"})
    run_sql(
        reviewed,
        "INSERT INTO analytics.call_analysis (call_id, call_date, status, evidence, objections,"
        " priority, business_impact, coaching_insights, rubric_version, model)"
        " SELECT call_id, call_date, 'no_transcript', '{}', '[]', 'Low', '{}', '[]', '1', 'm'"
        " FROM gong.stg_gong_calls",
        "INSERT INTO gong.stg_gong_call_transcripts (call_id, call_date, sentence_index,"
        " turn_index, affiliation, start_ms, end_ms, sentence)"
        " SELECT call_id, call_date, 0, 0, 'External', 0, 1, 'Well' FROM gong.stg_gong_calls"
        " WHERE call_id IN ('1', '3')",
    )
    first = tenant.END - dt.timedelta(days=27)
    found = unjudged_of(rows(reviewed, "reviews/unjudged_calls", first, tenant.END))
    assert list(found) == ["CUST_10001"]
    assert (found["CUST_10001"].not_analysed, found["CUST_10001"].without_sentiment) == (0, 1)


def test_a_feed_that_stopped_is_seen_beside_one_that_goes_on(reviewed):
    stopped = tenant.END - dt.timedelta(days=20)
    run_sql(reviewed, f"DELETE FROM source.conversions WHERE conversion_date > DATE '{stopped}'")
    found = feeds(reviewed)
    assert found["conversions"].newest == stopped
    assert found["messages"].newest == tenant.END


def test_a_cut_week_and_a_doubled_one_show_in_the_row_counts(reviewed):
    whole = feeds(reviewed)["messages"]
    assert GATE.least_rows < whole.week_rows / whole.usual_rows < GATE.most_rows
    day = f"engagement_date > DATE '{tenant.WEEK + dt.timedelta(days=1)}'"
    run_sql(reviewed, f"DELETE FROM source.historical_engagement WHERE {day}")
    assert feeds(reviewed)["messages"].week_rows < GATE.least_rows * whole.usual_rows


def test_rows_without_a_value_are_counted_where_the_source_lets_them_through(reviewed):
    run_sql(
        reviewed,
        "CREATE TABLE source.loose AS SELECT * FROM source.conversions",
        "DROP TABLE source.conversions",
        "ALTER TABLE source.loose RENAME TO conversions",
        f"UPDATE source.conversions SET conversion_value = NULL"
        f" WHERE conversion_date >= DATE '{tenant.WEEK}'",
    )
    feed = feeds(reviewed)["conversions"]
    assert feed.incomplete_rows == feed.week_rows > 0


@pytest.mark.parametrize("name", ALL_RULES)
def test_each_rule_is_explained_in_the_documentation(name):
    from tests.conftest import REPOSITORY

    assert f"`{name}`" in (REPOSITORY / "docs" / "reviews.md").read_text(encoding="utf-8")
