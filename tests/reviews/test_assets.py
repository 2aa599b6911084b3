"""The three assets of reviews, materialised on a real warehouse with real files."""

import datetime as dt
import hashlib
import json
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import dagster as dg
import pytest

from cs_assets.reviews import assets, checks
from cs_assets.reviews.editions.filing import parts_hash
from resources.duckdb.warehouse import DuckDBWarehouse
from resources.home import Home
from resources.home_resource import HomeResource
from resources.models.writer import WriterResource
from resources.settings import Settings
from tests.materialising import materialize
from tests.reviews import making, tenant
from tests.reviews.conftest import copied

_WEEK = tenant.WEEK.isoformat()


def _upstream() -> list[dg.AssetSpec]:
    made = {asset.key for asset in assets.assets}
    keys = {key for asset in assets.assets for key in asset.asset_deps[asset.key]} - made
    return [dg.AssetSpec(key) for key in sorted(keys)]


def materialise(
    warehouse, home, config: dict | None = None, *, week: str = _WEEK, only: Sequence | None = None
) -> dg.ExecuteInProcessResult:
    """Make the week's reviews (or ``only`` some of the assets) with their checks."""
    chosen = assets.assets if only is None else only
    own = os.environ.get("CS_ASSETS_CONFIG_DIR")
    folder = Path(own) if own else making.one_mail_a_customer(home.root.parent / "settings")
    ops = {asset.op.name: {"config": config} for asset in chosen} if config else {}
    return materialize(
        [*assets.assets, *checks.checks, *_upstream()],
        partition_key=week,
        selection=dg.AssetSelection.assets(*chosen)
        | dg.AssetSelection.checks_for_assets(*chosen),
        resources={
            "settings": Settings.load(cs_assets_home=home.root, cs_assets_config_dir=folder),
            "warehouse": warehouse,
            "home": HomeResource(root=str(home.root)),
            "writer": WriterResource(settings=Settings.load(cs_assets_home=home.root)),
        },
        run_config={"ops": ops},
    )  # fmt: skip


@dataclass(frozen=True)
class Made:
    """A week that was made once, for tests that only look at it."""

    warehouse: DuckDBWarehouse
    home: Home


@pytest.fixture(scope="module")
def made(tenant_warehouse, tmp_path_factory) -> Made:
    folder = tmp_path_factory.mktemp("made")
    warehouse = copied(tenant_warehouse, folder / "warehouse.duckdb")
    home = Home(folder / "home").ensure()
    materialise(warehouse, home)
    return Made(warehouse, home)


def _table(warehouse, statement: str, *parameters):
    with warehouse.session("test") as db:
        return db.query(statement, parameters)


def test_a_week_ends_in_a_pdf_with_its_facts_for_each_customer_with_data(made):
    rows = _table(made.warehouse, "reviews/week_outcomes", tenant.WEEK).set_index("customer_id")
    assert dict(rows["written"]) == {
        c: "no_data" if c == "CUST_10005" else "written" for c in tenant.PROFILES
    }
    folder = made.home.reports(_WEEK)
    for customer in set(tenant.PROFILES) - {"CUST_10005"}:
        pdf = (folder / f"{customer}.pdf").read_bytes()
        assert pdf.startswith(b"%PDF-")
        assert hashlib.sha256(pdf).hexdigest() == rows.loc[customer, "sha256"]
        facts = json.loads((folder / f"{customer}.facts.json").read_text())
        assert facts["sheet"]["entity_id"] == customer
    assert not (folder / "CUST_10005.pdf").exists()


def test_a_customer_without_data_is_held_and_says_why(made):
    rows = _table(made.warehouse, "reviews/week_outcomes", tenant.WEEK).set_index("customer_id")
    assert json.loads(rows.loc["CUST_10005", "reasons"])[0]["rule"] == "no_data"
    assert set(rows["verdict"].drop("CUST_10005")) == {"send"}


def test_the_same_week_again_gives_the_same_rows_and_bytes(made):
    def state():
        rows = _table(made.warehouse, "reviews/week_outcomes", tenant.WEEK)
        files = {p.name: p.read_bytes() for p in sorted(made.home.reports(_WEEK).iterdir())}
        return rows.to_json(), files

    before = state()
    outcome = materialise(made.warehouse, made.home)
    assert state() == before
    # The Dagster UI shows the first page as a picture and the first text.
    shown = {
        name: outcome.asset_materializations_for_node(name)[0].metadata
        for name in ("weekly_reports", "weekly_report_pdfs")
    }
    picture = shown["weekly_report_pdfs"]["first_page"].value
    assert picture.startswith("![first page](data:image/png;base64,")
    assert "PERFORMANCE VS BENCHMARKS" in shown["weekly_reports"]["first_report"].value


def test_artefacts_tell_delivery_where_the_mail_is_and_hash_it(made):
    from sql import catalog

    assert "content_sha256" in catalog.table("ops.artefacts").column_names
    rows = _table(made.warehouse, "reviews/artefacts_of_week", tenant.WEEK)
    assert set(rows["recipient"]) == {"sarah.johnson@example.com", "michael.chen@example.com"}
    for row in rows.itertuples(index=False):
        text = (made.home.root / row.text_path).read_bytes()
        html = (made.home.root / row.html_path).read_bytes()
        pdf = (made.home.root / row.attachment_path).read_bytes()
        assert parts_hash(text, html, None, pdf) == row.content_sha256
        assert len(html) < 90_000


