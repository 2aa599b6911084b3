"""What an answer is: facts with their proof, quotes, and sentences with slots."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from cs_assets.facts.model import Fact, Quote
from cs_assets.facts.wording import written
from cs_assets.names import shown

Status = Literal["answered", "nothing", "not_known", "unclear", "not_understood"]
"""``nothing``: looked, and there is none; ``not_known``: what would answer is not loaded, or the
asker may not read it (the two are not told apart); ``unclear``: several could be meant."""


@dataclass(frozen=True, slots=True)
class Proven:
    """A fact and the one cell that proves it.

    ``key`` names the row of ``table`` by its key; ``verdict`` and ``interval`` (95 %) are given
    where the row holds them.
    """

    fact: Fact
    table: str
    key: tuple[str, ...]
    column: str
    verdict: str | None = None
    interval: tuple[float, float] | None = None

    @property
    def ref(self) -> str:
        """The fact's name over all answers: ``schema.table/key/column``."""
        return "/".join((self.table, *self.key, self.column))

    def as_dict(self) -> dict[str, Any]:
        """For programs: what it is, its value as data and as written, and where it is from."""
        fact = self.fact
        document: dict[str, Any] = {
            "fact": fact.fact_id,
            "label": shown(fact.label),
            "value": shown(fact.value) if isinstance(fact.value, str) else fact.value,
            "written": written(fact),
            "unit": fact.unit,
            "n": fact.n,
            "status": fact.status,
            "ref": self.ref,
        }
        if fact.reason:
            document["reason"] = shown(fact.reason)
        if self.verdict:
            document["verdict"] = self.verdict
        if self.interval:
            document["interval"] = list(self.interval)
        return document


@dataclass(frozen=True)
class Line:
    """A sentence or a row of an answer, with the ids of the facts and quotes in it."""

    text: str
    facts: tuple[str, ...] = ()
    quotes: tuple[str, ...] = ()
    is_row: bool = False
    """One of several of a kind, as in a list."""


@dataclass(frozen=True)
class Plan:
    """A question of the closed set with its parameters, whoever made it: parser, agent or form."""

    question: str
    values: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Answer:
    """What is said, and all that it is made of.

    ``lines`` are filled by code; ``offered`` are questions that can be asked instead; ``needs``
    says what would have to be loaded, or who may know.
    """

    status: Status
    question: str | None
    lines: tuple[Line, ...]
    facts: tuple[Proven, ...] = ()
    quotes: tuple[Quote, ...] = ()
    needs: str | None = None
    offered: tuple[str, ...] = ()
    left_out: int = 0
    """Rows beyond those that are shown."""
    parameters: Mapping[str, str] = field(default_factory=dict)
    """Of the plan that was answered."""
    planner: Literal["rules", "likeness", "model"] = "rules"
    """Who made the plan of a question in words."""
    understood: str = ""
    """The question that a text was understood as, where it was put in other words."""
    answer_id: str = ""
    """Under which it is kept (``ops.answers_given``), where it is."""

    @property
    def text(self) -> str:
        """The lines, one below the other."""
        return "\n".join(one.text for one in self.lines)

    def as_dict(self) -> dict[str, Any]:
        """For programs; the words of quotes as they were said."""
        return {
            "answer": self.answer_id,
            "status": self.status,
            "question": self.question,
            "text": self.text,
            "facts": [one.as_dict() for one in self.facts],
            "quotes": [
                {
                    "call": one.source_id,
                    "speaker": one.speaker,
                    "second": one.start_seconds,
                    "text": one.text,
                }
                for one in self.quotes
            ],
            "needs": self.needs,
            "offered": list(self.offered),
            "left_out": self.left_out,
            "planner": self.planner,
            "understood": self.understood,
        }


def unanswered(
    status: Status,
    text: str,
    *,
    question: str | None = None,
    needs: str | None = None,
    offered: Iterable[str] = (),
) -> Answer:
    """An answer without a fact."""
    return Answer(status, question, (Line(text),), needs=needs, offered=tuple(offered))
