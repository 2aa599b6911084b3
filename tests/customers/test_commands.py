"""``cs-assets customers`` on the sample company: whom to call on Monday, and what comes of it."""

import csv
import datetime as dt
import json
import shutil

import duckdb
import pandas as pd
import pytest
from typer.testing import CliRunner

from cs_assets.commands import customers
from cs_assets.customers.reading import export, views
from cs_assets.errors import UsageError
from cs_assets.sample import truths
from resources.duckdb.warehouse import DuckDBWarehouse
from resources.home import Home
from tests.judge.company import tell

WEEK = dt.date(2026, 11, 9)


@pytest.fixture(scope="module")
def told(loaded, tmp_path_factory):
    """A home with the customers of one week, and the views."""
    home = Home(tmp_path_factory.mktemp("told"))
    shutil.copy(loaded.path, home.warehouse)
    with DuckDBWarehouse(path=str(home.warehouse), wait_seconds=20).session("test") as db:
        tell(db, WEEK, reviews=False)
        for name in views.VIEWS:
            db.execute(f"customers/create_{name}")
    return home


@pytest.fixture
def run(told, monkeypatch):
    return _runner(told.root, monkeypatch)


@pytest.fixture
def run_on_copy(told, tmp_path, monkeypatch):
    home = Home(tmp_path)
    shutil.copy(told.warehouse, home.warehouse)
    return _runner(home.root, monkeypatch)


def _runner(root, monkeypatch):
    monkeypatch.setenv("CS_ASSETS_HOME", str(root))
    monkeypatch.setenv("COLUMNS", "160")

    def call(*words):
        result = CliRunner().invoke(customers.app, list(words))
        if result.exception and not isinstance(result.exception, SystemExit):
            raise result.exception
        return json.loads(result.stdout) if "--json" in words else result.stdout

    return call


def ids(rows):
    return [row["customer_id"] for row in rows]


def test_a_list_has_most_at_stake_on_top_with_reason_action_owner_and_day(run):
    rows = run("list", "--most", "100", "--json")
    assert len(rows) == 62
    troubled = [row for row in rows if row["reasons"]]
    assert rows[: len(troubled)] == troubled
    assert [r["stake"] for r in troubled] == sorted((r["stake"] for r in troubled), reverse=True)
    # Of those who speak of leaving or are silent before a renewal this home has no calls.
    first = ids(rows)[:4]
    assert truths.USAGE_COLLAPSE_CUSTOMER in first
    assert truths.SILENT_CUSTOMER in first
    assert truths.LEAVING_CUSTOMER in first
    for row in rows:
        assert row["next_action"]
        assert row["action_owner"] == row["csm_id"]
        renewal = row["renewal_date"]
        if renewal and dt.date.fromisoformat(renewal) > WEEK + dt.timedelta(days=6):
            assert row["due_on"] <= renewal


def test_a_last_day_of_notice_that_comes_is_a_reason_to_call(run):
    rows = run("list", "--most", "100", "--json")
    near = [r for r in rows if r["days_to_notice"] is not None and 0 < r["days_to_notice"] <= 30]
    assert near
    for row in near:
        assert any("last day of notice in" in reason for reason in row["reasons"])
    after = [r for r in rows if r["days_to_notice"] is not None and r["days_to_notice"] <= 0]
    assert not any("last day of notice" in reason for row in after for reason in row["reasons"])


def test_nobody_in_trouble_is_among_those_who_could_have_more(run):
    rows = run("expansion", "--json")
    assert rows
    assert not set(ids(rows)) & set(ids(run("at-risk", "--json")))
    for row in rows:
        assert row["health_segment"] == "Green"
        assert row["because"]
        assert row["white_space"]


