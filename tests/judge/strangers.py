"""Labels of conversations that are not ours: by position and hash, never the words.

``CS_ASSETS_JUDGE_DATA`` names a folder with ``persuasionforgood/full_dialog.csv`` (from
``data/FullData`` of PersuasionForGood's repository) and ``gong-real/transcripts.json.gz``
(Earnings-22, CC BY-SA 4.0, as answers of the Gong API). Without it there are none, and the figures
say nothing of them. A line whose words have another hash loses its labels: they belong to the words
that were read.

Of the earnings calls only question rounds are labelled: a turn that asks and the turn after it.
"""

import csv
import datetime as dt
import gzip
import hashlib
import json
import os
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from tests.judge.talks import OF_THE_CALL, Said, Talk, spoken

_LABELS = Path(__file__).parent / "labelled" / "strangers.json"
_DAY = dt.date(2026, 3, 3)


@cache
def strangers() -> tuple[Talk, ...]:
    """Every stranger's call that is there, in the order of its id."""
    folder = os.environ.get("CS_ASSETS_JUDGE_DATA")
    if not folder:
        return ()
    labels = json.loads(_LABELS.read_text(encoding="utf-8"))
    return tuple(
        _talk(name, lines, {int(k): (h, tags) for k, h, tags in labels[source].get(name, [])})
        for source, read in _READERS.items()
        for name, lines in read(Path(folder) / source, labels[source])
    )


def _talk(name: str, lines: list[tuple[int, str, str]], labels: dict[int, tuple[str, str]]) -> Talk:
    rows = []
    for place, side, words in lines:
        given, tags = labels.get(place, ("", ""))
        known = given == hashlib.sha256(words.encode()).hexdigest()[:12]
        rows.append((side, words, tuple(tags.split()) if known else ()))
    transcript, places = spoken((side, words) for side, words, _ in rows)
    said = tuple(
        Said(first, last, tags) for (first, last), (_, _, tags) in zip(places, rows, strict=True)
    )
    na = frozenset(OF_THE_CALL)  # of the call as a whole nothing is labelled
    chosen = int(hashlib.sha256(name.encode()).hexdigest(), 16) % 2 == 0
    return Talk(name, "other", _DAY, transcript, said, frozenset(), na, chosen)


def _persuasion(folder: Path, wanted: dict[str, Any]) -> Iterator[tuple[str, list[Any]]]:
    path = folder / "full_dialog.csv"
    if not path.exists():
        return
    found: dict[str, list[tuple[int, str, str]]] = {}
    with path.open(newline="", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            if row["B2"] in wanted:
                lines = found.setdefault(row["B2"], [])
                lines.append((len(lines), "RC"[int(row["B4"])], row["Unit"].strip()))
    yield from sorted(found.items())


def _rounds(folder: Path, wanted: dict[str, Any]) -> Iterator[tuple[str, list[Any]]]:
    path = folder / "transcripts.json.gz"
    if not path.exists():
        return
    with gzip.open(path, "rt", encoding="utf-8") as file:
        answer = json.load(file)
    calls = answer if isinstance(answer, list) else answer["callTranscripts"]
    for call in sorted(calls, key=lambda call: call["callId"]):
        turns = [" ".join(s["text"] for s in turn["sentences"]) for turn in call["transcript"]]
        lines = [
            line
            for place, _, _ in wanted.get(call["callId"], [])
            for line in ((place, "C", turns[place]), (-1, "R", turns[place + 1]))
        ]
        if lines:
            yield call["callId"], lines


_READERS = {"persuasionforgood": _persuasion, "gong-real": _rounds}
