"""The call assets materialised on a real DuckDB with the real calls."""

import json
import shutil

import dagster as dg
import duckdb
import pytest

from cs_assets.calls import assets as calls_assets
from cs_assets.calls import checks as calls_checks
from resources.duckdb.warehouse import DuckDBWarehouse
from resources.settings import Settings
from tests.calls.staging import real_frames

FIRST, LAST = "2026-10-12", "2026-11-15"


def materialise(warehouse, first=FIRST, last=LAST, assets=None):
    result = dg.materialize(
        [*(assets or calls_assets.assets), *calls_checks.checks],
        resources={"settings": Settings.load(), "warehouse": warehouse},
        tags={
            "dagster/asset_partition_range_start": first,
            "dagster/asset_partition_range_end": last,
        },
    )
    assert result.success
    return result


def number(result, asset, key):
    return result.asset_materializations_for_node(asset)[0].metadata[key].value


@pytest.fixture
def staged(warehouse, real_calls):
    """Four of the real calls; all of them are for one test only, since they take seconds."""
    return stage(warehouse, *real_frames(real_calls, at_most=4))


@pytest.fixture(scope="module")
def scored_once(tmp_path_factory, real_calls):
    path = tmp_path_factory.mktemp("scored") / "warehouse.duckdb"
    made = DuckDBWarehouse(path=str(path), wait_seconds=20)
    materialise(stage(made, *real_frames(real_calls, at_most=4)))
    return made


@pytest.fixture
def scored(scored_once, warehouse):
    """The four calls after a first run, a copy for each test."""
    shutil.copy(scored_once.path, warehouse.path)
    return warehouse


@pytest.fixture
def all_staged(warehouse, real_calls):
    return stage(warehouse, *real_frames(real_calls))


def stage(warehouse, calls, sentences):
    with warehouse.session("test") as db:
        db.append("gong.stg_gong_calls", calls)
        db.append("gong.stg_gong_call_transcripts", sentences)
    return warehouse


def snapshot(warehouse, table, key):
    with duckdb.connect(warehouse.path) as db:
        return db.sql(f"SELECT * FROM {table} ORDER BY {key}").fetchall()


def test_the_real_calls_are_scored_for_all_six_reps_and_again_with_the_same_rows(all_staged):
    staged = all_staged
    first = materialise(staged)
    assert number(first, "call_analysis", "analysed_now") == 26
    assert number(first, "call_analysis", "failed") == 0
    evaluations = first.get_asset_check_evaluations()
    names = {key.name for check in calls_checks.checks for key in check.check_keys}
    names -= {"call_patterns_grain_is_unique"}  # they are of whole weeks
    assert {e.check_name for e in evaluations} == names
    assert all(e.passed for e in evaluations), [(e.check_name, e.metadata) for e in evaluations]
    tables = [
        ("analytics.call_sentiment", "call_id"),
        ("analytics.call_summaries", "call_id"),
        ("analytics.transcript_embeddings", "call_id, chunk_index"),
        ("analytics.call_analysis", "call_id"),
    ]
    before = {table: snapshot(staged, table, key) for table, key in tables}
    with duckdb.connect(staged.path) as db:
        reps = db.sql("SELECT COUNT(DISTINCT rep_user_id) FROM analytics.call_analysis").fetchone()
    assert reps == (6,)

    second = materialise(staged)
    assert number(second, "call_analysis", "analysed_now") == 0
    assert number(second, "call_analysis", "kept") == 26
    assert number(second, "call_summaries", "summarised_now") == 0
    assert {table: snapshot(staged, table, key) for table, key in tables} == before