def test_a_run_for_one_csm_replaces_only_that_csms_reports(reviewed, home):
    materialise(reviewed, home)
    before = _table(reviewed, "reviews/week_outcomes", tenant.WEEK)
    with reviewed.session("test") as db:
        customers = tenant.customers()
        customers.loc[:, "customer_name"] = "Renamed " + customers["customer_name"]
        db.replace("source.customers", customers, {})
    materialise(reviewed, home, {"csm_ids": ["CSM002"]})
    after = _table(reviewed, "reviews/week_outcomes", tenant.WEEK)
    changed = set(before.loc[before["written_hash"] != after["written_hash"], "customer_id"])
    assert changed - {"CUST_10005"} == {"CUST_10006"}
    assert len(after) == len(before)


def test_shards_together_are_one_run(made, reviewed, home):
    for shard in (1, 2):
        materialise(reviewed, home, {"shard": shard, "shards": 2})
    sharded = _table(reviewed, "reviews/week_outcomes", tenant.WEEK)
    whole = _table(made.warehouse, "reviews/week_outcomes", tenant.WEEK)
    assert sharded.to_json() == whole.to_json()


def _written(warehouse, edit: str = "") -> list[tuple]:
    with warehouse.session("test") as db:
        if edit:
            db._connection.execute(f"UPDATE analytics.weekly_reports {edit}")
        columns = "customer_id, edition, status, content_hash, sheet, full_report"
        rows = db._connection.execute(f"SELECT {columns} FROM analytics.weekly_reports ORDER BY 1")
        return rows.fetchall()


@pytest.mark.parametrize("config", [None, {"shard": 1, "shards": 1}])
def test_very_many_reports_are_put_in_place_in_parts_and_none_is_left_over(
    made, home, tmp_path, monkeypatch, config
):
    warehouse = copied(made.warehouse, tmp_path / "again.duckdb")
    whole = _written(warehouse)
    gone = _written(warehouse, "SET customer_id = customer_id || 'A', full_report = 'stale'")
    assert len(gone) == len(whole) > 4
    monkeypatch.setattr("cs_assets.reviews.writing.assets.AT_ONCE", 2)
    monkeypatch.setattr("cs_assets.reviews.writing.assets._TOGETHER", 1)
    only = [asset for asset in assets.assets if asset.key.path == ["weekly_reports"]]
    materialise(warehouse, home, config, only=only)
    found = [row for row in _written(warehouse) if config is None or row[-1] != "stale"]
    assert found == whole


def test_an_unknown_customer_ends_the_run_in_one_clear_line(reviewed, home):
    with pytest.raises(Exception, match="no customer called CUST_0"):
        materialise(reviewed, home, {"customer_ids": ["CUST_0"]})


def test_one_broken_customer_is_named_and_the_others_are_made(reviewed, home):
    materialise(reviewed, home)
    with reviewed.session("test") as db:
        facts = db.query("reviews/facts", ["", "Z", tenant.WEEK, "weekly"])
        broken = facts["customer_id"] == "CUST_10002"
        facts.loc[broken & (facts["fact_id"] == "conversions.count"), "unit"] = "text"
        db.replace("analytics.review_facts", facts, {"week_start": tenant.WEEK})
    outcome = materialise(reviewed, home, only=assets.assets[1:])
    rows = _table(reviewed, "reviews/week_outcomes", tenant.WEEK).set_index("customer_id")
    assert rows.loc["CUST_10002", "written"] == "failed"
    assert rows.loc["CUST_10001", "printed"] == "made"
    assert not (home.reports(_WEEK) / "CUST_10002.pdf").exists()
    evaluations = {e.check_name: e for e in outcome.get_asset_check_evaluations()}
    failed = evaluations["no_report_failed"]
    assert not failed.passed
    assert "CUST_10002" in failed.metadata["wrong"].value
    assert failed.metadata["run config"].value == {"customer_ids": ["CUST_10002"]}


def test_the_cutoff_is_the_end_of_the_week(made):
    rows = _table(made.warehouse, "reviews/reports", "", "Z", tenant.WEEK, "weekly")
    assert set(rows["data_cutoff"]) == {dt.datetime(2026, 11, 15, 23, 59, 59)}


def test_the_quarterly_edition_is_printed_beside_and_never_sent(reviewed, home):
    materialise(reviewed, home, {"kind": "quarterly", "customer_ids": ["CUST_10001"]})
    names = {path.name for path in home.reports(_WEEK).iterdir()}
    assert "CUST_10001-quarterly.pdf" in names
    assert "CUST_10001.pdf" not in names
    assert _table(reviewed, "reviews/artefacts_of_week", tenant.WEEK).empty


def test_the_gate_is_shown_rule_by_rule_and_the_viewer_holds_every_report(reviewed, home):
    with reviewed.session("test") as db:
        db.replace("source.csms", tenant.csms().assign(csm_email=["", "x@example.com"]), {})
    outcome = materialise(reviewed, home)
    checks_of = {e.check_name: e for e in outcome.get_asset_check_evaluations()}
    assert not checks_of["gate_recipient"].passed
    assert set(checks_of["gate_recipient"].metadata["held"].value) == {
        "CUST_10001", "CUST_10002", "CUST_10003", "CUST_10004",
    }  # fmt: skip
    assert checks_of["gate_number_without_fact"].passed
    viewer = (home.artifacts / "index.html").read_text(encoding="utf-8")
    assert all(name in viewer for name in ("Brightwater Components", "reports/2026-11-09/"))


def test_a_week_without_any_customer_is_a_week_without_reviews(warehouse, home):
    outcome = materialise(warehouse, home)
    assert outcome.success
    assert _table(warehouse, "reviews/week_outcomes", tenant.WEEK).empty
    assert (home.artifacts / "index.html").exists()
