"""Signals: sentences of a customer that somebody beyond the coach must hear of.

That they may leave or give something back, want more, talk to another vendor, stood still, complain
again, or that another person decides now. Found by expressions (``signals.yaml``) that are meant to
be right rather than complete: of the customer's own sentences, not denied, not supposed, not of
another firm or another time. A model's findings stand in the same shape beside them.
"""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from cs_assets.calls.transcript import Transcript
from cs_assets.search.cues import Cues

Kind = Literal["churn", "expansion", "competitor", "outage", "complaint_repeated", "decision_maker"]
KINDS: tuple[Kind, ...] = (
    "churn", "expansion", "competitor", "outage", "complaint_repeated", "decision_maker",
)  # fmt: skip

#: Who found it, in ``found_by``; a model's findings carry the model's name.
RULES = "rules"


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class KindRules(_Strict):
    """Expressions of one kind of signal; see ``signals.yaml``."""

    label: str
    confidence: float = Field(gt=0, le=1)
    says: list[str]
    asks: list[str] = []
    unless: list[str] = []


class SignalRules(_Strict):
    """``signals.yaml``, validated."""

    version: str
    elsewhere: list[str] = []
    denied: list[str] = []
    supposed: list[str] = []
    kinds: dict[Kind, KindRules]

    @property
    def digest(self) -> str:
        """Version and content: a row of other rules is made anew."""
        content = self.model_dump_json().encode()
        return f"{self.version}+{hashlib.sha256(content).hexdigest()[:8]}"

    @cached_property
    def cues(self) -> Cues:
        """All expressions as one automaton, by ``kind/part`` or the name of a general group."""
        groups = {"elsewhere": self.elsewhere, "denied": self.denied, "supposed": self.supposed}
        for kind, rules in self.kinds.items():
            for part in ("says", "asks", "unless"):
                groups[f"{kind}/{part}"] = getattr(rules, part)
        return Cues(groups)


@dataclass(frozen=True, slots=True)
class Signal:
    """One signal: the position of its sentence, how sure (0 to 1), and who found it."""

    kind: Kind
    position: int
    confidence: float
    found_by: str = RULES


def find(transcript: Transcript, rules: SignalRules) -> list[Signal]:
    """The signals of a call in the order spoken; of one kind at most one in a turn."""
    found: list[Signal] = []
    told: set[tuple[Kind, int]] = set()
    for position in transcript.positions("customer"):
        for kind in of_sentence(transcript.lowered[position], rules):
            key = (kind, transcript.turn_of[position])
            if key not in told:
                told.add(key)
                found.append(Signal(kind, position, rules.kinds[kind].confidence))
    return found


def of_sentence(lowered: str, rules: SignalRules) -> Iterator[Kind]:
    """The kinds that one sentence of a customer, in small letters, is a signal of."""
    heard = rules.cues(lowered)
    if not heard or heard & {"elsewhere", "denied", "supposed"}:
        return
    part = "asks" if lowered.rstrip(' "”').endswith("?") else "says"
    for kind in KINDS:
        if kind in rules.kinds and f"{kind}/{part}" in heard and f"{kind}/unless" not in heard:
            yield kind


def of_models(transcript: Transcript, rows: Sequence[Mapping[str, Any]]) -> list[Signal]:
    """What models found, from rows with kind, sentence_index, sentence, confidence, found_by.

    Dropped is what the customer did not say there, word for word: a quote that cannot be proven.
    A name joined with the rules' gives back the model's part.
    """
    places = {said.index: place for place, said in enumerate(transcript.sentences)}
    found = []
    for row in rows:
        place = places.get(int(row["sentence_index"]))
        if place is None or row["kind"] not in KINDS or transcript.sides[place] != "customer":
            continue
        if transcript.sentences[place].text != row["sentence"]:
            continue
        name = str(row["found_by"]).removeprefix(f"{RULES}+")
        found.append(Signal(row["kind"], place, float(row["confidence"]), name))
    return found


def joined(*findings: Sequence[Signal]) -> list[Signal]:
    """Findings of rules and models as one list: who found the same first keeps it, with both names.

    What two found keeps the surer one's confidence, so that joining again changes nothing.
    """
    kept: dict[tuple[Kind, int], Signal] = {}
    for one in [signal for finding in findings for signal in finding]:
        key = (one.kind, one.position)
        if before := kept.get(key):
            surer = max(before.confidence, one.confidence)
            one = Signal(one.kind, one.position, surer, f"{before.found_by}+{one.found_by}")
        kept[key] = one
    return sorted(kept.values(), key=lambda s: (s.position, KINDS.index(s.kind)))
