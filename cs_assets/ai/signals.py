"""What a sentence of a customer is a signal of, said in a call or written: rules and kinds.

Expressions (``signals.yaml``) that are meant to be right rather than complete. Calls, tickets and
survey answers are read by the same ones.
"""

import hashlib
import re
from collections.abc import Iterator
from functools import cached_property
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from cs_assets.search.cues import Cues

Kind = Literal["churn", "expansion", "competitor", "outage", "complaint_repeated", "decision_maker"]
KINDS: tuple[Kind, ...] = (
    "churn", "expansion", "competitor", "outage", "complaint_repeated", "decision_maker",
)  # fmt: skip

#: What is left, ended, given back or rated, where an article or owner stands before it.
_THING = re.compile(
    r"\b(?:(?:cancel\w*|terminat\w+|end(?:ed|ing)?|stop\w*|quit\w*|leav(?:e|es|ing)|left|drop\w*|"
    r"return\w*|giv(?:e|es|en|ing)|gave|hand(?:ed|ing)?|los(?:e|t|ing)|renew\w*|chang(?:e|ing)|"
    r"replac(?:e|ing)|switch\w* off|(?:get(?:ting)?|got) (?:rid|out) of)"
    r"(?: up| back| out of| in| with)?|out of (?:ten|10)(?: points?)? (?:for|to|on))"
    r" (?!an? (?:\w+ ){0,2}out of)(?:the|my|our|his|her|their|an?|that|this|these|those)"
    r" (?P<thing>(?:[\w'-]+ ?){1,5})"
)
#: One of these is ours, or may be; so is what is done with it ("the forecasting").
_OURS = re.compile(
    r"\b(?:you|your|yours|modules?|licen[cs]es?|seats?|tools?|platforms?|systems?|software|"
    r"products?|packages?|add-?ons?|subscriptions?|accounts?|contracts?|agreements?|parts?|pieces?|"
    r"things?|lot|services?|support|help|plans?|tiers?|suites?|apps?|applications?|dashboards?|"
    r"reports?|analytics|portal|integrations?|vendors?|suppliers?|providers?|partnership|"
    r"cooperation|collaboration|relationship|users?|branches|sites|rest|whole|deal|project|solution|"
    r"version|ones?|surveys?|notice|plug|patience|hope|trust|faith|confidence|belief|money|budget|\w+ing)\b"
)
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
        if kind not in rules.kinds or f"{kind}/{part}" not in heard or f"{kind}/unless" in heard:
            continue
        if kind != "churn" or "churn/about/person" in heard or not _of_other_things(lowered):
            yield kind


def _of_other_things(lowered: str) -> bool:
    """Whether all that is left, ended, given back or rated is named and nothing of ours."""
    things = [one["thing"] for one in _THING.finditer(lowered)]
    return bool(things) and not any(_OURS.search(thing) for thing in things)


def about(lowered: str, kind: Kind, rules: SignalRules) -> str | None:
    """What a sentence that is a signal of ``kind`` is of; ``None`` of a kind that has no such."""
    named = rules.kinds[kind].about if kind in rules.kinds else {}
    if not named:
        return None
    heard = rules.cues(lowered)
    return next((name for name in named if f"{kind}/about/{name}" in heard), OTHERWISE)
