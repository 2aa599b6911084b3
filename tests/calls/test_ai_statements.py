"""AI statements of the call room: ledgered where they are billed, and only for what is new."""

from collections.abc import Iterator
from contextlib import contextmanager

import dagster as dg
import duckdb
import pytest

import sql
from cs_assets.ai import configuration
from cs_assets.ai.ledger.ledger import AiLedger
from cs_assets.calls import assets as calls_assets
from resources.duckdb.warehouse import DuckDBWarehouse
from resources.settings import Settings
from resources.warehouse import Session, Warehouse
from tests.calls.conftest import stage_labelled
from tests.materialising import materialize

AI_ASSETS = [
    calls_assets.call_sentiment,
    calls_assets.call_summaries,
    calls_assets.transcript_embeddings,
]


#: What customers say in three words and more, each wording and each time that it is said.
WORDINGS = """(
    SELECT COUNT(DISTINCT sentence) AS n, COUNT(*) AS said
    FROM gong.stg_gong_call_transcripts t JOIN gong.stg_gong_calls c USING (call_id, call_date)
    WHERE NOT c.is_private AND t.affiliation = 'External'
      AND LENGTH(sentence) - LENGTH(REPLACE(sentence, ' ', '')) >= 2
)"""


class Billed(Warehouse):
    """The embedded warehouse, told to be one whose AI functions are billed."""

    path: str

    @contextmanager
    def open(self, label: str) -> Iterator[Session]:
        with DuckDBWarehouse(path=self.path).open(label) as session:
            yield session


#: Macros that give NULL for some rows, as Snowflake's functions do when they fail on them.
FAILING = """
CREATE OR REPLACE TEMP MACRO ai_sentiment(text) AS CASE WHEN text NOT LIKE '%price%'
    THEN sentiment_object(local_sentiment(text::VARCHAR)) END;
CREATE OR REPLACE TEMP MACRO ai_summarize(input) AS CASE WHEN input NOT LIKE '%price%'
    THEN local_summary(input::VARCHAR) END;
"""


class Failing(Billed):
    """One whose functions fail on what speaks of a price."""

    @contextmanager
    def open(self, label: str) -> Iterator[Session]:
        with super().open(label) as session:
            session._connection.execute(FAILING)
            try:
                yield session
            finally:  # the engine is kept for other sessions
                session._connection.execute(sql.text("duckdb/ai_macros"))


@pytest.fixture
def labelled(warehouse, tmp_path, monkeypatch):
    monkeypatch.setenv("CS_ASSETS_HOME", str(tmp_path / "installation"))
    stage_labelled(warehouse)
    return warehouse


def run(warehouse) -> dg.ExecuteInProcessResult:
    return materialize(
        AI_ASSETS,
        resources={"settings": Settings.load(), "warehouse": warehouse},
        tags={
            "dagster/asset_partition_range_start": "2026-10-05",
            "dagster/asset_partition_range_end": "2026-11-10",
        },
        raise_on_error=False,
    )


def ledger_rows(tmp_path) -> list[dict]:
    path = tmp_path / "installation" / "ai.sqlite"
    return AiLedger(path, configuration.load().ceilings).rows() if path.exists() else []


def table(warehouse, name: str):
    with duckdb.connect(warehouse.path, read_only=True) as db:
        return db.sql(f"SELECT * FROM {name} ORDER BY 1, 2").df()


def test_a_first_run_is_ledgered_by_statement_and_a_second_adds_nothing(labelled, tmp_path):
    billed = Billed(path=labelled.path)
    ran = run(billed)
    assert ran.success
    first = ledger_rows(tmp_path)
    for row in first:  # what it came to is on the asset
        told = ran.asset_materializations_for_node(row["asset"])[0].metadata
        assert (told["ai/calls"].value, told["ai/input_tokens"].value) == (1, row["input_tokens"])
    assert {(r["asset"], r["model"], r["state"]) for r in first} == {
        ("call_sentiment", "ai_sentiment", "answered"),
        ("call_summaries", "ai_summarize", "answered"),
        ("transcript_embeddings", "ai_embed", "answered"),
    }
    covered = {r["asset"]: r["rows_covered"] for r in first}
    assert covered["call_summaries"] == len(table(billed, "analytics.call_summaries"))
    assert covered["transcript_embeddings"] == len(table(billed, "analytics.transcript_chunks"))
    before = table(billed, "analytics.call_sentiment")
    wordings = table(billed, WORDINGS).iloc[0]
    assert covered["call_sentiment"] == wordings["n"] < wordings["said"]
    # Courtesy and sentences on nothing are asked, too, and not counted.
    assert 0 <= wordings["said"] - before["sentences_scored"].sum() < 120
    assert set(before["model"]) == {configuration.load().statement_models["sentiment"]}

    again = run(billed)
    assert again.success
    assert ledger_rows(tmp_path) == first
    kept = again.asset_materializations_for_node("call_sentiment")[0].metadata
    assert (kept["sentences"].value, kept["kept"].value) == (0, len(before))
    assert "ai/calls" not in kept
    assert table(billed, "analytics.call_sentiment").equals(before)