def test_no_price_of_others_is_told_without_how_many_they_are(run, told):
    with DuckDBWarehouse(path=str(told.warehouse), wait_seconds=20).reading("test") as db:
        modules = db.query("customers/modules_of_week", [WEEK, None, None])
        owned = modules[modules["module_state"] != "not_owned"]
    priced = modules[modules["is_estimate"] & modules["annual_value"].notna()]
    assert len(priced)
    assert priced["value_peers"].ge(5).all()
    assert owned["value_peers"].isna().all()
    # What all small customers pay for all they have is no less than what one is offered in one.
    dearest = owned.groupby("customer_id")["annual_value"].max().astype(float)
    for row in run("expansion", "--json"):
        told_of = [one for one in row["because"] if ": about" in one]
        assert len(told_of) == len(row["white_space"])
        assert all("by what" in one and "pay" in one for one in told_of)
        most = 2 * dearest[row["customer_id"]]
        assert row["white_space_value"] <= most * len(row["white_space"])


def test_every_change_of_health_says_why(told):
    with DuckDBWarehouse(path=str(told.warehouse), wait_seconds=20).session("test") as db:
        before = db.query("customers/metrics_of_week", [WEEK])
        before = before[[c for c in db.columns("analytics.customer_metrics") if c in before]]
        then = before.assign(week_start=WEEK + dt.timedelta(days=7))
        then["health_segment"] = then["health_segment"].map({"Green": "Yellow"}).fillna("Green")
        then["health_override"], then["health_score"] = None, 61.25
        db.append("analytics.customer_metrics", then)
        found = db.query("customers/transitions", [WEEK + dt.timedelta(days=7)])
        db.replace("analytics.customer_metrics", then[:0], {"week_start": then["week_start"][0]})
    colours = found[found["subject"] == "health"]
    was = before.set_index("customer_id")["health_override"]
    for row in colours[colours["was"] != "Unknown"].itertuples():
        capped = was[row.customer_id]
        assert row.reason.startswith("no longer: at most" if isinstance(capped, str) else "points:")
        assert isinstance(capped, str) or row.reason.endswith(", now 61.3")


def test_at_risk_says_why_and_what_would_take_them_off(run):
    rows = {row["customer_id"]: row for row in run("at-risk", "--json")}
    assert {truths.LEAVING_CUSTOMER, truths.ORPHANED_CUSTOMER, truths.DORMANT_CUSTOMER,
            truths.SILENT_CUSTOMER, truths.USAGE_COLLAPSE_CUSTOMER} <= set(rows)  # fmt: skip
    orphan = rows[truths.ORPHANED_CUSTOMER]
    assert "a champion on record" in orphan["off"]  # days gone by come back for nobody
    assert orphan["risk_low"] < orphan["risk"] < orphan["risk_high"]


def test_a_renewal_that_passed_without_a_new_date_is_asked_about_first(run_on_copy, tmp_path):
    before = {row["customer_id"]: row for row in run_on_copy("list", "--most", "99", "--json")}
    calm = next(c for c, row in before.items() if not row["reasons"])
    for days, words in ((-7, "renewal 7 days ago"), (0, "renewal at the week's end")):
        renewal = WEEK + dt.timedelta(days=6 + days)
        with duckdb.connect(str(Home(tmp_path).warehouse)) as db:
            db.execute(
                "UPDATE analytics.customer_metrics SET days_to_renewal = ?, days_to_notice = -60, "
                "renewal_date = ? WHERE customer_id = ?",
                [days, renewal, calm],
            )
        rows = {row["customer_id"]: row for row in run_on_copy("list", "--most", "99", "--json")}
        assert rows[calm]["reasons"] == [f"{words}, and no new date on record"]
        assert rows[calm]["stake"] > before[calm]["stake"]
        told = " ".join(run_on_copy("list", "--most", "99").split())
        assert f"{words}, on {renewal.day} Nov" in told
        assert calm == ids(run_on_copy("renewals", "--json"))[0]


