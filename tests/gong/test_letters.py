"""Records that could not be read go with their call, and in any case after some time."""

import datetime as dt

import pytest

from cs_assets.erasure.spoken import Spoken
from cs_assets.erasure.subject import Known, Subject
from cs_assets.gong.dead_letters import KEPT_FOR
from cs_assets.gong.kept_answers import KeptAnswers
from cs_assets.gong.parse_pages import Intake, take_calls, take_transcripts
from cs_assets.gong.store_calls import begin
from cs_assets.gong.store_kept import store_kept_calls
from resources.erasure.databases import scrub
from resources.gong.pages import Page
from tests.gong.answers import call, transcript
from tests.gong.test_ingestion import DAY, gong, simulated  # noqa: F401

NOW = dt.datetime.now(dt.UTC).replace(tzinfo=None)
WORDS = "Acme"


def letter(letter_id: str, raw: str, seen_at: dt.datetime = NOW, **more) -> dict:
    return {"dead_letter_id": letter_id, "kind": "call", "origin": "o", "reason": "r", "raw": raw,
            "seen_at": seen_at, **more}  # fmt: skip


def left(room) -> list[str]:
    return list(room.table("gong_dead_letters", "dead_letter_id").dead_letter_id)


def test_a_call_that_was_never_stored_takes_its_letter_along_when_it_vanishes(room, gong):  # noqa: F811
    gong.corpus.add_all([simulated("1"), simulated("2", 5)])
    gong.corpus.change("1", duration="abc")
    room.run()
    assert len(left(room)) == 1
    gong.corpus.remove("1")
    run = room.run(checked=True)
    assert left(room) == []
    assert all(check.passed for check in run.get_asset_check_evaluations())


@pytest.mark.parametrize("form", ["that can be read", "that cannot"])
def test_a_call_that_was_never_stored_loses_its_words_when_it_turns_private(room, gong, form):  # noqa: F811
    gong.corpus.add_all([simulated("70001"), simulated("2", 5)])
    gong.corpus.change("70001", duration="abc")
    room.run()
    nameless = letter("a", f'{{"about": "{WORDS}", "url": "x?id=70001"}}')
    room.put("gong.gong_dead_letters", [nameless])
    gong.corpus.change("70001", isPrivate=True, duration=9 if form == "that can be read" else "abc")
    room.run()
    assert not room.table("gong_dead_letters").raw.str.contains(WORDS).any()


@pytest.mark.parametrize("how", ["vanishes", "turns private"])
def test_a_letter_that_names_the_call_goes_with_it_and_one_that_does_not_stays(room, gong, how):  # noqa: F811
    gong.corpus.add_all([simulated("70001"), simulated("2", 5)])
    room.run()
    room.put("gong.gong_dead_letters", [
        letter("a", '{"x": "https://gong.example/call?id=70001"'), letter("b", '{"id": "700011"'),
    ])  # fmt: skip
    dispute = {"dispute_id": "d", "step": "raised", "call_id": "70001", "call_date": DAY.date(),
               "rep_user_id": "900", "focus_id": "f", "share": 0.5, "is_missing": False,
               "reason": "the buyer said yes", "person": "p", "rubric_version": "1", "model": "m",
               "done_at": NOW}  # fmt: skip
    room.put("ops.score_disputes", [dispute, {**dispute, "dispute_id": "e", "call_id": "2"}])
    if how == "vanishes":
        gong.corpus.remove("70001")
    else:
        gong.corpus.change("70001", isPrivate=True)
    room.run()
    assert left(room) == ["b"]
    with room.warehouse.session("test") as db:
        disputes = db._connection.execute("SELECT dispute_id FROM ops.score_disputes").fetchall()
    assert disputes == [("e",)]


def test_what_waits_too_long_is_deleted(room, gong):  # noqa: F811
    gong.corpus.add(simulated("1"))
    day = dt.timedelta(days=1)
    room.put("gong.gong_dead_letters", [
        letter("old", "{", NOW - KEPT_FOR - day), letter("young", "{", NOW - KEPT_FOR + day),
        letter("old user", "{", NOW - KEPT_FOR - day, kind="user"),
    ])  # fmt: skip
    room.run()
    assert left(room) == ["young"]


def test_a_record_of_an_erased_call_is_not_kept(room, gong):  # noqa: F811
    gong.corpus.add_all([simulated("1"), simulated("2", 5)])
    gong.corpus.change("1", duration="abc")
    room.put("gong.gong_purges", [
        {"call_id": "1", "reason": "erased", "purged_at": NOW, "run_id": "erase"}
    ])  # fmt: skip
    room.run()
    assert left(room) == []


def page(record) -> Page:
    return Page(records=[record], broken=[], origin="test", fetched_at=NOW, request_id="r")


def unreadable_words(call_id: str) -> Intake:
    record = transcript(call_id)
    record["transcript"][0]["sentences"][0]["text"] = 5
    return take_transcripts([page(record)])


@pytest.mark.parametrize("duration", [9, "abc"])
def test_what_is_kept_while_away_loses_the_letters_of_a_call_that_turns_private(tmp_path, duration):
    kept = KeptAnswers(tmp_path / "kept.sqlite")
    for call_id in ("70001", "70002"):
        kept.keep_transcripts(unreadable_words(call_id), {})
    kept.keep_calls(take_calls([page(call("70001", isPrivate=True, duration=duration))]))
    letters = [letter for intake, _ in kept.calls(DAY.date(), DAY.date()) for letter in intake.dead]
    assert {one.call_id for one in letters if "sentences" in one.raw} == {"70002"}


def test_what_is_kept_while_away_goes_with_an_erased_call(tmp_path):
    kept = KeptAnswers(tmp_path / "kept.sqlite")
    for call_id in ("7000123", "7000124"):
        kept.keep_transcripts(unreadable_words(call_id), {})
    who = Subject("person", "Nobody Here", (Known("contact", "003199", "Nobody Here", None, None),))
    scrub(
        tmp_path / "kept.sqlite", who, Spoken(frozenset({"7000123"}), frozenset()), carry_out=True
    )
    letters = [letter for intake, _ in kept.calls(DAY.date(), DAY.date()) for letter in intake.dead]
    assert [one.call_id for one in letters] == ["7000124"]


def test_a_kept_letter_of_a_call_that_is_private_by_now_is_not_stored(room, gong, tmp_path):  # noqa: F811
    gong.corpus.add_all([simulated("70001"), simulated("70002", 5)])
    gong.corpus.change("70001", isPrivate=True)
    room.run()
    kept = KeptAnswers(tmp_path / "kept.sqlite")
    for call_id in ("70001", "70002"):
        kept.keep_transcripts(unreadable_words(call_id), {})
    with room.warehouse.session("test") as db:
        store_kept_calls(db, begin(db, DAY.date(), DAY.date(), "run", NOW), kept)
    assert list(room.table("gong_dead_letters").call_id) == ["70002"]
