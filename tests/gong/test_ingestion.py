"""From the API to staged rows, while calls come late, change, turn private and vanish."""

import datetime as dt
import sqlite3

import dagster as dg
import orjson
import pandas as pd
import pytest

from cs_assets.erasure import quoting
from cs_assets.gong import purging
from cs_assets.gong.replaying import replay
from cs_assets.gong.simulator import Clock, Corpus, Fault, Limits, Simulator, serve
from cs_assets.gong.simulator.corpus import SimulatedCall
from resources.gong.source import reader
from resources.settings import Settings
from sql import catalog
from tests.gong.answers import call, transcript, user

DAY = dt.datetime(2026, 10, 6, 9, tzinfo=dt.UTC)
NEVER = dt.datetime(2030, 1, 1, tzinfo=dt.UTC)
ONLY_CALLS = ["gong_calls_raw"]


def simulated(call_id: str, minute: int = 0, **more) -> SimulatedCall:
    record = call(call_id, (DAY + dt.timedelta(minutes=minute)).isoformat())
    return SimulatedCall(record, orjson.dumps(transcript(call_id)), **more)


@pytest.fixture
def gong(room, monkeypatch):
    """A simulated company that the room's assets read."""
    clock = Clock(dt.datetime(2026, 10, 8, tzinfo=dt.UTC), running=False)
    corpus = Corpus(users=[user("900", "Ann", "Lee")])
    simulator = Simulator(corpus, clock=clock, limits=Limits(None, None))
    with serve(simulator) as url:
        monkeypatch.setenv("GONG_BASE_URL", url)
        monkeypatch.setenv("GONG_ACCESS_KEY", "key")
        monkeypatch.setenv("GONG_ACCESS_KEY_SECRET", "secret")
        monkeypatch.setenv("GONG_REQUESTS_PER_SECOND", "100000")
        monkeypatch.setenv("GONG_PATIENCE_SECONDS", "2")
        yield simulator


def test_calls_come_from_the_api_to_staged_rows(room, gong):
    gong.corpus.add_all(simulated(str(n), n) for n in range(150))
    run = room.run(checked=True)
    assert len(room.table("stg_gong_calls")) == 150
    assert len(room.table("stg_gong_call_transcripts")) == 450
    assert room.table("gong_users").full_name[0] == "Ann Lee"
    (day,) = [row for row in room.table("gong_reconciliation").itertuples() if row.known]
    assert (day.known, day.stored, day.staged, day.transcribed, day.missing) == (150,) * 4 + (0,)
    assert all(check.passed for check in run.get_asset_check_evaluations())
    assert room.table("gong_calls_raw").request_id.notna().all()


def test_a_second_read_asks_for_the_calls_pages_only_and_changes_nothing(room, gong, metadata):
    gong.corpus.add_all(simulated(str(n), n) for n in range(150))
    room.run()
    gong.requests.clear()
    again = room.run()
    assert dict(gong.requests) == {"POST /v2/calls/extensive": 2, "GET /v2/users": 1}
    calls = metadata(again, "gong_calls_raw")
    assert (calls["new"], calls["changed"]) == (0, 0)
    assert metadata(again, "gong_call_transcripts_raw")["changed"] == 0
    assert metadata(again, "stg_gong_call_transcripts")["sentences written"] == 0


def test_a_call_that_becomes_visible_late_is_found_by_the_look_back(room, gong):
    gong.corpus.add(simulated("1"))
    gong.corpus.add(simulated("late", 5, visible_at=DAY + dt.timedelta(days=3)))
    room.run()
    assert list(room.table("stg_gong_calls").call_id) == ["1"]
    gong.clock.advance(2 * 86_400)
    room.run()
    assert set(room.table("stg_gong_calls").call_id) == {"1", "late"}


def test_a_transcript_that_comes_late_is_pending_until_it_is_there(room, gong, metadata):
    gong.corpus.add(simulated("1", transcript_at=DAY + dt.timedelta(days=3)))
    first = room.run()
    assert metadata(first, "gong_call_transcripts_raw")["pending"] == 1
    room.run()
    (waiting,) = room.table("gong_pending_transcripts").itertuples()
    assert waiting.attempts == 1  # of one day
    gong.clock.advance(3 * 86_400)
    room.run()
    assert room.table("gong_pending_transcripts").empty
    assert len(room.table("stg_gong_call_transcripts")) == 3


