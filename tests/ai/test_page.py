"""What the page on the AI layer shows of Python and SQL, run as it stands there."""

import datetime as dt
import re
from types import SimpleNamespace
from typing import Any

import pytest

from cs_assets.ai.statements import Statement
from cs_assets.ai.writing import Assignment
from resources.models.ai_statements import AiStatements
from resources.models.writer import WriterResource
from resources.settings import Settings
from tests.ai.sheets import BY_RULES, assignment
from tests.ai.test_cortex_search import STUDIES
from tests.answers.tenant import made
from tests.conftest import REPOSITORY
from tests.snowflake.sql_lint import problems

PAGE = (REPOSITORY / "docs" / "ai.md").read_text(encoding="utf-8")
WRITES, COUNTS, SEARCHES = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
(SENTIMENT,) = re.findall(r"```sql\n(.*?)```", PAGE, re.DOTALL)


@pytest.fixture
def settings(home) -> Settings:
    return Settings.load(cs_assets_home=home.root)


def done(snippet: str, **names: Any) -> dict[str, Any]:
    exec(compile(snippet, "docs/ai.md", "exec"), names)
    return names


def test_what_writes_gives_a_draft_for_each_assignment(settings):
    example = assignment()
    names = done(
        WRITES,
        writer_resource=WriterResource(settings=settings),
        context=SimpleNamespace(run=SimpleNamespace(run_id="r")),
        Assignment=Assignment, sheet=example.sheet, prompt=example.prompt, text=BY_RULES,
    )  # fmt: skip
    (draft,) = names["drafts"]
    assert (draft.text, draft.writer) == (BY_RULES, "rules")
    assert len(list(names["reports"])) == 2


def test_a_statement_for_many_rows_runs(settings, warehouse):
    asked: list[str] = []
    with warehouse.session("test") as db:

        class Counting:
            def query(self, name: str, parameters: list[Any]) -> Any:
                asked.append(name)
                return db.query(name, parameters)

        done(
            COUNTS,
            AiStatements=AiStatements, Statement=Statement, warehouse=warehouse, settings=settings,
            run_id="r", n=1, total=20, db=Counting(),
            first=dt.date(2026, 11, 9), last=dt.date(2026, 11, 15),
        )  # fmt: skip
    assert asked == ["calls/sentiment_of_sentences"]


def test_case_studies_are_found(settings):
    names = done(SEARCHES, settings=settings, case_studies=STUDIES)
    assert len(names["hits"]) <= 3


def test_sentiment_as_authors_write_it_is_of_both_engines(warehouse):
    assert problems(SENTIMENT) == []
    with warehouse.session("test") as db:
        row = {"call_id": "1", "sentence": "We are very unhappy with the late reports."}
        table = "gong.stg_gong_call_transcripts"
        db.append(table, made(table, row))
        ((call, category, score),) = db._run(SENTIMENT).fetchall()
    assert (call, category) == ("1", "negative")
    assert -1 <= score < 0