def test_only_a_changed_call_is_judged_again(labelled, tmp_path):
    billed = Billed(path=labelled.path)
    run(billed)
    first = len(ledger_rows(tmp_path))
    judged = table(billed, "analytics.call_sentiment")
    call = judged[judged["sentences_scored"] > 1]["call_id"].iloc[0]
    with duckdb.connect(labelled.path) as db:
        db.execute(
            "UPDATE gong.stg_gong_call_transcripts SET sentence = 'This is really great news.' "
            "WHERE call_id = ? AND affiliation = 'External'",
            [call],
        )
    result = run(billed)
    assert result.success
    new = ledger_rows(tmp_path)[first:]
    assert {r["asset"] for r in new} == {a.key.to_user_string() for a in AI_ASSETS}
    rows = table(billed, "analytics.call_sentiment").set_index("call_id")
    assert rows.loc[call, "sentiment_category"] == "positive"
    covered = {r["asset"]: r["rows_covered"] for r in new}
    assert covered["call_sentiment"] == 1 < rows.loc[call, "sentences_scored"]  # said often
    assert covered["call_summaries"] == 1


def test_under_a_spent_ceiling_nothing_is_run_and_the_run_says_so(labelled, tmp_path, monkeypatch):
    folder = tmp_path / "config"
    folder.mkdir()
    text = configuration.load().model_dump_json()
    (folder / "ai.yaml").write_text(text.replace('"asset":{"calls":4000', '"asset":{"calls":0'))
    monkeypatch.setenv("CS_ASSETS_CONFIG_DIR", str(folder))
    result = run(Billed(path=labelled.path))
    assert result.success
    sentiment = result.asset_materializations_for_node("call_sentiment")[0]
    told = str(sentiment.metadata["not_judged"].value)
    assert "calls/sentiment_of_sentences was not run: ceiling of the asset: 0 calls" in told
    assert table(labelled, "analytics.call_sentiment").empty
    for asset, name in (
        ("call_summaries", "not_summarised"),
        ("transcript_embeddings", "not_embedded"),
    ):
        metadata = result.asset_materializations_for_node(asset)[0].metadata
        assert "ceiling of the asset" in str(metadata[name].value)
    assert ledger_rows(tmp_path) == []


def test_on_the_embedded_warehouse_nothing_is_ledgered(labelled, tmp_path):
    assert run(labelled).success
    assert ledger_rows(tmp_path) == []
    assert set(table(labelled, "analytics.call_sentiment")["model"]) == {"local-matter-1"}


def test_what_a_function_failed_on_is_told_and_asked_again(labelled, tmp_path):
    failed = run(Failing(path=labelled.path))
    assert failed.success
    told = failed.asset_materializations_for_node("call_sentiment")[0].metadata
    judged = table(labelled, "analytics.call_sentiment")
    in_part = set(judged[judged["text_hash"] == ""]["call_id"])
    summaries = table(labelled, "analytics.call_summaries")
    without = set(summaries[summaries["extract"].isna()]["call_id"])
    assert 0 < len(in_part) < len(judged)
    assert told["failed_sentences"].value >= len(in_part)
    assert 0 < len(without) < len(summaries)

    first = len(ledger_rows(tmp_path))
    again = run(Billed(path=labelled.path))
    told = again.asset_materializations_for_node("call_sentiment")[0].metadata
    assert (told["failed_sentences"].value, told["kept"].value) == (0, len(judged) - len(in_part))
    covered = {row["asset"]: row["rows_covered"] for row in ledger_rows(tmp_path)[first:]}
    assert covered["call_summaries"] == len(without)
    assert (table(labelled, "analytics.call_sentiment")["text_hash"] != "").all()
    assert table(labelled, "analytics.call_summaries")["extract"].notna().all()
