"""Before an AI statement is run on Snowflake, the tokens of a sample of its texts are counted."""

import pytest

from cs_assets.ai.configuration import load
from cs_assets.ai.ledger.ledger import AiLedger
from cs_assets.ai.statements import Statement
from resources.models.ai_statements import AiStatements
from resources.settings import Settings
from tests.snowflake import statement_log
from tests.snowflake.local_server import key_in_environment, warehouse_on

TEXTS = ("We 'like' it", "", "é" * 400)


@pytest.mark.parametrize("function", ["ai_sentiment", "ai_summarize", "ai_embed", "ai_complete"])
def test_what_is_reserved_follows_from_what_was_counted(server, tmp_path, monkeypatch, function):
    for name, value in key_in_environment().items():
        monkeypatch.setenv(name, value)
    settings = Settings.load(cs_assets_home=tmp_path)
    warehouse = warehouse_on(server, settings=settings)
    book = AiStatements(warehouse, settings, asset="a", run_id="r")
    work = Statement(function, "x", 3, sum(map(len, TEXTS)), sample=TEXTS, model="a model")
    with statement_log.statements() as sent:
        assert book.run(work, "day", lambda: 7) == 7
    assert sum("AI_COUNT_TOKENS" in one.text for one in sent) == 1
    assert not any("like" in one.text for one in sent)  # words are bound
    price = load().model(function)
    (row,) = AiLedger(settings.home.ai_ledger, load().ceilings).rows()
    counted = 4 + 2 + 103 if function == "ai_complete" else 3 + 1 + 100  # as Claude's may be off
    assert row["input_tokens"] == counted + 3 * price.overhead_tokens


def test_answers_are_counted_when_they_are_there(server, tmp_path, monkeypatch):
    for name, value in key_in_environment().items():
        monkeypatch.setenv(name, value)
    settings = Settings.load(cs_assets_home=tmp_path)
    book = AiStatements(warehouse_on(server, settings=settings), settings, asset="a", run_id="r")
    work = Statement("ai_summarize", "x", 1, 8, 500, sample=("We agree",), past=("abcd",) * 30)
    with statement_log.statements() as sent:
        book.run(work, "day", lambda: "made", lambda made: ["é" * 400, made])
    assert sum("AI_COUNT_TOKENS" in one.text for one in sent) == 2  # before, with what is past
    (row,) = AiLedger(settings.home.ai_ledger, load().ceilings).rows()
    assert row["output_tokens"] == 100 + 1
