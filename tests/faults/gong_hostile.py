"""Hostile records of Gong as bytes, the same for a stand-in of the API and for files.

Half of them are mutations whose verdict is known, half have an odd value in a place
drawn at random.
"""

import copy
import datetime as dt
import json
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from tests.faults.gong_mutations import CALLS, TRANSCRIPTS, Mutation, good_call, good_transcript

DAY = dt.date(2026, 10, 6)
_OF_A_PAGE = 100

_ODD: Sequence[Any] = (
    None, "", " ", "\0", "\u202e", "💥" * 40, "x" * 120_000, "1e999", "NaN", "9999-12-31", "\r\n",
    "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "2098-01-01T00:00:00Z", True,
    0, -1, -0.0, 1e-320, 1e19, 1e30, -1e30, 1e308, 2**31, 2**53 + 1, 2**63 - 1, 2**63, 2**64 - 1,
    -(2**63), 2_592_001, 2.5e9, [], {}, [None], [[]], {"": None}, [1e308, 1e308],
)  # fmt: skip
#: A transcript with the id of another call is that call's, wherever it comes.
_NO_IDS: Sequence[Any] = (None, "", " ", "\0", "\r\n", "x" * 120_000, True, 1e19, -1e30, [], {})


@dataclass(frozen=True)
class HostileTenant:
    """Pages of answers: calls, and the transcripts of the calls ``spoken`` in the same order."""

    calls: list[bytes]
    transcripts: list[bytes]
    spoken: list[str]


def tenant(records: int, seed: int) -> HostileTenant:
    """Three hostile calls to two hostile transcripts, ``records`` in all."""
    rng = random.Random(seed)
    words = records * 2 // 5 // _OF_A_PAGE * _OF_A_PAGE or records * 2 // 5
    spoken = [_plain_call(number) for number in range(words)]
    calls = [_hostile(good_call(10_000 + n, rng), CALLS, rng) for n in range(records - words)]
    rng.shuffle(calls)
    texts = [_hostile(_words_of(n, rng), TRANSCRIPTS, rng) for n in range(words)]
    return HostileTenant(
        [_page("calls", some) for some in _pages(calls)]
        + [_page("calls", some) for some in _pages([_text(call) for call in spoken])],
        [_page("callTranscripts", some) for some in _pages(texts)],
        [call["metaData"]["id"] for call in spoken],
    )


def _plain_call(number: int) -> dict[str, Any]:
    """A good call before all hostile ones, so that transcripts are asked for in this order."""
    call = good_call(number, random.Random(number))
    started = dt.datetime.combine(DAY, dt.time(), dt.UTC) + dt.timedelta(seconds=number)
    call["metaData"] |= {"id": f"spoken-{number:05}", "started": started.isoformat()}
    return call


def _words_of(number: int, rng: random.Random) -> dict[str, Any]:
    return good_transcript(number, rng) | {"callId": f"spoken-{number:05}"}


def _hostile(record: Any, mutations: Sequence[Mutation], rng: random.Random) -> bytes:
    if rng.random() < 0.5:
        mutation = rng.choice(mutations)
        record = mutation.change(record, rng) if mutation.change is not None else record
        text = _text(record)
        return mutation.spoil(text, rng) if mutation.spoil is not None else text
    for _ in range(rng.choice((1, 1, 1, 2, 5))):
        place, key = rng.choice(list(_places(record)))
        place[key] = copy.deepcopy(rng.choice(_NO_IDS if key == "callId" else _ODD))
    return _text(record)


def _places(value: Any) -> Iterator[tuple[Any, Any]]:
    """Every place in a record, as the container and the key in it."""
    pairs = value.items() if isinstance(value, dict) else enumerate(value)
    for key, inner in pairs:
        yield value, key
        if isinstance(inner, dict | list):
            yield from _places(inner)


def _pages(texts: Sequence[bytes]) -> list[Sequence[bytes]]:
    return [texts[n : n + _OF_A_PAGE] for n in range(0, len(texts), _OF_A_PAGE)]


def _page(items: str, texts: Sequence[bytes]) -> bytes:
    """The texts as one answer. A last record without its end would leave the page in doubt."""
    closing = b'{"metaData":{"id":5}}' if items == "calls" else b'{"callId":5,"transcript":[]}'
    return f'{{"requestId":"r","{items}":['.encode() + b",".join([*texts, closing]) + b"]}"


def _text(record: Any) -> bytes:
    return json.dumps(record, separators=(",", ":"), ensure_ascii=False).encode()
