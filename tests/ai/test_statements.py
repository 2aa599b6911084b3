"""AI statements of the warehouse in the ledger."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from cs_assets.ai import configuration, statements
from cs_assets.ai.ledger.ledger import AiLedger, Purpose
from cs_assets.ai.statements import CeilingReached, Statement
from resources.duckdb.warehouse import DuckDBWarehouse
from resources.models.ai_statements import AiStatements
from resources.settings import Settings
from resources.warehouse import Session, Warehouse

WORK = Statement("ai_sentiment", "calls/sentiment_of_sentences", rows=20_000, characters=1_200_000)
PURPOSE = Purpose("call_sentiment", "run-1", "all", "")


def run(ledger: AiLedger, work: Statement = WORK, key: str = "k", fail: bool = False) -> str:
    def call() -> str:
        if fail:
            raise ConnectionError("gone")
        return "rows"

    return statements.run(
        work, call, ledger=ledger, configuration=configuration.load(), purpose=PURPOSE, key=key
    )


def test_a_statement_over_many_rows_is_one_entry(ledger: AiLedger) -> None:
    assert run(ledger) == "rows"
    (row,) = ledger.rows()
    assert (row["state"], row["rows_covered"], row["provider"]) == (
        "answered",
        20_000,
        "cortex-sql",
    )
    hidden = 20_000 * 200  # the prompt before each row
    assert row["input_tokens"] == 420_000 + hidden
    assert row["micro_dollars"] == 2 * (420_000 + hidden)


def test_the_same_statement_again_runs_again_and_counts_again(ledger: AiLedger) -> None:
    run(ledger)
    run(ledger)
    assert [row["state"] for row in ledger.rows()] == ["answered", "answered"]


def test_a_statement_that_would_pass_a_ceiling_is_not_run(tmp_path: Path) -> None:
    ceilings = configuration.load().ceilings
    tight = ceilings.model_copy(update={"run": ceilings.run.model_copy(update={"dollars": 0.5})})
    ledger = AiLedger(tmp_path / "ai.sqlite", tight)
    with pytest.raises(CeilingReached, match=r"0\.5 dollars"):
        run(ledger)
    assert ledger.rows() == []


def test_a_statement_that_fails_counts_with_its_estimate(ledger: AiLedger) -> None:
    with pytest.raises(ConnectionError):
        run(ledger, fail=True)
    (row,) = ledger.rows()
    assert (row["state"], row["note"], row["micro_dollars"]) == (
        "failed",
        "ConnectionError",
        8_840_000,
    )


def test_what_the_answers_came_to_is_kept_and_not_what_they_might_have(ledger: AiLedger) -> None:
    work = Statement("ai_summarize", "s", rows=2, characters=30_000, output_tokens=500)
    seen = []

    def call() -> str:
        seen.extend(ledger.rows())
        return "rows"

    statements.run(
        work, call, ledger=ledger, configuration=configuration.load(), purpose=PURPOSE, key="k",
        answered=lambda _: 310,
    )  # fmt: skip
    (row,) = ledger.rows()
    assert (seen[0]["output_tokens"], row["output_tokens"]) == (1_000, 310)
    assert row["micro_dollars"] == 2 * row["input_tokens"] + 10 * 310
    assert ledger.spent("run", "run-1")[2] == row["micro_dollars"]


def test_new_answers_are_reckoned_by_the_spread_of_earlier_ones() -> None:
    past = [200, 240] * 50
    work = Statement("ai_summarize", "s", rows=1, characters=300, output_tokens=500)
    one, many = work.tokens(past=past).output, replace(work, rows=100).tokens(past=past).output
    assert 220 + 5 * 20 < one < 220 + 5 * 21
    assert 22_000 < many < 22_000 * 1.1
    assert work.tokens(past=past[:20]).output == 500  # too few to know


def test_no_rows_no_entry(ledger: AiLedger) -> None:
    assert run(ledger, Statement("ai_sentiment", "x", 0, 0)) == "rows"
    assert ledger.rows() == []


def test_on_duckdb_nothing_is_billed_and_nothing_ledgered(tmp_path: Path) -> None:
    warehouse = DuckDBWarehouse(path=str(tmp_path / "w.duckdb"))
    book = AiStatements(
        warehouse, Settings.load(cs_assets_home=tmp_path), asset="call_sentiment", run_id="r"
    )
    assert book.run(WORK, "2026-11-09", lambda: 7) == 7
    assert not (tmp_path / "ai.sqlite").exists()


class Elsewhere(Warehouse):
    """A warehouse whose AI functions are billed."""

    @contextmanager
    def open(self, label: str) -> Iterator[Session]:
        raise AssertionError("the statement is run by its caller")
        yield


def test_elsewhere_each_run_of_a_statement_is_ledgered(tmp_path: Path) -> None:
    for run_id in ("run-1", "run-2"):
        book = AiStatements(
            Elsewhere(),
            Settings.load(cs_assets_home=tmp_path),
            asset="call_sentiment",
            run_id=run_id,
        )
        assert book.run(WORK, "2026-11-09", lambda: 7) == 7
    ledger = AiLedger(tmp_path / "ai.sqlite", configuration.load().ceilings)
    rows = ledger.rows()
    assert [row["run_id"] for row in rows] == ["run-1", "run-2"]
    assert {row["prompt_name"] for row in rows} == {"calls/sentiment_of_sentences"}
