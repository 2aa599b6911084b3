"""The calls that a person has labelled, and what the scorer makes of them."""

import datetime as dt
import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from cs_assets import config
from cs_assets.calls.analysis import Call, analyse
from cs_assets.calls.impact import Deal
from cs_assets.calls.scoring.rubric import Rubric, Taxonomy
from cs_assets.calls.transcript import Sentence, Transcript

#: From this name on calls were labelled after the scorer had been worked on with the others.
HELD_OUT = "call-31"

_FOLDER = Path(__file__).parent / "labelled"
_AFFILIATIONS = {"rep": "Internal", "colleague": "Internal", "unknown": "Unknown"}


@dataclass(frozen=True)
class LabelledCall:
    """A transcript, its labels by dimension (1 to 5 or none), its objections, the scorer's row."""

    name: str
    call_type: str | None
    transcript: Transcript
    labels: dict[str, int | None]
    objections: list[tuple[str, str]]
    row: dict[str, Any]


@cache
def labelled_calls() -> tuple[LabelledCall, ...]:
    """All labelled calls, scored with the rubric in force."""
    rubric = config.load("coaching_rubric.yaml", Rubric)
    taxonomy = config.load("objections.yaml", Taxonomy)
    labels = yaml.safe_load((_FOLDER / "labels.yaml").read_text(encoding="utf-8"))
    calls = json.loads((_FOLDER / "calls.json").read_text(encoding="utf-8"))
    found = []
    for call in calls:
        given = dict(labels[call["call"]])
        objections = [tuple(text.split(" ")) for text in given.pop("objections")]
        transcript = Transcript(_sentences(call["sentences"]))
        known = Call(
            call["call"], dt.date(2026, 11, 1), call["call_type"], "External", False, Deal(), None
        )
        row = analyse(known, transcript, rubric, taxonomy)
        found.append(
            LabelledCall(call["call"], call["call_type"], transcript, given, objections, row)
        )
    return tuple(found)


def _sentences(rows: list[list[Any]]) -> list[Sentence]:
    return [
        Sentence(
            index=index,
            speaker_id=None if who == "unknown" else who,
            affiliation=_AFFILIATIONS.get(who, "External"),
            user_id=who if who in ("rep", "colleague") else None,
            start_ms=start,
            end_ms=end,
            text=text,
        )
        for index, (who, start, end, text) in enumerate(rows)
    ]