def test_an_overdue_transcript_is_reported(room, gong):
    gong.corpus.add(simulated("1", transcript_at=NEVER))
    room.run()
    day = dt.datetime(2026, 1, 1)
    long_ago = {"call_id": "1", "first_seen_at": day, "asked_at": day}
    room.put("gong.gong_pending_transcripts", [long_ago])
    checks = {
        check.check_name: check for check in room.run(checked=True).get_asset_check_evaluations()
    }
    assert not checks["no_overdue_transcripts"].passed


def test_a_changed_call_is_stored_and_its_transcript_asked_for_again(room, gong, metadata):
    gong.corpus.add_all([simulated("1"), simulated("2", 5)])
    room.run()
    gong.corpus.change("1", title="Renamed")
    gong.requests.clear()
    again = room.run()
    assert metadata(again, "gong_calls_raw")["changed"] == 1
    assert metadata(again, "gong_call_transcripts_raw")["asked_for"] == 1
    assert metadata(again, "gong_call_transcripts_raw")["changed"] == 0
    assert set(room.table("stg_gong_calls").title) == {"Renamed", "Acme product demo"}
    assert gong.requests["POST /v2/calls/transcript"] == 1
    gong.requests.clear()
    room.run()
    assert gong.requests["POST /v2/calls/transcript"] == 0


def made_elsewhere(room, call_id: str) -> None:
    """What other rooms make from a call's words."""
    stamp = dt.datetime(2026, 10, 8)
    summary = {
        "call_id": call_id,
        "call_date": stamp.date(),
        "summary": "They talked.",
        "model": "rules",
        "text_hash": "h",
    }
    room.put("analytics.call_summaries", [summary])
    room.put(
        "gong.gong_dead_letters",
        [{"dead_letter_id": "x", "kind": "transcript", "origin": "o", "reason": "r",
          "raw": "words", "call_id": call_id, "seen_at": stamp}],
    )  # fmt: skip


@pytest.mark.parametrize("how", ["vanishes", "turns private"])
def test_what_was_made_from_a_call_that_is_gone_is_purged(room, gong, how):
    gong.corpus.add_all([simulated("1"), simulated("2", 5)])
    room.run()
    made_elsewhere(room, "1")
    if how == "vanishes":
        gong.corpus.remove("1")
    else:
        gong.corpus.change("1", isPrivate=True)
    run = room.run(checked=True)
    assert set(room.table("stg_gong_call_transcripts").call_id) == {"2"}
    assert set(room.table("gong_call_transcripts_raw").call_id) == {"2"}
    assert room.table("gong_dead_letters").empty
    with room.warehouse.session("test") as db:
        assert db._connection.execute("SELECT * FROM analytics.call_summaries").fetchall() == []
    staged = room.table("stg_gong_calls").set_index("call_id")
    assert ("1" in staged.index) == (how == "turns private")
    raw = room.table("gong_calls_raw").set_index("call_id").loc["1"]
    assert "Acme" not in raw.payload
    assert raw.is_deleted == (how == "vanishes")
    (purge,) = room.table("gong_purges").itertuples()
    assert (purge.call_id, purge.reason) == ("1", how.split()[-1].replace("vanishes", "vanished"))
    assert all(check.passed for check in run.get_asset_check_evaluations())


def balance(room) -> dict[str, int]:
    (day,) = [row for row in room.table("gong_reconciliation").itertuples() if row.known]
    names = ("known", "stored", "dead_lettered", "vanished", "missing")
    return {name: getattr(day, name) for name in names}


