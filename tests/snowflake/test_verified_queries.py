"""What the semantic model calls verified gives what the project's own SQL gives."""

import datetime as dt

import pandas as pd
import pytest

from cs_assets.customers.reading.views import VIEWS
from cs_assets.sample.tables import write_sources
from resources.snowflake.semantics import physical_query, verified_queries
from resources.sources.files import load_folder

WEEK = dt.date(2026, 11, 9)
#: First and last customer, week, period's end, starts of the windows, history.
PERIOD = [
    "CUST_12345", "CUST_12345", WEEK, dt.date(2026, 11, 15), dt.date(2026, 10, 19),
    dt.date(2026, 9, 21), dt.date(2025, 10, 20), dt.date(2025, 11, 16), dt.date(2025, 11, 16),
]  # fmt: skip


@pytest.fixture(scope="module")
def answers(tmp_path_factory: pytest.TempPathFactory):
    """Rows of every verified query, and of the project's own statements, on the sample."""
    from resources.duckdb.warehouse import DuckDBWarehouse

    root = tmp_path_factory.mktemp("verified")
    write_sources(root / "sources")
    warehouse = DuckDBWarehouse(path=str(root / "warehouse.duckdb"), wait_seconds=20)
    load_folder(root / "sources", warehouse)
    with warehouse.session() as db:
        metrics = db.query("customers/metrics", [WEEK])
        health = pd.Series(["Red", "Green", "Yellow"] * len(metrics))[: len(metrics)]
        columns = set(db.columns("analytics.customer_metrics")) & set(metrics.columns)
        stored = metrics[sorted(columns)].assign(health_segment=health, health_coverage=1.0)
        db.replace("analytics.customer_metrics", stored, {})
        _put(db)
        for name in VIEWS:
            db.make_view(f"customers/create_{name}")
        verified = {
            query["name"]: db._run(physical_query(query["sql"])).df().rename(columns=str.lower)
            for query in verified_queries()
        }
        own = {
            "conversions": db.query("reviews/conversions_by_part", PERIOD).query(
                "part == 'channel'"
            ),
            "attributions": db.query("reviews/attribution_by_channel", PERIOD),
            "benchmarks": db.query("reviews/benchmarks", PERIOD),
            "metrics": metrics,
            "weeks": db.query("customers/metrics_of_week", [WEEK]),
        }
    return verified, own


def _put(db) -> None:
    """A call that speaks of leaving, and two modules."""
    db.append("gong.stg_gong_calls", pd.DataFrame([
        {"call_id": name, "call_date": WEEK, "customer_id": "CUST_12345", "is_private": False,
         "started": dt.datetime(2026, 11, 9, 9), "content_hash": "x"}
        for name in ("1", "2")
    ]))  # fmt: skip
    db.append("analytics.call_signals", pd.DataFrame([
        {"call_id": "1", "call_date": WEEK, "kind": "churn", "sentence_index": n, "start_ms": 0,
         "sentence": "We leave.", "confidence": 0.9, "found_by": "rules", "rules_version": "x"}
        for n in (1, 2)
    ]))  # fmt: skip
    db.append("analytics.customer_modules", pd.DataFrame([
        {"customer_id": "CUST_12345", "week_start": WEEK, "module_code": code,
         "module_state": state, "is_estimate": False}
        for code, state in (("GL", "active"), ("AP", "lapsed"))
    ]))  # fmt: skip


def test_every_verified_query_gives_rows(answers):
    verified, _ = answers
    assert len(verified) == 8
    for name, rows in verified.items():
        assert len(rows), name


def test_conversions_by_channel(answers):
    verified, own = answers
    found = verified["conversions_of_customer_by_channel"].set_index("conversion_channel")
    expected = own["conversions"].query("count_current > 0").set_index("name").sort_index()
    assert found.conversions.to_dict() == expected.count_current.to_dict()
    assert found.value.to_dict() == pytest.approx(expected.value_current.to_dict())


def test_attributed_revenue_by_channel(answers):
    verified, own = answers
    found = verified["attributed_revenue_by_channel"].set_index("attribution_channel").revenue
    expected = own["attributions"].set_index("name").revenue_current
    assert found.to_dict() == pytest.approx(expected[expected > 0].to_dict())


def test_open_and_click_rates(answers):
    verified, own = answers
    found = verified["open_rate_by_customer"].set_index("engagement_customer_id")
    expected = own["metrics"].query("messages_sent_4w > 0").set_index("customer_id")
    assert found.open_rate.to_dict() == pytest.approx(expected.open_rate_4w.to_dict())
    assert found.click_rate.to_dict() == pytest.approx(expected.click_rate_4w.to_dict())


def test_newest_benchmarks(answers):
    verified, own = answers
    keys = ["industry_vertical", "customer_segment", "metric_name", "percentile_rank"]
    found = verified["newest_benchmarks"].set_axis([*keys, "metric_value"], axis=1)
    expected = own["benchmarks"][[*keys, "metric_value"]]
    pd.testing.assert_frame_equal(found, expected, check_dtype=False)


def test_customers_by_health(answers):
    verified, own = answers
    found = verified["customers_by_health"].set_index("health_segment")
    expected = (
        own["weeks"].groupby("health_segment").agg(n=("customer_id", "count"), arr=("arr", "sum"))
    )
    assert found.customers.to_dict() == expected.n.to_dict()
    assert found.arr.to_dict() == pytest.approx(expected.arr.to_dict())


def test_calls_count_once_however_often_they_speak_of_leaving(answers):
    (row,) = answers[0]["calls_that_speak_of_leaving"].to_dict("records")
    assert row == {"call_customer_id": "CUST_12345", "calls": 2, "with_churn": 1}


def test_who_is_at_risk_and_modules_by_state(answers):
    verified, own = answers
    red = own["weeks"].query("health_segment == 'Red'")
    assert set(verified["at_risk_with_revenue"].week_customer_id) == set(red.customer_id)
    states = verified["modules_by_state"]
    assert list(states.itertuples(index=False, name=None)) == [
        ("AP", "lapsed", 1), ("GL", "active", 1),
    ]  # fmt: skip
