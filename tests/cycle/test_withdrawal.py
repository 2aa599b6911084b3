"""A call that turns private leaves no word anywhere: tables, digests, answers of models, files."""

import datetime as dt
import gzip
import json
import shutil
from pathlib import Path

import dagster as dg
import pytest

from cs_assets.ai import configuration
from cs_assets.ai.ledger.ledger import AiLedger, Estimate, Known, Purpose, Reserved
from cs_assets.ai.material import sources_of
from cs_assets.ai.requests import Tokens
from cs_assets.coaching.assets import rep_digests
from cs_assets.erasure.spoken import WITHDRAWN
from cs_assets.facts.model import FactSheet, Quote
from cs_assets.gong.assets import assets
from resources.gong.source import GongSource
from resources.home import Home
from resources.home_resource import HomeResource
from resources.models.writer import WriterResource
from resources.settings import Settings
from tests.cycle.conftest import WEEK, Finished

#: Quotes are told in the digest's fact sheet; one that nobody says in another call tells most.
_DIGESTS = """
    SELECT rep_user_id, sheet FROM analytics.rep_digests
    WHERE week_start = ? AND status = 'written' ORDER BY rep_user_id
"""
_OF_ONE_CALL = """
    SELECT MIN(call_id) AS call_id, MIN(call_date) AS day FROM gong.stg_gong_call_transcripts
    WHERE CONTAINS(sentence, ?) HAVING COUNT(DISTINCT call_id) = 1
"""


def quoted_in_a_digest(cycle: Finished) -> tuple[str, str, str, dt.datetime]:
    """Rep, call, words and day of a quote, without a sign that JSON or HTML escapes."""
    for rep, sheet in cycle.rows(_DIGESTS, (WEEK,)).itertuples(index=False):
        for quote in json.loads(sheet)["quotes"]:
            if not set(quote["text"]) & set("\"'&<>"):
                for call_id, day in cycle.rows(_OF_ONE_CALL, (quote["text"],)).itertuples(
                    index=False
                ):
                    return rep, call_id, quote["text"], day
    raise AssertionError("no digest quotes what one call alone says")


@pytest.fixture
def copied(finished, tmp_path) -> Finished:
    root = tmp_path / "home"
    shutil.copytree(finished.home.root, root, ignore=shutil.ignore_patterns("dagster", "outbox"))
    return Finished(Home(root), "")


def turn_private(folder: Path, call_id: str) -> None:
    """In the export, as Gong would answer from now on."""
    for path in folder.glob("calls-extensive*"):
        packed = path.suffix == ".gz"
        content = gzip.decompress(path.read_bytes()) if packed else path.read_bytes()
        answers = json.loads(content)
        for answer in answers if isinstance(answers, list) else [answers]:
            for call in answer["calls"]:
                if call["metaData"]["id"] == call_id:
                    call["metaData"]["isPrivate"] = True
        content = json.dumps(answers).encode()
        path.write_bytes(gzip.compress(content) if packed else content)


def materialize(chosen: list[dg.AssetsDefinition], cycle: Finished, day: str) -> None:
    root = str(cycle.home.root)
    run = dg.materialize(
        chosen,
        resources={
            "settings": Settings.load(cs_assets_home=root),
            "warehouse": cycle.warehouse,
            "gong": GongSource(settings=Settings.load(cs_assets_home=root)),
            "home": HomeResource(root=root),
            "writer": WriterResource(settings=Settings.load(cs_assets_home=root)),
        },
        partition_key=day,
    )
    assert run.success


def answered(ledger: AiLedger, key: str, call_id: str) -> object:
    """What the ledger knows of a question about this call; asks and settles it when new."""
    quotes = (Quote("q", "words", call_id, "customer"),)
    start, end = dt.date(2026, 11, 9), dt.date(2026, 11, 15)
    sheet = FactSheet("rep", "r", start, end, dt.datetime(2026, 11, 16), (), quotes)
    decision = ledger.reserve(
        key, Purpose("rep_digests", "run", "rep:r", WEEK), provider="claude", model="m",
        prompt_name="coaching/digest", prompt_version="1", estimate=Estimate(Tokens(1, 1), 1),
        sources=sources_of(sheet),
    )  # fmt: skip
    if isinstance(decision, Reserved):
        ledger.settle(decision.call_id, Tokens(1, 1), 1, text="about the words", model="m")
    return decision


def tables_with(cycle: Finished, words: str) -> list[str]:
    """Every table of which a row holds these words."""
    with cycle.warehouse.session("test") as db:
        names = db._connection.execute(
            "SELECT table_schema || '.' || table_name FROM information_schema.tables "
            "WHERE table_type = 'BASE TABLE' AND table_schema != 'source'"
        ).fetchall()
        return [
            name
            for (name,) in names
            if db._connection.execute(
                f"SELECT COUNT(*) FROM {name} t WHERE CONTAINS(to_json(t)::VARCHAR, ?)", [words]
            ).fetchone()[0]
        ]