def test_one_of_a_thing_and_none_are_told_as_such(run_on_copy, tmp_path):
    with duckdb.connect(str(Home(tmp_path).warehouse)) as db:
        db.execute(
            "DELETE FROM analytics.customer_metrics WHERE customer_id <> ?",
            [truths.LEAVING_CUSTOMER],
        )
    assert run_on_copy("list").startswith("1 customer, week of")
    assert run_on_copy("at-risk").startswith("1 customer at risk, week of")
    assert run_on_copy("expansion") == f"Nobody is to be asked for more, week of {WEEK}.\n"


def test_renewals_are_by_date(run):
    rows = run("renewals", "--days", "60", "--json")
    assert rows
    days = [row["days_to_renewal"] for row in rows]
    assert days == sorted(days)
    assert max(days) <= 60


def test_onboarding_names_who_is_behind_its_plan(run):
    rows = run("onboarding", "--json")
    assert [row["lifecycle"] for row in rows if "lifecycle" in row] == []
    assert all(row["plan_overdue_days"] > 0 for row in rows)


def test_a_filter_that_names_nothing_says_what_there_is(run):
    sam = run("list", "--csm", "CSM002", "--most", "100", "--json")
    assert {row["csm_id"] for row in sam} == {"CSM002"}
    assert sam == run("list", "--csm", sam[0]["csm_name"].upper(), "--most", "100", "--json")
    for words, says in (
        (("list", "--csm", "X"), "no CSM is called 'X'; there are: .*CSM001"),
        (("list", "--segment", "Happy"), "there is no 'Happy': Champion"),
        (("list", "--week", "2026-11-10"), "did you mean 2026-11-09"),
        (("list", "--week", "2025-11-10"), "no metrics of customers; the newest"),
        (("show", "nobody at all"), "no customer is called 'nobody at all'"),
        (("show", "a"), "several customers are called 'a'"),
    ):
        with pytest.raises(UsageError, match=says):
            run(*words)


def test_show_has_what_is_known_and_what_is_not(run):
    shown = run("show", truths.USAGE_COLLAPSE_CUSTOMER, "--json")
    states = {row["module_code"]: row["module_state"] for row in shown["modules"]}
    assert states["AP"] == "declining"
    assert shown["health_factors"]["utilisation"]["points"] is not None
    assert "Accounts Payable" in shown["summary"]
    text = " ".join(run("show", truths.USAGE_COLLAPSE_CUSTOMER).split())
    assert "because" in text
    assert "renewal in 42 days, on 27 Dec, last day of notice 28 Oct (past)" in text
    # A risk by what became of Reds says on how many of them it rests, not on all contracts.
    assert "past contracts that were Red" in text
    assert shown["risk_cases"] < 182
    assert "People" in text


def test_act_is_kept_and_the_week_after_knows_it(run_on_copy, tmp_path):
    one = truths.LEAVING_CUSTOMER
    (before,) = [r for r in run_on_copy("at-risk", "--json") if r["customer_id"] == one]
    taken = run_on_copy("act", one, "--taken", "--by", "ann", "--json")
    assert taken["action_id"] == before["action_id"]
    with pytest.raises(UsageError, match="taken already"):
        run_on_copy("act", one, "--taken")
    run_on_copy("act", one, "--done", "--note", "offer until May", "--by", "ann")
    with pytest.raises(UsageError, match="done already"):
        run_on_copy("act", one, "--dropped", "x")
    (now,) = [r for r in run_on_copy("at-risk", "--json") if r["customer_id"] == one]
    assert now["action_state"] == "done"
    warehouse = DuckDBWarehouse(path=str(Home(tmp_path).warehouse), wait_seconds=20)
    with warehouse.session("test") as db:
        later = tell(db, WEEK + dt.timedelta(weeks=1), reviews=False)
        again = tell(db, WEEK, reviews=False)  # made again, the week says what it said
    assert "done on" in later.texts[f"insight/{one}"]
    assert "offer until May" in later.texts[f"insight/{one}"]
    assert "offer until May" not in again.texts[f"insight/{one}"]
    (after,) = [
        r for r in run_on_copy("list", "--most", "100", "--json") if r["customer_id"] == one
    ]
    assert after["next_action_code"] != before["next_action_code"]


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ((), "one of --taken, --done, --dropped"),
        (("--taken", "--done"), "one of --taken, --done, --dropped"),
        (("--dropped", "  "), "say why it is dropped"),
        (("--done", "--action", "nothing"), "has no action 'nothing'"),
    ],
)
def test_act_says_what_is_wanted(run, words, says):
    with pytest.raises(UsageError, match=says):
        run("act", truths.LEAVING_CUSTOMER, *words)


