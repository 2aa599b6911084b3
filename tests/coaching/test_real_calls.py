"""Digests of real calls: six reps with few calls each."""

import dagster as dg
import pytest

from cs_assets.calls import assets as calls
from cs_assets.coaching import assets as coaching
from cs_assets.coaching import checks
from cs_assets.gong import assets as gong
from resources.duckdb.warehouse import DuckDBWarehouse
from resources.gong.source import GongSource
from resources.home import Home
from resources.home_resource import HomeResource
from resources.models.writer import WriterResource
from resources.settings import Settings
from tests.coaching.tenant import MONDAY

WEEK = MONDAY.isoformat()


@pytest.fixture(scope="module")
def made(real_calls, tmp_path_factory):
    """The week's digests of the real calls: their home, rows and checks."""
    home = Home(tmp_path_factory.mktemp("real")).ensure()
    warehouse = DuckDBWarehouse(path=str(home.warehouse))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GONG_EXPORT_DIR", str(real_calls))
        resources = {
            "settings": Settings.load(cs_assets_home=home.root),
            "warehouse": warehouse,
            "home": HomeResource(root=str(home.root)),
            "gong": GongSource(
                settings=Settings.load(cs_assets_home=home.root), warehouse=warehouse
            ),
            "writer": WriterResource(settings=Settings.load(cs_assets_writer="rules")),
        }
        first, last = "2026-10-12", "2026-11-15"
        span = {
            "dagster/asset_partition_range_start": first,
            "dagster/asset_partition_range_end": last,
        }
        instance = dg.DagsterInstance.ephemeral()
        day_assets = [*gong.assets, *calls.assets]
        dg.materialize(day_assets, tags=span, resources=resources, instance=instance)
        week_assets = [*coaching.assets, *checks.checks]
        result = dg.materialize(
            week_assets, partition_key=WEEK, resources=resources, instance=instance
        )
    with warehouse.session("test") as db:
        digests = db.query("coaching/rep_digests", [MONDAY, MONDAY])
        trends = db.query("coaching/rep_week_trends", [MONDAY, MONDAY])
    return home, digests, trends, list(result.get_asset_check_evaluations())


def test_all_six_reps_have_a_digest_and_every_check_passes(made):
    _, digests, _, evaluations = made
    assert digests["status"].tolist() == ["written"] * 6
    assert len(evaluations) == sum(len(list(check.check_keys)) for check in checks.checks)
    assert [check.check_name for check in evaluations if not check.passed] == []


def test_with_few_calls_nothing_is_said_of_trends(made):
    home, digests, trends, _ = made
    assert set(trends["verdict"]) == {"too_few_calls"}
    for path in digests["text_path"]:
        text = (home.root / path).read_text()
        assert "too few calls to say" in text
        assert "improving" not in text
        assert "declining" not in text


def test_a_rep_without_a_call_this_week_is_told_of_the_window(made):
    _, digests, _, _ = made
    silent = digests[digests["calls_week"] == 0]
    assert len(silent) == 1
    assert silent["headline"].iloc[0].startswith("No scored call this week")


def test_half_of_the_digests_have_quotes_and_those_without_proof_have_none(made):
    _, digests, _, _ = made
    quoted = digests["sheet"].str.contains('"quote_id"')
    # Two dozen calls of six reps: the calls of three prove neither a win nor a miss.
    assert quoted.sum() >= len(digests) / 2
    assert (digests["html_bytes"] <= 90_000).all()