def files_with(root: Path, words: str) -> list[str]:
    return [
        path.relative_to(root).as_posix()
        for path in root.rglob("*")
        if path.suffix in (".html", ".txt", ".json", ".md")
        and words in path.read_text(errors="replace")
    ]


def test_a_call_turned_private_is_withdrawn_from_all_that_was_made_of_it(copied):
    rep, call_id, quote, day = quoted_in_a_digest(copied)
    ledger = AiLedger(copied.home.ai_ledger, configuration.load().ceilings)
    for key, source in (("about it", call_id), ("about another", "77")):
        assert isinstance(answered(ledger, key, source), Reserved)
    assert tables_with(copied, quote)
    assert files_with(copied.home.artifacts, quote)

    turn_private(copied.home.gong_export, call_id)
    materialize(assets, copied, str(day.date()))

    assert tables_with(copied, quote) == []
    assert files_with(copied.home.artifacts, quote) == []
    assert isinstance(answered(ledger, "about another", "77"), Known)
    assert isinstance(answered(ledger, "about it", call_id), Reserved)
    gate = "SELECT verdict, reasons FROM ops.send_gate WHERE artefact_id = ? AND period_start = ?"
    ((verdict, reasons),) = copied.rows(gate, (rep, WEEK)).itertuples(index=False)
    assert verdict == "hold"
    assert "call_withdrawn" in reasons
    made = "SELECT COUNT(*) AS n FROM ops.artefacts WHERE artefact_id = ? AND period_start = ?"
    assert copied.rows(made, (rep, WEEK)).n[0] == 0

    materialize([rep_digests], copied, WEEK)
    assert copied.rows(made, (rep, WEEK)).n[0] == 1
    assert files_with(copied.home.artifacts, quote) == []
    materialize(assets, copied, str(day.date()))  # what is made anew is not withdrawn again
    assert copied.rows(made, (rep, WEEK)).n[0] == 1


#: What reviews and insights quote of two calls, by facts that say whose the words are.
_IN_REVIEWS = """
    SELECT f.customer_id, f.quote_call_id AS call_id, f.value_text, c.call_date
    FROM analytics.review_facts f
    JOIN gong.stg_gong_calls c ON c.call_id = f.quote_call_id
    WHERE f.week_start = ? AND f.value_text NOT LIKE '%"%'
      AND f.fact_id = 'calls.said.giving_back.words'
    QUALIFY ROW_NUMBER() OVER (PARTITION BY f.customer_id ORDER BY f.position) = 1
    ORDER BY f.customer_id
    LIMIT 2
"""
_AS_OF_OLD = (
    "UPDATE analytics.review_facts SET quote_call_id = NULL WHERE customer_id = ?",
    "UPDATE analytics.weekly_reports "
    "SET sheet = regexp_replace(sheet, '\"call_id\": \"[^\"]*\", ', '', 'g') WHERE customer_id = ?",
    "UPDATE analytics.customer_insights "
    "SET facts = regexp_replace(facts, '\"call_id\": \"[^\"]*\", ', '', 'g') WHERE customer_id = ?",
)


def test_reviews_of_past_weeks_lose_the_words_of_calls_that_turn_private(copied):
    """Also those that an earlier version wrote, which do not say whose words they quote."""
    (old, new) = copied.rows(_IN_REVIEWS, (WEEK,)).itertuples(index=False)
    with copied.warehouse.session("test") as db:
        for statement in _AS_OF_OLD:
            db._connection.execute(statement, [old.customer_id])
    quotes = {one.value_text: one.value_text[1 : one.value_text.index("”")] for one in (old, new)}
    for words in quotes.values():
        assert {"analytics.weekly_reports", "analytics.review_facts"} <= set(
            tables_with(copied, words)
        )
        assert files_with(copied.home.artifacts, words)
    for one in (old, new):
        turn_private(copied.home.gong_export, one.call_id)
        materialize(assets, copied, str(one.call_date.date()))
    spoken = "SELECT COUNT(*) AS n FROM gong.stg_gong_call_transcripts WHERE CONTAINS(sentence, ?)"
    for words in quotes.values():
        assert copied.rows(spoken, (words,)).n[0] == 0, "no other call says it"
        assert tables_with(copied, words) == []
        assert files_with(copied.home.artifacts, words) == []
    kept = "SELECT status, sections FROM analytics.weekly_reports WHERE customer_id = ?"
    for one in (old, new):
        ((status, sections),) = copied.rows(kept, (one.customer_id,)).itertuples(index=False)
        assert status == "written"
        for passage in json.loads(sections).values():
            for fact_id, start, end in passage["claims"]:
                if fact_id == "calls.said.giving_back.words":
                    assert passage["filled"][start:end] == WITHDRAWN
        pdfs = "SELECT COUNT(*) AS n FROM analytics.weekly_report_pdfs WHERE customer_id = ?"
        assert copied.rows(pdfs, (one.customer_id,)).n[0] == 0
