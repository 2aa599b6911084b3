"""Bad records go to gong_dead_letters; bad files stop with one clear line."""

import pytest

from cs_assets.errors import UsageError
from tests.gong.answers import call, transcript, user


def test_bad_calls_are_kept_aside_and_the_others_come_in(room):
    start = {"started": "2026-10-06T15:00:00Z"}
    bad = [
        ("text", "record"),
        ({"metaData": None}, "metaData"),
        ({"metaData": start}, "metaData.id"),
        ({"metaData": {"id": 1.5, **start}}, "metaData.id"),
        ({"metaData": {"id": " ", **start}}, "metaData.id"),
        ({"metaData": {"id": "9", "started": "yesterday"}}, "no ISO 8601"),
        ({"metaData": {"id": "9", "started": "2026-10-06T15:00:00"}}, "offset"),
        ({"metaData": {"id": "9", "started": None}}, "metaData.started: missing"),
        ({"metaData": {"id": "9", **start}, "parties": "none"}, "parties"),
        ({"metaData": {"id": "9", **start, "duration": "long"}}, "duration"),
    ]
    room.answers(calls=[call("1"), *[record for record, _ in bad], call("2")])
    run = room.run(checked=True)
    assert run.success
    assert list(room.table("stg_gong_calls", "call_id").call_id) == ["1", "2"]
    letters = room.table("gong_dead_letters")
    assert len(letters) == len(bad)
    for _, reason in bad:
        assert letters.reason.str.contains(reason, regex=False).any(), reason
    assert set(letters.kind) == {"call"}
    assert letters.origin.str.startswith("calls-extensive.json.gz").all()
    checks = {check.check_name: check.passed for check in run.get_asset_check_evaluations()}
    assert not checks["no_dead_letters"]


def test_a_bad_record_read_again_is_one_letter(room):
    room.answers(calls=["text"])
    room.run()
    room.run()
    assert len(room.table("gong_dead_letters")) == 1


def test_bad_transcripts_are_kept_aside(room):
    sentences = [
        {"start": "0", "end": 1, "text": "x"},
        {"start": 0, "end": 1},
        {"start": 0, "end": 1, "text": 5},
    ]
    broken = [transcript(str(n)) for n in range(len(sentences))]
    for record, sentence in zip(broken, sentences, strict=True):
        record["transcript"][0]["sentences"][0] = sentence
    room.answers(
        calls=[call("0"), call("1"), call("2"), call("3")],
        transcripts=[*broken, transcript("3")],
    )
    assert room.run().success
    assert set(room.table("stg_gong_call_transcripts").call_id) == {"3"}
    letters = room.table("gong_dead_letters", "call_id")
    assert list(letters.call_id) == ["0", "1", "2"]
    assert set(letters.kind) == {"transcript"}


def test_a_bad_user_is_kept_aside(room):
    room.answers(users=[user("1", "Ann", "Lee"), {"firstName": "No id"}])
    room.run()
    assert len(room.table("gong_users")) == 1
    assert room.table("gong_dead_letters").kind[0] == "user"


def test_a_call_without_start_is_filed_under_its_scheduled_time(room):
    room.answers(calls=[call("1") | {"metaData": {"id": "1", "scheduled": "2026-10-06T15:00:00Z"}}])
    room.run()
    assert "start_is_scheduled" in room.table("stg_gong_calls").lacks[0]


def test_a_long_raw_copy_is_cut_and_says_so(room):
    room.answers(calls=[{"metaData": {"title": "x" * 200_000}}])
    room.run()
    (letter,) = room.table("gong_dead_letters").itertuples()
    assert len(letter.raw) == 100_000
    assert letter.raw.endswith("[cut]")


@pytest.mark.parametrize(
    ("name", "content", "complaint"),
    [
        ("calls-extensive.json", b'{"calls": [', "line 1, column"),
        ("calls-extensive.json", b"[1, 2]", "expected an object with a list 'calls'"),
        ("calls-extensive.json.gz", b"no gzip", "cannot be read"),
        ("other.json", b"{}", "holds no calls-extensive"),
    ],
)
def test_a_file_that_is_no_answer_is_named(room, name, content, complaint):
    room.export.mkdir()
    (room.export / name).write_bytes(content)
    with pytest.raises(UsageError, match=complaint):
        room.run()
    assert room.table("gong_calls_raw").empty


def test_a_missing_folder_is_named(room):
    with pytest.raises(UsageError, match="does not exist"):
        room.run()
