"""A broken body costs its broken records only."""

import json

import pytest

from resources.gong.answers import NoAnswer, read_answer

GOOD = [{"metaData": {"id": str(n), "title": 'a "quoted" {title]'}} for n in range(4)]
ENVELOPE = {"requestId": "r", "records": {"totalRecords": 9, "cursor": "next"}}


def page(*items: str) -> bytes:
    head = json.dumps(ENVELOPE)[:-1]
    return f'{head}, "calls": [{", ".join(items)}]}}'.encode()


def texts() -> list[str]:
    return [json.dumps(record) for record in GOOD]


def test_a_good_body_is_one_parse():
    answer = read_answer(page(*texts()), "calls")
    assert list(answer.records) == GOOD
    assert (answer.cursor, answer.total, answer.request_id) == ("next", 9, "r")
    assert answer.whole
    assert not answer.broken


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        ('{"metaData": {"id": "x", "duration": NaN}}', "not JSON"),
        ('{"metaData": {"id": "x", "id": "y"}}', "twice"),
        ('{"metaData": {"id": "x"}, }', "not JSON"),
        ('{"metaData": {"id": "x"', "not JSON"),  # swallows its successors but for the resumption
        ('{"metaData": {"id": x"}}', "not JSON"),
        ('{"metaData": {"id": "\\ud800"}}', "not JSON"),
        ('{"metaData": ' + "[" * 2000 + "]" * 2000 + "}", "not JSON"),
    ],
)
@pytest.mark.parametrize("place", [0, 2, 4])
def test_one_bad_record_leaves_the_others(bad, reason, place):
    items = texts()
    items.insert(place, bad)
    answer = read_answer(page(*items), "calls")
    kept = list(answer.records)
    assert [record for record in GOOD if record not in kept] == []
    assert len(answer.broken) == 1
    assert reason in answer.broken[0].reason
    assert answer.broken[0].raw.startswith(bad[:20])


def test_bytes_of_another_encoding_cost_their_record():
    items = page(*texts(), '{"metaData": {"id": "x", "title": "@@"}}').replace(b"@@", b"\xe9\xff")
    answer = read_answer(items, "calls")
    assert list(answer.records) == GOOD
    assert "\\xe9\\xff" in answer.broken[0].raw
    assert answer.whole
    assert answer.cursor == "next"


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-32"])
def test_a_byte_order_mark_or_a_wider_encoding_is_read(encoding):
    answer = read_answer(page(*texts()).decode().encode(encoding), "calls")
    assert list(answer.records) == GOOD


def test_a_cut_body_keeps_what_came_and_says_that_it_is_not_whole():
    body = page(*texts())
    for size in range(body.index(b"[") + 1, len(body) - 2):
        answer = read_answer(body[:size], "calls")
        assert not answer.whole
        complete = [record for record in GOOD if json.dumps(record).encode() in body[:size]]
        assert list(answer.records) == complete


@pytest.mark.parametrize("body", [b"", b"<html></html>", b"[]", b'"x"', b'{"calls": 5}', b"{"])
def test_what_is_no_answer_is_refused(body):
    with pytest.raises(NoAnswer):
        read_answer(body, "calls")
