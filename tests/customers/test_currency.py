"""Several currencies: unlike ones are never summed; what no rate compares is said as it is."""

import datetime as dt
import json
import shutil

import duckdb
import pandas as pd
import pytest
from typer.testing import CliRunner

from cs_assets.answers.metrics import why_no_arr
from cs_assets.commands import customers
from cs_assets.customers.reading import views
from resources.duckdb.warehouse import DuckDBWarehouse
from resources.home import Home
from tests.judge.company import tell

WEEK = dt.date(2026, 11, 9)


@pytest.fixture(scope="module")
def told(loaded, tmp_path_factory):
    """The sample company, one customer in EUR with a rate and one in CHF without."""
    home = Home(tmp_path_factory.mktemp("currency"))
    shutil.copy(loaded.path, home.warehouse)
    with duckdb.connect(str(home.warehouse)) as raw:
        names = raw.sql("SELECT customer_id FROM source.customers WHERE arr > 0 ORDER BY 1").df()
        euro, franc, *_ = names["customer_id"]
        raw.execute("UPDATE source.customers SET currency = 'EUR' WHERE customer_id = ?", [euro])
        raw.execute("UPDATE source.customers SET currency = 'CHF' WHERE customer_id = ?", [franc])
        raw.execute("INSERT INTO source.exchange_rates VALUES ('EUR', 2.0, DATE '2026-11-01')")
    with DuckDBWarehouse(path=str(home.warehouse), wait_seconds=20).session("test") as db:
        sheets = tell(db, WEEK)
        for name in views.VIEWS:
            db.execute(f"customers/create_{name}")
        rows = db.query("customers/metrics_of_week", [WEEK]).set_index("customer_id")
    return home, str(euro), str(franc), rows, sheets


def call(home, monkeypatch, *words):
    monkeypatch.setenv("CS_ASSETS_HOME", str(home.root))
    monkeypatch.setenv("COLUMNS", "200")
    result = CliRunner().invoke(customers.app, list(words))
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout) if "--json" in words else " ".join(result.stdout.split())


def test_revenue_is_in_usd_by_the_rate_and_empty_without_one(told):
    _, euro, franc, rows, _ = told
    assert rows.loc[euro, "arr"] == pytest.approx(2 * float(rows.loc[euro, "arr_own"]))
    assert rows.loc[euro, "arr_currency"] == "EUR"
    assert pd.isna(rows.loc[franc, "arr"])
    assert rows.loc[franc, "arr_own"] > 0
    others = rows.drop([euro, franc])
    assert others["arr_currency"].isna().all()
    assert (others["arr"] == others["arr_own"]).all()


def test_modules_cost_in_usd_what_they_cost(told):
    home, euro, franc, _, _ = told
    with duckdb.connect(str(home.warehouse), read_only=True) as raw:
        found = raw.execute(
            "SELECT m.customer_id, SUM(m.annual_value) AS told, SUM(p.annual_price) AS own "
            "FROM analytics.customer_modules m JOIN source.products p USING (customer_id, "
            "module_code) WHERE m.week_start = ? GROUP BY 1", [WEEK],
        ).df().set_index("customer_id")  # fmt: skip
    assert found.loc[euro, "told"] == pytest.approx(2 * float(found.loc[euro, "own"]))
    assert pd.isna(found.loc[franc, "told"])


def test_lists_and_customers_say_the_own_currency_and_what_is_not_in_a_sum(told, monkeypatch):
    home, euro, franc, rows, _ = told
    own = f"{float(rows.loc[franc, 'arr_own']):,.0f} CHF"
    assert f"{own} a year, no exchange rate" in call(home, monkeypatch, "show", franc)
    assert "EUR)" in call(home, monkeypatch, "show", euro)
    every = call(home, monkeypatch, "list", "--most", "100", "--json")
    assert {r["customer_id"]: r["arr"] for r in every}[franc] is None
    at_risk = call(home, monkeypatch, "at-risk", "--most", "100", "--json")
    known = [r["arr_at_risk"] for r in at_risk if r["arr_at_risk"] is not None]
    assert f"{sum(known):,.0f} a year at risk" in call(home, monkeypatch, "at-risk")


def test_texts_and_reviews_have_no_dollars_of_francs(told):
    _, euro, franc, rows, sheets = told
    own = f"{float(rows.loc[franc, 'arr_own']):,.0f} CHF"
    assert (
        f"is worth {own} a year, for which no exchange rate is known"
        in sheets.texts[f"insight/{franc}"]
    )
    fact = sheets.sheets[franc].get("account.arr")
    assert (fact.value, fact.status) == (None, "not_applicable")
    assert "no exchange rate" in fact.reason
    assert sheets.sheets[euro]["account.arr"].number == pytest.approx(float(rows.loc[euro, "arr"]))


def test_exports_have_both(told, tmp_path, monkeypatch):
    home, euro, franc, rows, _ = told
    call(home, monkeypatch, "export", str(tmp_path / "c.csv"))
    found = pd.read_csv(tmp_path / "c.csv").set_index("customer_id")
    assert found.loc[euro, "arr_currency"] == "EUR"
    assert pd.isna(found.loc[franc, "arr"])
    assert found.loc[franc, "arr_own"] == pytest.approx(float(rows.loc[franc, "arr_own"]))


def test_an_answer_says_why_there_is_no_revenue():
    assert "exchange rate" in why_no_arr({"arr_own": 5.0, "arr_currency": "CHF"})
    assert why_no_arr({"arr_own": None, "arr_currency": None}) == "no ARR is known"
