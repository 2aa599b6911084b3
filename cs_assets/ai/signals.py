"""What a sentence of a customer is a signal of, said in a call or written: rules and kinds.

Expressions (``signals.yaml``) that are meant to be right rather than complete. Calls, tickets and
survey answers are read by the same ones.
"""

import hashlib
from collections.abc import Iterator
from functools import cached_property
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from cs_assets.search.cues import Cues

Kind = Literal["churn", "expansion", "competitor", "outage", "complaint_repeated", "decision_maker"]
KINDS: tuple[Kind, ...] = (
    "churn", "expansion", "competitor", "outage", "complaint_repeated", "decision_maker",
)  # fmt: skip

#: What a sentence is of where none of the words of ``about`` tell.
OTHERWISE = "leaving"


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class KindRules(_Strict):
    """Expressions of one kind of signal; see ``signals.yaml``."""

    label: str
    confidence: float = Field(gt=0, le=1)
    says: list[str]
    asks: list[str] = []
    unless: list[str] = []
    about: dict[str, list[str]] = {}
    """What a sentence of the kind is of, by name, the first that fits."""


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
            groups |= {f"{kind}/about/{name}": words for name, words in rules.about.items()}
        return Cues(groups)


def of_sentence(lowered: str, rules: SignalRules) -> Iterator[Kind]:
    """The kinds that one sentence of a customer, in small letters, is a signal of."""
    heard = rules.cues(lowered)
    if not heard or heard & {"elsewhere", "denied", "supposed"}:
        return
    part = "asks" if lowered.rstrip(' "”').endswith("?") else "says"
    for kind in KINDS:
        if kind in rules.kinds and f"{kind}/{part}" in heard and f"{kind}/unless" not in heard:
            yield kind


def about(lowered: str, kind: Kind, rules: SignalRules) -> str | None:
    """What a sentence that is a signal of ``kind`` is of; ``None`` of a kind that has no such."""
    named = rules.kinds[kind].about if kind in rules.kinds else {}
    if not named:
        return None
    heard = rules.cues(lowered)
    return next((name for name in named if f"{kind}/about/{name}" in heard), OTHERWISE)