def test_one_day_replaces_only_that_day_and_a_changed_transcript_is_scored_again(scored):
    with duckdb.connect(scored.path) as db:
        call, day = db.sql("SELECT call_id, call_date FROM gong.stg_gong_calls LIMIT 1").fetchone()
        db.execute(
            "UPDATE gong.stg_gong_call_transcripts SET sentence = 'How do you decide?' "
            "WHERE call_id = ? AND sentence_index = 0",
            [call],
        )
    others = {
        row[0]: row for row in snapshot(scored, "analytics.call_analysis", "call_id")
        if row[1] != day
    }  # fmt: skip
    again = materialise(scored, str(day), str(day))
    assert number(again, "call_analysis", "analysed_now") == 1
    after = {row[0]: row for row in snapshot(scored, "analytics.call_analysis", "call_id")}
    assert {k: v for k, v in after.items() if k in others} == others


def test_a_call_that_turns_private_loses_its_words_everywhere(scored):
    with duckdb.connect(scored.path) as db:
        call, day = db.sql("SELECT call_id, call_date FROM gong.stg_gong_calls LIMIT 1").fetchone()
        db.execute("UPDATE gong.stg_gong_calls SET is_private = TRUE WHERE call_id = ?", [call])
    materialise(scored, str(day), str(day))
    with duckdb.connect(scored.path) as db:
        for table in ("call_sentiment", "call_summaries", "call_texts", "transcript_chunks",
                      "transcript_embeddings"):  # fmt: skip
            left = db.execute(
                f"SELECT COUNT(*) FROM analytics.{table} WHERE call_id = ?", [call]
            ).fetchone()
            assert left == (0,), table
        status = db.execute(
            "SELECT status, evidence, text_hash FROM analytics.call_analysis WHERE call_id = ?",
            [call],
        ).fetchone()
    assert status == ("private", "{}", None)


def test_a_day_without_calls_gives_empty_tables_and_no_failure(warehouse):
    result = materialise(warehouse, "2026-10-12", "2026-10-12")
    assert number(result, "call_analysis", "dagster/partition_row_count") == 0


def test_one_broken_call_is_named_and_the_others_are_scored(staged, monkeypatch):
    from cs_assets.calls import analysis

    whole = analysis.analyse
    with duckdb.connect(staged.path) as db:
        broken = db.sql("SELECT MIN(call_id) FROM gong.stg_gong_calls").fetchone()[0]

    def analyse(call, *rest):
        if call.call_id == broken:
            raise ZeroDivisionError("planted")
        return whole(call, *rest)

    monkeypatch.setattr(analysis, "analyse", analyse)
    result = materialise(staged)
    assert number(result, "call_analysis", "failed_calls") == broken
    assert number(result, "call_analysis", "dagster/partition_row_count") == 3
    checks = {e.check_name: e for e in result.get_asset_check_evaluations()}
    assert not checks["call_analysis_has_every_call"].passed
    assert broken in checks["call_analysis_has_every_call"].metadata["rows"].value


def test_a_false_quote_is_caught_by_the_check(scored):
    with duckdb.connect(scored.path) as db:
        call, evidence = db.sql(
            "SELECT call_id, evidence FROM analytics.call_analysis ORDER BY call_date DESC LIMIT 1"
        ).fetchone()
        changed = json.loads(evidence)
        changed["engagement"]["quotes"][0]["text"] += " indeed"
        db.execute(
            "UPDATE analytics.call_analysis SET evidence = ? WHERE call_id = ?",
            [json.dumps(changed), call],
        )
    found = calls_checks.call_analysis_quotes_are_verbatim(scored)
    assert not found.passed
    assert call in found.metadata["where"].value


def test_a_talk_ratio_far_from_gongs_own_is_seen(scored):
    check = calls_checks.call_analysis_talk_ratio_is_near_gongs
    assert check(scored).metadata["difference"].value == "no data"
    with duckdb.connect(scored.path) as db:
        db.execute(
            "UPDATE gong.stg_gong_calls c SET primary_user_id = a.rep_user_id, "
            "talk_ratio = a.talk_ratio FROM analytics.call_analysis a WHERE a.call_id = c.call_id"
        )
    assert check(scored).passed
    with duckdb.connect(scored.path) as db:
        db.execute("UPDATE gong.stg_gong_calls SET talk_ratio = 1 - talk_ratio / 2")
    assert not check(scored).passed