def test_search_finds_who_said_it(run):
    hits = run("search", "asks", "other", "vendors", "for", "an", "offer", "--json")
    assert hits[0]["customer_id"] == truths.LEAVING_CUSTOMER
    assert hits[0]["source"] == "survey"
    assert "Nothing is said" in run("search", "zeppelin")
    with pytest.raises(UsageError, match="what you look for"):
        run("search", " ")


# --- export and views -------------------------------------------------------------------


def test_every_view_has_the_promised_columns_and_the_page_says_so(told):
    with DuckDBWarehouse(path=str(told.warehouse), wait_seconds=20).session("test") as db:
        rows = db.query("customers/columns_of_views").query("schema_name == 'analytics'")
    found = {name: tuple(group["column_name"]) for name, group in rows.groupby("view_name")}
    assert found == {name: columns for name, (_, columns) in views.VIEWS.items()}


def test_export_writes_each_view_whole(run, tmp_path):
    for what in views.EXPORTED:
        for kind in export.FORMATS:
            path = tmp_path / f"{what}.{kind}"
            told = run("export", str(path), "--what", what)
            assert (f"week of {WEEK}" in told) == views.EXPORTED[what]
            rows = pd.read_csv(path) if kind == "csv" else pd.read_parquet(path)
            name = "v_enriched_calls" if what == "calls" else f"v_{what}"
            name = name if name in views.VIEWS else f"v_customer_{what}"
            assert tuple(rows.columns) == views.VIEWS[name][1]
    with pytest.raises(UsageError, match="no view is called 'x'"):
        run("export", str(tmp_path / "x.csv"), "--what", "x")
    with pytest.raises(UsageError, match="ends in none of"):
        run("export", str(tmp_path / "x.xlsx"))
    run("export", str(tmp_path / "x.txt"), "--format", "csv")
    with pytest.raises(UsageError, match="no folder"):
        run("export", str(tmp_path / "none" / "x.csv"))


@pytest.mark.parametrize(
    "text",
    ["=1+1", "+1", "-1 or so", "@SUM(A1)", "\t=1", "\r=1", "\n=1", " =1", "\u00a0=1", "\uff1d1",
     '=HYPERLINK("http://x","y")', "=cmd|' /C calc'!A0"],
)  # fmt: skip
def test_no_cell_of_a_csv_is_a_formula_and_numbers_stay(tmp_path, text):
    path = tmp_path / "x.csv"
    rows = pd.DataFrame({"name": [text, "Ann = Bob"], "change": [-0.5, 1.0], "@head": ["a", "b"]})
    export.write(rows, path, "csv")
    with path.open(newline="", encoding="utf-8") as file:
        head, first, second = csv.reader(file)
    assert first[0] == "'" + text
    assert (second[0], first[1], head[2]) == ("Ann = Bob", "-0.5", "'@head")
    export.write(rows, tmp_path / "x.parquet", "parquet")
    assert pd.read_parquet(tmp_path / "x.parquet")["name"].tolist() == [text, "Ann = Bob"]


def test_the_page_of_the_views_is_that_of_the_code():
    from tests.house.test_rules import ROOT

    assert (ROOT / "docs" / "views.md").read_text(encoding="utf-8") == views.page()
