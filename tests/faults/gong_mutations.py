"""Answers of Gong with faults put in where it hurts, each with the verdict known beforehand.

A mutation is either *harmless* (the record must come in) or *fatal* (it must be kept
aside). Texts, not objects, are mutated last, so that what no JSON writer makes occurs.
"""

import copy
import json
import random
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

Record = dict[str, Any]


def good_call(number: int, rng: random.Random) -> Record:
    """A call with all parts that are read, in the recorded shape."""
    offset = rng.choice(["Z", "-07:00", "+05:30"])
    fraction = rng.choice(["", ".123", ".123456"])
    return {
        "metaData": {
            "id": f"{10**19 + number}",
            "url": "https://app.gong.example/call",
            "title": f"mark-{number} demo \"quoted\" {{brace]",
            "scheduled": f"2026-10-06T10:00:00{fraction}{offset}",
            "started": f"2026-10-06T10:00:{number % 60:02}{fraction}{offset}",
            "duration": 1800,
            "primaryUserId": "900",
            "direction": "Conference",
            "scope": "External",
            "language": "eng",
            "isPrivate": False,
            "sdrDisposition": None,
        },
        "context": [{"system": "HubSpot", "objects": [
            {"objectType": "Opportunity", "objectId": "1", "timing": "Now",
             "fields": [{"name": "Amount", "value": rng.choice([1, "2", None, [3], {"v": 4}])}]}]}],
        "parties": [
            {"id": "1", "speakerId": "s1", "userId": "900", "affiliation": "Internal"},
            {"id": "2", "speakerId": None, "name": "Zoë ☃", "affiliation": "External"},
        ],
        "content": {"topics": [{"name": "Pricing", "duration": 12}], "brief": "mark"},
        "interaction": {"interactionStats": [{"name": "Talk Ratio", "value": 0.5}]},
    }  # fmt: skip


def good_transcript(number: int, rng: random.Random) -> Record:
    """A transcript in the recorded shape."""
    return {
        "callId": f"{10**19 + number}",
        "transcript": [
            {"speakerId": rng.choice(["s1", None]), "topic": None, "sentences": [
                {"start": n * 1000, "end": n * 1000 + 900, "text": f"mark-{number} says {n}."}
                for n in range(rng.randrange(1, 5))]}
            for _ in range(rng.randrange(1, 4))
        ],
    }  # fmt: skip


@dataclass(frozen=True)
class Mutation:
    """``change`` works on the record, ``spoil`` on its JSON text."""

    name: str
    fatal: bool
    change: Callable[[Record, random.Random], Any] | None = None
    spoil: Callable[[bytes, random.Random], bytes] | None = None


def _set(*path: Any, value: Any) -> Callable[[Record, random.Random], Record]:
    def change(record: Record, rng: random.Random) -> Record:
        place: Any = record
        for key in path[:-1]:
            place = place[key]
        place[path[-1]] = value() if callable(value) else value
        return record

    return change


def _drop(*path: Any) -> Callable[[Record, random.Random], Record]:
    def change(record: Record, rng: random.Random) -> Record:
        place: Any = record
        for key in path[:-1]:
            place = place[key]
        del place[path[-1]]
        return record

    return change


def _instead(value: Any) -> Callable[[Record, random.Random], Any]:
    return lambda record, rng: value() if callable(value) else value


def _deep(levels: int) -> Any:
    value: Any = "mark"
    for _ in range(levels):
        value = {"deeper": value}
    return value


def _replaced(old: bytes, new: bytes) -> Callable[[bytes, random.Random], bytes]:
    def spoil(text: bytes, rng: random.Random) -> bytes:
        assert old in text, (old, text[:80])
        return text.replace(old, new, 1)

    return spoil


