"""Which digests are taken back with a call, and when a purge counts as carried out."""

import datetime as dt
import json

import pandas as pd
import pytest

from cs_assets.gong import purging, withdrawing

NOW = dt.datetime(2026, 11, 16, 9)
MONDAY = dt.date(2026, 11, 9)
COUNTS = {"calls_week": 1, "calls_window": 1, "skipped_window": 0}


def digest(rep: str, *call_ids: str) -> dict[str, object]:
    sheet = json.dumps({"quotes": [{"source_id": call_id} for call_id in call_ids]})
    paths = {"html_path": f"{rep}.html", "text_path": f"{rep}.md", "facts_path": f"{rep}.json"}
    return {"rep_user_id": rep, "week_start": MONDAY, "status": "written", "sheet": sheet,
            **COUNTS, **paths}  # fmt: skip


def raw_call(call_id: str, **flags: bool) -> dict[str, object]:
    return {"call_id": call_id, "call_date": MONDAY, "started": NOW, "payload": "{}",
            "content_hash": "h", "fetched_at": NOW, "is_private": False, "is_deleted": False,
            **flags}  # fmt: skip


@pytest.fixture
def db(warehouse):
    with warehouse.session("test") as session:
        calls = [raw_call("1", is_private=True), raw_call("2", is_deleted=True), raw_call("3")]
        session.append("gong.gong_calls_raw", pd.DataFrame(calls))
        digests = [digest("a", "1", "3"), digest("b", "11", "x1"), digest("c", "2")]
        session.append("analytics.rep_digests", pd.DataFrame(digests))
        yield session


def reps(db) -> list[str]:
    found = db._connection.execute("SELECT rep_user_id FROM analytics.rep_digests ORDER BY ALL")
    return [rep for (rep,) in found.fetchall()]


def test_a_digest_goes_with_the_call_it_quotes_and_no_other(db):
    purging.purge(db, ["1"], "private", NOW, "run")
    due = withdrawing.due(db, NOW)
    assert [document.artefact_id for document in due.documents] == ["a"]
    assert withdrawing.paths_of(due.documents) == ["a.html", "a.json", "a.md"]
    assert due.spoken.names_one("https://app.gong.example/call?id=1")
    assert not due.spoken.names_one("https://app.gong.example/call?id=11")
    withdrawing.withdraw(db, due, NOW)
    assert reps(db) == ["b", "c"]
    gate = db._connection.execute("SELECT artefact_id, verdict FROM ops.send_gate").fetchall()
    assert gate == [("a", "hold")]


def test_a_purge_stays_due_until_it_was_carried_out_and_two_days_more(db):
    purging.purge(db, ["2"], "vanished", NOW, "run")
    late = NOW + dt.timedelta(days=30)
    assert withdrawing.due(db, late).spoken.call_ids == {"2"}
    withdrawing.withdraw(db, withdrawing.due(db, late), late)
    assert withdrawing.due(db, late) == withdrawing.Withdrawals((), ())
    assert withdrawing.due(db, NOW + dt.timedelta(days=1)).spoken.call_ids == {"2"}


def test_a_call_that_came_back_is_left_alone(db):
    purging.purge(db, ["3"], "private", NOW, "run")
    assert withdrawing.due(db, NOW) == withdrawing.Withdrawals((), ())
    withdrawing.withdraw(db, withdrawing.due(db, NOW), NOW)
    assert reps(db) == ["a", "b", "c"]
