"""Hostile records stop nothing, files and the API agree on them, and archives have a limit."""

import gzip
import json
import os
import re
from pathlib import Path

import httpx
import pytest

import sql
from cs_assets.errors import UsageError
from cs_assets.gong import models
from cs_assets.gong.assets import assets
from resources.gong import export
from resources.gong.answers import NoAnswer, read_answer, read_answers
from resources.gong.client import _retry_after
from resources.gong.export import ExportReader, Window
from tests.faults import bounds
from tests.figures import Tell
from tests.gong.answers import call, transcript

DAY = Window.of_days(bounds.DAY, bounds.DAY)


def test_hostile_records_fail_no_stage_and_both_modes_agree(tell: Tell):
    figures = bounds.hostile_records(records=40, assets=assets)
    for figure in figures:
        tell(figure)
    assert all(figure.passed for figure in figures)


def test_what_an_earlier_version_stored_does_not_fail_a_stage(room):
    """Absurd numbers put straight into the raw tables: they have no value, the rest is staged."""
    room.answers(calls=[call("1"), call("2")], transcripts=[transcript("1"), transcript("2")])
    room.run()
    absurd = call("1", duration=1e30) | {
        "content": {"topics": [{"name": "Price", "duration": 1e300}]},
        "interaction": {"questions": {"companyCount": 2**64 - 1, "nonCompanyCount": -1e308}},
    }
    words = transcript("1")
    words["transcript"][0]["sentences"][0]["start"] = 1e40
    words["transcript"][1]["sentences"][0]["end"] = 2**63
    with room.warehouse.session("test") as db:
        for table, record in (("gong_calls_raw", absurd), ("gong_call_transcripts_raw", words)):
            db._connection.execute(
                f"UPDATE gong.{table} SET payload = ?, content_hash = 'x' WHERE call_id = '1'",
                [json.dumps(record)],
            )
    staged = [
        "stg_gong_calls", "stg_gong_call_topics", "stg_gong_call_participants",
        "stg_gong_call_transcripts",
    ]  # fmt: skip
    assert room.run(only=staged).success
    first, second = room.table("stg_gong_calls", "call_id").to_dict("records")
    assert first["duration_seconds"] is None
    assert first["company_questions"] is None
    assert second["duration_seconds"] == 1800
    sentences = room.table("stg_gong_call_transcripts", "call_id, sentence_index")
    assert list(sentences[sentences.call_id == "1"].sentence) == ["It is too expensive."]
    assert list(sentences[sentences.call_id == "2"].sentence_index) == [0, 1, 2]


def test_blanks_in_a_transcript_cost_nothing(room):
    words = transcript("1", ("", ["Hello."]), ("s2", ["Hi.", "Yes."]))
    words["transcript"].insert(0, None)
    words["transcript"][2]["sentences"][0] = None
    words["transcript"][1]["sentences"].append({"start": 1, "end": 2, "text": None})
    room.answers(calls=[call("1")], transcripts=[words])
    room.run()
    sentences = room.table("stg_gong_call_transcripts", "sentence_index")
    assert list(sentences.sentence) == ["Hello.", "Yes."]
    assert list(sentences.sentence_index) == [0, 1]
    assert list(sentences.speaker_id) == [None, "s2"]
    assert room.table("gong_dead_letters").empty


@pytest.mark.parametrize("shape", ["one answer", "a list of answers"])
def test_one_bad_record_costs_a_file_itself_only(tmp_path, shape):
    good = json.dumps(call("1")), json.dumps(call("2"))
    bad = [
        '{"metaData":{"id":"3","duration":NaN}}',
        '{"metaData":{"id":"4","title":"\\ud800"}}',
        '{"metaData":{"id":"5","x":' + "[" * 5_000 + "]" * 5_000 + "}}",
        '{"metaData":{"id":"6","id":"7"}}',
    ]
    answer = f'{{"requestId":"r","calls":[{",".join([good[0], *bad, good[1]])}]}}'
    text = answer if shape == "one answer" else f'[{answer},{{"calls":[{good[0]}]}}]'
    (tmp_path / "calls-extensive.json.gz").write_bytes(gzip.compress(text.encode()))
    pages = list(ExportReader(tmp_path).calls(DAY))
    assert [record["metaData"]["id"] for page in pages for record in page.records][:2] == ["1", "2"]
    assert len(pages[0].broken) == len(bad)
    assert pages[0].request_id == "r"


