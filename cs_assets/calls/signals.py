"""Signals: sentences of a customer that somebody beyond the coach must hear of.

That they may leave or give something back, want more, talk to another vendor, stood still, complain
again, or that another person decides now. Found by expressions (``signals.yaml``) that are meant to
be right rather than complete: of the customer's own sentences, not denied, not supposed, not of
another firm or another time. A model's findings stand in the same shape beside them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from cs_assets.ai.signals import KINDS, Kind, SignalRules, about, of_sentence
from cs_assets.calls.transcript import Transcript

__all__ = [
    "KINDS", "Kind", "Signal", "SignalRules", "about", "find", "joined", "of_models", "of_sentence",
]  # fmt: skip

#: Who found it, in ``found_by``; a model's findings carry the model's name.
RULES = "rules"


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
