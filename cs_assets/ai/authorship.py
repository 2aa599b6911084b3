"""Who wrote a report's texts, in words for its readers, without any number.

Where rules wrote because rules were wanted there is nothing to say.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, Protocol

_NAMES = {"claude": "Claude", "cortex": "a Cortex agent", "rules": "rules"}
_REASONS = {
    "smaller": "by a smaller model, because a ceiling on the use of models was reached",
    "ceiling": "because a ceiling on the use of models was reached",
    "no_answer": "because the model gave no answer",
    "rules_broken": "because the model's texts broke the rules of writing",
}


class Authored(Protocol):
    """A text that knows where it comes from, as a ``Draft`` does."""

    @property
    def writer(self) -> str: ...

    @property
    def agent(self) -> str: ...

    @property
    def rejections(self) -> tuple[str, ...]: ...

    @property
    def degraded(self) -> tuple[str, ...]: ...


#: Why not who was asked for: a ceiling was reached (a smaller model wrote, or rules), the model
#: gave no answer, or its texts broke the rules of writing.
Reason = Literal["smaller", "ceiling", "no_answer", "rules_broken"]


@dataclass(frozen=True)
class Way:
    """How texts came about; the exact reasons are kept with each text."""

    writer: str
    agent: str = ""
    """Name of the Cortex agent, without its schema."""
    why: Reason | None = None


def ways(texts: Mapping[str, Authored], *, with_reasons: bool = True) -> dict[Way, list[str]]:
    """The ways in which ``texts`` (by title) came about, each with its titles.

    Nothing where rules wrote all of it because rules were wanted. ``with_reasons`` tells agents
    apart, and why it was not who was asked for; a customer need not know.
    """
    if all(_as_wanted_by_rules(text) for text in texts.values()):
        return {}
    found: dict[Way, list[str]] = {}
    for title, text in texts.items():
        way = Way(text.writer)
        if with_reasons:
            way = Way(text.writer, text.agent.rpartition(".")[2], _why_not_the_wished(text))
        found.setdefault(way, []).append(title)
    return found


def authorship(texts: Mapping[str, Authored], *, with_reasons: bool = True) -> tuple[str, ...]:
    """One sentence in English for each of ``ways``."""
    found = ways(texts, with_reasons=with_reasons)
    return tuple(f"{_told(way)}: {'; '.join(named)}." for way, named in found.items())


def _as_wanted_by_rules(text: Authored) -> bool:
    return text.writer == "rules" and not text.rejections and not text.degraded


def _told(way: Way) -> str:
    who = f"the Cortex agent {way.agent}" if way.agent else _NAMES.get(way.writer, way.writer)
    told = f"Written by {who}"
    if way.writer != "rules":
        told += ", with all figures put in from the facts"
    return f"{told}, {_REASONS[way.why]}" if way.why else told


def _why_not_the_wished(text: Authored) -> Reason | None:
    if any("ceiling of the" in reason for reason in text.degraded):
        return "ceiling" if text.writer == "rules" else "smaller"
    if text.writer != "rules":
        return None
    if text.degraded:
        return "no_answer"
    return "rules_broken" if text.rejections else None