def test_a_large_file_is_taken_apart_and_gives_the_same(monkeypatch):
    records = [call(str(number)) for number in range(250)]
    body = json.dumps([{"requestId": "a", "calls": records}, {"calls": records[:3]}]).encode()
    whole = [record for answer in read_answers(body, "calls") for record in answer.records]
    monkeypatch.setattr("resources.gong.answers._PARSED_AT_ONCE", 1_000)
    parts = list(read_answers(body, "calls"))
    assert [record for answer in parts for record in answer.records] == whole
    assert [len(answer.records) for answer in parts] == [100, 100, 50, 3]
    assert [answer.request_id for answer in parts] == ["a", "a", "a", None]


def test_an_archive_that_unpacks_without_end_is_named_in_one_line(tmp_path, monkeypatch):
    monkeypatch.setattr(export, "LARGEST_FILE", 3 * 2**20)
    bomb = tmp_path / "calls-extensive.json.gz"
    with gzip.open(bomb, "wb") as file:
        for _ in range(64):
            file.write(b" " * 2**20)
    read: list[int] = []
    unpack = gzip.GzipFile.read

    def counted(self, size=-1):
        chunk = unpack(self, size)
        read.append(len(chunk))
        return chunk

    monkeypatch.setattr(gzip.GzipFile, "read", counted)
    with pytest.raises(
        UsageError, match=r"calls-extensive\.json\.gz: holds more than 3 MiB"
    ) as told:
        list(ExportReader(tmp_path).calls(DAY))
    assert "\n" not in str(told.value)
    assert sum(read) <= 4 * 2**20


@pytest.mark.parametrize("engine", ["duckdb", "snowflake"])
def test_staging_knows_the_bounds_of_the_border(engine):
    """The numbers in the statements are those that records are held to."""
    said = {
        name: set(map(int, re.findall(r"BETWEEN (-?\d+) AND (?:\d+)", text)))
        | set(map(int, re.findall(r"BETWEEN -?\d+ AND (\d+)", text)))
        for name in ("shred_headers", "shred_topics", "stage_transcripts")
        for text in [sql.text(f"gong/{name}", engine)]
    }
    assert said == {
        "shred_headers": {0, models.LONGEST_SECONDS, models.MOST_QUESTIONS},
        "shred_topics": {0, models.LONGEST_SECONDS},
        "stage_transcripts": {models.EARLIEST_MS, models.LATEST_MS},
    }


def test_a_start_that_cannot_be_is_handed_on_by_files_too(tmp_path):
    starts = ["9999-12-31T23:59:59-14:00", "0001-01-01T00:00:00+14:00", "yesterday", 5, None,
              "2026-10-06T01:00:00Z", "2026-10-05T01:00:00Z"]  # fmt: skip
    body = json.dumps({"calls": [call(str(n), start) for n, start in enumerate(starts)]})
    Path(tmp_path, "calls-extensive.json").write_text(body)
    (page,) = ExportReader(tmp_path).calls(DAY)
    assert [record["metaData"]["id"] for record in page.records] == ["0", "1", "2", "3", "4", "5"]


@pytest.mark.parametrize(
    ("said", "seconds"),
    [
        ("7", 7),
        ("1e400", 172_800),
        ("1e30", 172_800),
        ("nan", 1),
        ("-3", 1),
        ("soon", 1),
        (None, 1),
    ],
)
def test_a_wait_that_cannot_be_is_not_waited_for(said, seconds):
    headers = {} if said is None else {"retry-after": said}
    assert _retry_after(httpx.Response(429, headers=headers)) == seconds


def test_what_surrounds_the_records_has_bounds_too():
    with pytest.raises(NoAnswer, match="cursor is longer than"):
        read_answer(
            json.dumps({"records": {"cursor": "x" * 100_001}, "calls": []}).encode(), "calls"
        )
    answer = read_answer(json.dumps({"requestId": "r" * 5_000, "calls": []}).encode(), "calls")
    assert answer.request_id == "r" * 200


def test_a_body_of_braces_that_never_end_does_not_take_for_ever(monkeypatch):
    """Each record is looked for to the end, so that the work would grow with the square."""
    monkeypatch.setattr("resources.gong.answers._BYTES_LOOKED_THROUGH", 10_000)
    good = b'{"metaData":{"id":"1"}},'
    answer = read_answer(b'{"calls":[' + good + b'{"metaData":' * 2_000, "calls")
    assert [len(answer.records), answer.whole] == [1, False]
    assert len(answer.broken) < 20
    assert "too damaged" in answer.broken[-1].reason


def test_a_pipe_in_the_folder_is_not_waited_for(tmp_path):
    os.mkfifo(tmp_path / "calls-extensive.json")
    with pytest.raises(UsageError, match=r"calls-extensive\.json: is no file"):
        list(ExportReader(tmp_path).calls(DAY))
