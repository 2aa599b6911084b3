"""A run with nothing new stages nothing; one with something new stages its days, whatever it is."""

import pandas as pd
import pytest

from tests.gong.answers import call, transcript

_FIRST, _SECOND = "2026-10-05", "2026-10-06"
_STAGED = {"stg_gong_calls", "stg_gong_call_participants", "stg_gong_call_topics"}
_WORDS = {"stg_gong_call_transcripts"}


def _started(day: str) -> str:
    return f"{day}T15:00:00Z"


@pytest.fixture
def made_in_a_run(room):
    """Runs the assets over two days with a call each; which of them made something."""
    room.answers(
        calls=[call("1", _started(_FIRST)), call("2", _started(_SECOND))],
        transcripts=[transcript("1"), transcript("2")],
        users=[],
    )

    def run() -> set[str]:
        found = room.run(_FIRST, _SECOND)
        return {
            event.asset_key.to_user_string()
            for event in found.get_asset_materialization_events()
            if "unchanged" not in event.materialization.metadata
        }

    assert run() >= {*_STAGED, *_WORDS}
    return run


def test_nothing_new_stages_nothing(room, made_in_a_run):
    assert not made_in_a_run() & {*_STAGED, *_WORDS, "vw_enriched_gong_calls"}
    assert len(room.table("vw_enriched_gong_calls")) == 2


@pytest.mark.parametrize(
    ("table", "row"),
    [
        ("source.hubspot_companies", {"company_id": "c1", "company_name": "Acme"}),
        ("source.hubspot_contacts", {"contact_id": "k1", "email": "buyer@acme.example"}),
    ],
)
def test_what_the_crm_says_is_taken_up_and_no_sentence_written(room, made_in_a_run, table, row):
    room.put(table, [row])
    assert made_in_a_run() & {*_STAGED, *_WORDS} == _STAGED
    assert not made_in_a_run() & {*_STAGED, *_WORDS}


def test_another_transcript_stages_sentences_alone(room, made_in_a_run):
    room.put("gong.gong_call_transcripts_raw", [{"call_id": "1", "content_hash": "other"}])
    assert made_in_a_run() & {*_STAGED, *_WORDS} == _WORDS


def test_rows_that_are_gone_from_the_staged_table_come_back(room, made_in_a_run):
    with room.warehouse.session("test") as db:
        db.replace("gong.stg_gong_calls", pd.DataFrame(), {})
    made_in_a_run()
    assert list(room.table("stg_gong_calls").call_id) == ["1", "2"]


def test_a_run_that_died_before_the_end_is_made_good(room, made_in_a_run):
    """The day is not noted as staged until all of it is."""
    room.answers(calls=[call("3", _started(_FIRST))], transcripts=[transcript("3")], users=[])
    room.run(_FIRST, _SECOND, only=["gong_calls_raw", "gong_call_transcripts_raw"])
    assert "3" not in set(room.table("stg_gong_calls").call_id)
    made_in_a_run()
    assert "3" in set(room.table("stg_gong_calls").call_id)