def test_a_stored_call_that_cannot_be_read_any_more_has_not_vanished(room, gong, metadata):
    gong.corpus.add_all([simulated("1"), simulated("2", 5)])
    room.run()
    gong.corpus.change("1", duration="abc")
    for _ in range(2):  # the second read meets the same letter
        run = room.run(checked=True)
        assert metadata(run, "gong_calls_raw")["vanished"] == 0
        assert not room.table("gong_calls_raw").is_deleted.any()
        assert set(room.table("stg_gong_call_transcripts").call_id) == {"1", "2"}
        assert room.table("gong_purges").empty
        assert balance(room) == {
            "known": 2, "stored": 2, "dead_lettered": 1, "vanished": 0, "missing": 0,
        }  # fmt: skip
        failed = {c.check_name for c in run.get_asset_check_evaluations() if not c.passed}
        assert failed == {"no_dead_letters"}
    (letter,) = room.table("gong_dead_letters").itertuples()
    assert (letter.call_id, "Acme" in letter.raw) == ("1", True)
    gong.corpus.change("1", duration=300)
    room.run()
    (letter,) = room.table("gong_dead_letters").itertuples()
    assert (letter.raw, pd.isna(letter.resolved_at)) == ("", False)


def test_a_call_never_stored_that_cannot_be_read_is_known_once(room, gong):
    gong.corpus.add_all([simulated("1"), simulated("2", 5)])
    gong.corpus.change("1", duration="abc")
    room.run()
    gong.corpus.change("1", duration="def")
    room.run()
    assert len(room.table("gong_dead_letters")) == 2
    assert balance(room) == {
        "known": 2, "stored": 1, "dead_lettered": 1, "vanished": 0, "missing": 0,
    }  # fmt: skip


def test_a_call_that_is_private_by_a_record_that_cannot_be_read_loses_its_words(room, gong):
    gong.corpus.add_all([simulated("1"), simulated("2", 5)])
    room.run()
    gong.corpus.change("1", duration="abc", isPrivate=True)
    room.run()
    assert set(room.table("stg_gong_call_transcripts").call_id) == {"2"}
    raw = room.table("gong_calls_raw").set_index("call_id").loc["1"]
    assert (raw.is_private, raw.is_deleted, "Acme" in raw.payload) == (True, False, False)
    (letter,) = room.table("gong_dead_letters").itertuples()
    assert "Acme" not in letter.raw
    assert balance(room)["missing"] == 0


def test_a_letter_whose_call_comes_back_private_is_taken_up(room, gong):
    gong.corpus.add_all([simulated("1"), simulated("2", 5)])
    room.run()
    gong.corpus.change("1", duration="abc")
    room.run()
    gong.corpus.change("1", duration=300, isPrivate=True)
    source = reader(Settings.load(), room.warehouse)
    with room.warehouse.session("test") as db:
        outcome = replay(db, source.calls_by_id, source.transcripts, dt.datetime.now(), "retry")
    assert (outcome.waiting, outcome.settled) == (1, 1)
    assert room.table("gong_calls_raw").set_index("call_id").loc["1"].is_private
    assert room.table("gong_dead_letters").empty


def test_every_table_that_names_a_call_is_purged():
    """A room that declares a quote of a call has to say here how it is taken out."""
    named = {
        (table.full_name, column)
        for table in catalog.tables().values()
        for column in table.column_names
        if table.schema in ("analytics", "gong") and column.endswith("_call_id")
    }
    losing = {(place.table, place.sheet) for place in quoting.PLACES}
    assert named == set(purging.QUOTES) | (named & losing)
    assert {"analytics.call_analysis", "analytics.transcript_embeddings"} <= set(
        purging.tables_of_calls()
    )


def test_quotes_are_taken_out_of_rows_that_stay(warehouse):
    moment = dt.datetime(2026, 10, 8)
    week = {"rep_user_id": "900", "week_start": DAY.date()}
    quoted = {"quote": "too expensive", "quote_call_id": "1", "quote_start_ms": 5}
    zeros = dict.fromkeys(
        ["scored_calls", "calls", "calls_week", "accounts", "calls_no_account", "resolved",
         "open_calls", "share_low", "share_high"], 1)  # fmt: skip
    flags = {"is_brush_off": False, "is_recurring": False, "outcomes": "{}"}
    rows = [
        {**week, **zeros, **flags, **quoted, "objection_type": "price"},
        {**week, **zeros, **flags, **quoted, "objection_type": "time", "quote_call_id": "2"},
    ]
    with warehouse.session() as db:
        db.merge("analytics.rep_week_objections", pd.DataFrame(rows))
        purging.purge(db, ["1"], "private", moment, "run")
        found = db._connection.execute(
            "SELECT objection_type, quote, quote_call_id, calls "
            "FROM analytics.rep_week_objections ORDER BY ALL"
        ).fetchall()
    assert found == [("price", None, None, 1), ("time", "too expensive", "2", 1)]