CALLS = [
    Mutation("optional keys null", False, _set("parties", value=None)),
    Mutation("optional keys missing", False, _drop("content")),
    Mutation("null title", False, _set("metaData", "title", value=None)),
    Mutation("unknown keys", False, _set("metaData", "newField", value={"a": [1]})),
    Mutation("huge title", False, _set("metaData", "title", value="x" * 300_000)),
    Mutation("ten thousand letters of name", False, _set("parties", 1, "name", value="n" * 10_000)),
    Mutation("no start but a schedule", False, _drop("metaData", "started")),
    Mutation("another offset", False,
             _set("metaData", "started", value="2026-10-06T23:59:59.999999+14:00")),
    Mutation("parties empty", False, _set("parties", value=[])),
    Mutation("zero duration", False, _set("metaData", "duration", value=0)),
    Mutation("some nesting", False, _set("content", "extra", value=lambda: _deep(50))),
    Mutation("host blank", False, _set("metaData", "primaryUserId", value=" ")),
    Mutation("ids of a party blank", False,
             _set("parties", 0, value={"id": "", "speakerId": "", "userId": " "})),
    Mutation("a party null", False, _set("parties", 0, value=None)),
    Mutation("nulls in lists", False, _set("context", value=[None, {"objects": [None]}])),
    Mutation("a NUL in a text", False, _set("metaData", "title", value="be\0fore \\u0000")),
    Mutation("a week of talk", False, _set("metaData", "duration", value=604_800.5)),
    Mutation("an amount without end", False,
             _set("context", 0, "objects", 0, "fields", 0, "value", value=1e300)),
    Mutation("id missing", True, _drop("metaData", "id")),
    Mutation("id null", True, _set("metaData", "id", value=None)),
    Mutation("id blank", True, _set("metaData", "id", value="  ")),
    Mutation("id a fraction", True, _set("metaData", "id", value=1.5e19)),
    Mutation("id a list", True, _set("metaData", "id", value=["1"])),
    Mutation("metaData missing", True, _drop("metaData")),
    Mutation("metaData a list", True, _set("metaData", value=[1])),
    Mutation("no date", True, _set("metaData", "started", value="06/10/2026")),
    Mutation("date without offset", True, _set("metaData", "started", value="2026-10-06T10:00:00")),
    Mutation("date a number", True, _set("metaData", "started", value=1790000000)),
    Mutation("month thirteen", True, _set("metaData", "started", value="2026-13-06T10:00:00Z")),
    Mutation("year one", True, _set("metaData", "started", value="0001-01-01T00:00:00+14:00")),
    Mutation("year 9999", True, _set("metaData", "started", value="9999-12-31T23:59:59-14:00")),
    Mutation("duration of 1e30", True, _set("metaData", "duration", value=1e30)),
    Mutation("duration of 2**63", True, _set("metaData", "duration", value=2**63)),
    Mutation("duration below zero", True, _set("metaData", "duration", value=-1)),
    Mutation("topic of 1e300", True, _set("content", "topics", 0, "duration", value=1e300)),
    Mutation("stat of 1e308", True,
             _set("interaction", "interactionStats", 0, "value", value=-1e308)),
    Mutation("talk ratio of 7", True,
             _set("interaction", "interactionStats", 0, "value", value=7)),
    Mutation("questions over int64", True,
             _set("interaction", "questions", value={"companyCount": 2**64 - 1})),
    Mutation("title of a novel", True, _set("metaData", "title", value="x" * 1_000_001)),
    Mutation("id of a line", True, _set("metaData", "id", value="1\n2")),
    Mutation("duration a word", True, _set("metaData", "duration", value="long")),
    Mutation("private a word", True, _set("metaData", "isPrivate", value="no")),
    Mutation("title an object", True, _set("metaData", "title", value={"de": "x"})),
    Mutation("parties an object", True, _set("parties", value={"id": "1"})),
    Mutation("a party a word", True, _set("parties", 0, value="somebody")),
    Mutation("context a word", True, _set("context", value="HubSpot")),
    Mutation("topics a number", True, _set("content", "topics", value=5)),
    Mutation("a stat a word", True, _set("interaction", "interactionStats", 0, "value", value="x")),
    Mutation("nested too deep", True, _set("content", "extra", value=lambda: _deep(400))),
    Mutation("not an object", True, _instead(lambda: ["mark"])),
    Mutation("a word", True, _instead("mark")),
    Mutation("null", True, _instead(None)),
    Mutation("NaN", True, spoil=_replaced(b'"duration":1800', b'"duration":NaN')),
    Mutation("a number beyond doubles", True,
             spoil=_replaced(b'"duration":1800', b'"duration":1e400')),
    Mutation("Infinity", True, spoil=_replaced(b'"duration":1800', b'"duration":-Infinity')),
    Mutation("key twice", True, spoil=_replaced(b'"duration":1800', b'"id":"2","duration":1800')),
    Mutation("inner key twice", True,
             spoil=_replaced(b'"system":"HubSpot"', b'"system":"HubSpot","system":"Other"')),
    Mutation("bad bytes", True, spoil=_replaced(b"demo", b"\xff\xfe\x00demo\xe9")),
    Mutation("lone surrogate", True, spoil=_replaced(b"demo", b"demo\\ud800")),
    Mutation("raw control character", True, spoil=_replaced(b"demo", b"de\x01mo")),
    Mutation("brace lost", True, spoil=lambda text, rng: text[:-1]),
    Mutation("half of it", True, spoil=lambda text, rng: text[: len(text) // 2]),
    Mutation("comma too many", True, spoil=lambda text, rng: text[:-1] + b",}"),
    Mutation("nested by thousands", True,
             spoil=_replaced(b'"duration":1800', b'"x":' + b"[" * 3000 + b"]" * 3000)),
]  # fmt: skip

TRANSCRIPTS = [
    Mutation("speaker null", False, _set("transcript", 0, "speakerId", value=None)),
    Mutation("no monologues", False, _set("transcript", value=[])),
    Mutation("transcript null", False, _set("transcript", value=None)),
    Mutation("sentences missing", False, _drop("transcript", 0, "sentences")),
    Mutation("unknown keys", False, _set("transcript", 0, "mood", value="good")),
    Mutation("huge sentence", False,
             _set("transcript", 0, "sentences", 0, "text", value="word " * 60_000)),
    Mutation("speaker blank", False, _set("transcript", 0, "speakerId", value="")),
    Mutation("a monologue null", False, _set("transcript", 0, value=None)),
    Mutation("a sentence null", False, _set("transcript", 0, "sentences", 0, value=None)),
    Mutation("text null", False, _set("transcript", 0, "sentences", 0, "text", value=None)),
    Mutation("nothing but nulls", False, _set("transcript", 0, "sentences", 0,
             value={"start": None, "end": None, "text": None})),
    Mutation("text blank", False, _set("transcript", 0, "sentences", 0, "text", value=" ")),
    Mutation("a moment early", False, _set("transcript", 0, "sentences", 0, "start", value=-40)),
    Mutation("callId missing", True, _drop("callId")),
    Mutation("callId blank", True, _set("callId", value=" ")),
    Mutation("start of 1e40", True, _set("transcript", 0, "sentences", 0, "start", value=1e40)),
    Mutation("end of 2**63", True, _set("transcript", 0, "sentences", 0, "end", value=2**63)),
    Mutation("end of -1e300", True, _set("transcript", 0, "sentences", 0, "end", value=-1e300)),
    Mutation("nested too deep", True, _set("transcript", 0, "topic", value=lambda: _deep(400))),
    Mutation("lone surrogate", True, spoil=_replaced(b"says", b"says\\udfff")),
    Mutation("callId null", True, _set("callId", value=None)),
    Mutation("transcript a word", True, _set("transcript", value="hello")),
    Mutation("a monologue a word", True, _set("transcript", 0, value="hello")),
    Mutation("start a word", True, _set("transcript", 0, "sentences", 0, "start", value="0")),
    Mutation("start missing", True, _drop("transcript", 0, "sentences", 0, "start")),
    Mutation("text a number", True, _set("transcript", 0, "sentences", 0, "text", value=7)),
    Mutation("not an object", True, _instead(5)),
    Mutation("NaN", True, spoil=_replaced(b'"start":0', b'"start":NaN')),
    Mutation("key twice", True, spoil=_replaced(b'"callId":', b'"callId":"1","callId":')),
    Mutation("bad bytes", True, spoil=_replaced(b"says", b"\x80says")),
    Mutation("brace lost", True, spoil=lambda text, rng: text[:-1]),
    Mutation("half of it", True, spoil=lambda text, rng: text[: len(text) // 2]),
]  # fmt: skip


@dataclass(frozen=True)
class MutatedPage:
    """A body, and what must come of it."""

    body: bytes
    items: str
    good: frozenset[str]
    bad: tuple[bytes, ...]
    whole: bool
    faults: tuple[str, ...]

    @property
    def ends_in_doubt(self) -> bool:
        """A record without its last brace may look like the end of the page."""
        return not self.whole or any(name in ("brace lost", "half of it") for name in self.faults)


def mutated_page(seed: int) -> MutatedPage:
    """A page of calls or transcripts, some of them mutated, the same for the same seed."""
    rng = random.Random(seed)
    calls = rng.random() < 0.6
    make, mutations = (good_call, CALLS) if calls else (good_transcript, TRANSCRIPTS)
    texts: list[bytes] = []
    good: list[str] = []
    faults: list[str] = []
    bad: list[bytes] = []
    for number in range(rng.randrange(4, 14)):
        record = make(seed * 100 + number, rng)
        identity = record["metaData"]["id"] if calls else record["callId"]
        mutation = rng.choice(mutations) if rng.random() < 0.4 else None
        if mutation is None:
            good.append(identity)
            texts.append(_text(record))
            continue
        changed: Any = copy.deepcopy(record)
        if mutation.change is not None:
            changed = mutation.change(changed, rng)
        text = _text(changed)
        text = mutation.spoil(text, rng) if mutation.spoil is not None else text
        texts.append(text)
        faults.append(mutation.name)
        if mutation.fatal:
            bad.append(text)
        else:
            good.append(identity)
    return _whole_page(rng, "calls" if calls else "callTranscripts", texts, good, bad, faults)


def _whole_page(
    rng: random.Random,
    items: str,
    texts: list[bytes],
    good: list[str],
    bad: list[bytes],
    faults: list[str],
) -> MutatedPage:
    if rng.random() < 0.1 and not faults:  # a record delivered twice is one record
        texts.append(texts[0])
        faults.append("delivered twice")
    envelope = {"requestId": "r", "records": {"totalRecords": len(texts), "cursor": "next"}}
    head = json.dumps(envelope, separators=(",", ":")).encode()[:-1] + f',"{items}":['.encode()
    body = head + b",".join(texts) + b"]}"
    whole = True
    if not faults and rng.random() < 0.5:
        wide = rng.choice(["utf-8-sig", "utf-16", "utf-32"])
        body = body.decode().encode(wide)
        faults.append(wide)
    elif not faults:
        complete = rng.randrange(len(texts))
        size = len(head) + sum(len(text) + 1 for text in texts[:complete])
        body = body[: size + len(texts[complete]) // 2]
        good, bad, whole = good[:complete], [body[size:]], False
        faults.append("page cut")
    return MutatedPage(body, items, frozenset(good), tuple(bad), whole, tuple(faults))


def _text(record: Any) -> bytes:
    return json.dumps(record, separators=(",", ":"), ensure_ascii=False).encode()
