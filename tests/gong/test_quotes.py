"""Words of a call that goes are in no row that quoted it; what else the row says stays."""

import html
import json
import sqlite3
from email.message import EmailMessage

import pytest

from cs_assets.erasure import quoting
from cs_assets.erasure.spoken import WITHDRAWN, Spoken, prints
from cs_assets.gong import purging, withdrawing
from resources.erasure import event_logs, quoting_files
from resources.home import Home
from sql import catalog, personal_data
from tests.gong import quoting_rows
from tests.gong.quoting_rows import BOTH, GOES, NOW, SAID, STAYS, read


@pytest.fixture
def db(warehouse):
    with warehouse.session("test") as session:
        quoting_rows.put(session)
        yield session


def carried_out(db) -> int:
    purging.purge(db, [GOES], "private", NOW, "run")
    return withdrawing.withdraw(db, withdrawing.due(db, NOW), NOW)


def test_no_word_is_left_and_the_rows_stay(db):
    before = {table: len(read(db, table)) for table in quoting_rows.rows()}
    assert quoting_rows.left(db)
    assert carried_out(db)
    assert quoting_rows.left(db) == []
    after = {table: len(read(db, table)) for table in quoting_rows.rows()}
    assert after == before | {"gong.gong_call_transcripts_raw": 0}
    purge = read(db, "gong.gong_purges").iloc[0]
    assert purge.prints is None
    assert withdrawing.withdraw(db, withdrawing.due(db, NOW), NOW) == 0


def test_a_text_stays_with_its_figures_where_they_stood(db):
    carried_out(db)
    reports = read(db, "analytics.weekly_reports").set_index("customer_id")
    for customer in ("old", "new"):
        section = json.loads(reports.sections[customer])["performance"]
        shown = [section["filled"][start:end] for _, start, end in section["claims"]]
        assert shown == ["12", WITHDRAWN, "3"]
        assert section["filled"] in reports.full_report[customer]
        assert json.loads(reports["sheet"][customer])["facts"][0]["value"] == WITHDRAWN
    facts = read(db, "analytics.review_facts").set_index("customer_id").value_text
    assert dict(facts[["old", "new", "model"]]) == dict.fromkeys(["old", "new", "model"], WITHDRAWN)


def test_what_a_model_wrote_of_the_words_goes_as_a_whole(db):
    carried_out(db)
    report = read(db, "analytics.weekly_reports").set_index("customer_id").loc["model"]
    assert report.full_report == f"Title\n\n{WITHDRAWN}\n\nEnd"
    insight = read(db, "analytics.customer_insights").set_index("customer_id").loc["model"]
    assert (insight.summary, insight.summary_slotted) == (WITHDRAWN, None)


def test_the_same_words_of_a_call_that_stays_stay(db):
    before = [read(db, table) for table in quoting_rows.rows()]
    carried_out(db)
    for table, rows in zip(quoting_rows.rows(), before, strict=True):
        if "customer_id" in rows and table.startswith("analytics."):
            of_other = rows[rows.customer_id == "other"]
            now = read(db, table)
            assert now[now.customer_id == "other"].equals(of_other), table
    drafts = read(db, "ops.desk_drafts").set_index("owner").draft
    assert drafts["eve"] is not None
    assert drafts[["ann", "ben"]].isna().all()
    assert "I called them" in list(read(db, "ops.customer_actions").note)


def test_a_quiet_week_after_a_purge_asks_little_and_writes_nothing(db, monkeypatch):
    carried_out(db)
    later = withdrawing.due(db, NOW)
    assert later.spoken.call_ids == {GOES}
    asked = []
    query = db.query
    monkeypatch.setattr(db, "query", lambda name, *given: asked.append(name) or query(name, *given))
    assert withdrawing.withdraw(db, later, NOW) == 0
    assert len(asked) == 3