def test_a_vanished_call_that_comes_back_is_there_again(room, gong):
    gong.corpus.add(simulated("1"))
    room.run()
    gong.corpus.remove("1")
    room.run()
    assert room.table("stg_gong_calls").empty
    gong.corpus.add(simulated("1"))
    room.run()
    assert len(room.table("stg_gong_call_transcripts")) == 3


def test_most_calls_gone_at_once_is_taken_for_a_fault(room, gong):
    gong.corpus.add_all(simulated(str(n), n) for n in range(40))
    room.run()
    for n in range(39):
        gong.corpus.remove(str(n))
    run = room.run(checked=True)
    assert len(room.table("stg_gong_calls")) == 40
    checks = {check.check_name: check.passed for check in run.get_asset_check_evaluations()}
    assert not checks["days_balance"]


def test_a_call_that_moved_out_of_its_day_is_found_by_id(room, gong):
    gong.corpus.add(simulated("1"))
    room.run()
    gong.corpus.change("1", started="2026-11-02T10:00:00Z", scheduled="2026-11-02T10:00:00Z")
    room.run()
    (row,) = room.table("gong_calls_raw").itertuples()
    assert str(row.call_date)[:10] == "2026-11-02"
    assert not row.is_deleted
    assert room.table("gong_purges").empty


def test_a_first_run_that_finds_nothing_warns(room, gong):
    run = room.run(checked=True)
    assert run.success
    checks = {check.check_name: check.passed for check in run.get_asset_check_evaluations()}
    assert not checks["some_calls"]


def test_a_used_up_quota_keeps_what_was_read_and_the_next_run_goes_on(room, gong):
    gong.corpus.add_all(simulated(f"{n:04}", n) for n in range(450))
    gong.corpus.change("0007", duration="abc")  # before the cut
    gong.corpus.change("0440", duration="abc")  # after it
    gong.faults.plan(3, Fault("too_many", 3600))
    with pytest.raises(dg.Failure, match="rate limited, resume at"):
        room.run(only=ONLY_CALLS)
    assert len(room.table("gong_calls_raw")) == 299
    assert len(room.table("gong_progress")) == 1
    quota = sqlite3.connect(room.home.root / "gong_quota.sqlite")
    quota.execute("UPDATE bucket SET blocked_until = 0, next_slot = 0")
    quota.commit()
    gong.requests.clear()
    run = room.run(only=ONLY_CALLS)
    assert run.success
    assert len(room.table("gong_calls_raw")) == 448
    assert len(room.table("gong_dead_letters")) == 2
    assert gong.requests["POST /v2/calls/extensive"] == 2
    assert room.table("gong_progress").empty
    assert room.table("gong_day_reads").known.sum() == 450


def test_a_missing_scope_for_transcripts_leaves_the_calls(room, gong):
    gong.corpus.add(simulated("1"))
    gong.gate.scopes -= {"api:calls:read:transcript"}
    run = room.run(strict=False)
    assert not run.success
    assert room.table("gong_call_transcripts_raw").empty
    assert len(room.table("stg_gong_calls")) == 1
    (failure,) = [event for event in run.all_events if event.is_step_failure]
    assert failure.step_key == "gong_call_transcripts_raw"
    assert "api:calls:read:transcript" in str(failure.event_specific_data.error)


def test_the_delay_from_visible_to_staged_is_known_at_most(room, gong):
    gong.corpus.add(simulated("1"))
    room.run()
    (first,) = room.table("gong_call_freshness").itertuples()
    assert first.previous_read_at is None
    gong.corpus.add(simulated("2", 30))
    room.run()
    second = room.table("gong_call_freshness", "call_id").set_index("call_id").loc["2"]
    assert second.previous_read_at < second.first_seen_at < second.staged_at