def test_what_another_call_said_on_another_day_is_not_taken_for_its_words():
    spoken = Spoken(frozenset([GOES]), frozenset(prints(SAID)), frozenset([quoting_rows.DAY]))
    assert spoken.quoted_in(f"“{SAID[2]}” (10 November)")
    assert spoken.quoted_in(f"“{SAID[2]}” (Director, in a call of 10 November 2026)")
    assert spoken.quoted_in(f"“{SAID[2]}”; no more")
    assert not spoken.quoted_in(f"“{SAID[2]}” (4 November)")
    assert not spoken.quoted_in(f"“{SAID[2]}” (Director, in a call of 4 November 2026)")


def test_files_that_quote_or_name_the_call_go_in_all_their_forms(tmp_path):
    spoken = Spoken(frozenset([GOES]), frozenset(prints(SAID)))
    contents = {
        "artifacts/reports/w/a.html": f"<p>“{html.escape(SAID[1])}”</p>",
        "artifacts/reports/w/a.pdf": "%PDF",
        "artifacts/reports/w/b.facts.json": f'{{"call_id": "{GOES}"}}',
        "artifacts/reports/w/b.pdf": "%PDF",
        "artifacts/books/c.txt": f"“{BOTH}” and {STAYS} {GOES}1",
        "artifacts/site/d.json": json.dumps({"t": f"“{SAID[2]}”"}),
        "outbox/e.eml": _mail(f"They said “{SAID[0][:159]}…”"),
        "outbox/f.eml": _mail("We wrote."),
    }  # fmt: skip
    for name, text in contents.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    found = quoting_files.documents(Home(tmp_path), spoken, NOW.replace(year=2020))
    assert [path.rpartition("/")[2] for path in found] == [
        "a.html", "a.pdf", "b.facts.json", "b.pdf", "d.json", "e.eml",
    ]  # fmt: skip


def test_previews_in_dagsters_log_are_emptied_where_they_hold_words(tmp_path):
    spoken = Spoken(frozenset([GOES]), frozenset(prints(SAID)))
    shown = [f"**{GOES}** wants to go", f"| call | {SAID[1]} |", f"| 1 | {BOTH} |", "a figure"]
    path = tmp_path / "history" / "runs" / "r.db"
    path.parent.mkdir(parents=True)
    with sqlite3.connect(path) as db:
        db.execute("CREATE TABLE event_logs (id INTEGER PRIMARY KEY, event TEXT)")
        for number, text in enumerate(shown):
            event = json.dumps({"e": [{"label": "preview", "entry_data": {"md_str": text}}]})
            db.execute("INSERT INTO event_logs VALUES (?, ?)", (number, event))
    assert event_logs.withdraw(tmp_path, spoken, NOW.replace(year=2100)) == 0
    assert event_logs.withdraw(tmp_path, spoken, NOW.replace(year=2020)) == 2
    with sqlite3.connect(path) as db:
        events = [json.loads(one) for (one,) in db.execute("SELECT event FROM event_logs")]
    left = [one["e"][0]["entry_data"]["md_str"] for one in events]
    assert left == [WITHDRAWN, WITHDRAWN, *shown[2:]]
    assert b"nothing else it is" not in path.read_bytes()


def _mail(text: str) -> str:
    message = EmailMessage()
    message.set_content(text)
    return message.as_string()


def test_every_table_that_may_hold_words_is_declared():
    """Whoever adds a column with words says here how they go with their call."""
    words = {
        table.full_name
        for table in catalog.tables().values()
        if table.schema != "source" and personal_data.holds(table.full_name, "words")
    }
    with_the_call = set(purging.tables_of_calls()) | {"gong.gong_calls_raw"}
    documents = {table for table, _ in withdrawing.DOCUMENTS.values()}
    losing = {place.table for place in quoting.PLACES}
    homes = (with_the_call, documents, losing, set(withdrawing.NO_CALL))
    assert words - set().union(*homes) == set()
    assert sum(map(len, homes)) == len(set().union(*homes)), "one way for each"
    for place in quoting.PLACES:
        told = set(personal_data.columns_of(place.table, "words"))
        assert told == set(place.texts) - {"about"}, place.table
    sheets = {t.full_name for t in catalog.tables().values() if "sheet" in t.column_names}
    assert sheets <= documents | losing
