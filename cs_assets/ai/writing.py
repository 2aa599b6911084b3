"""What a writer is asked and what it gives back.

A domain hands over assignments (facts, prompt, and its own rule-based text) and
gets drafts, texts with slots that have passed the checks of ``cs_assets.facts``.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

from cs_assets.facts import slots
from cs_assets.facts.model import FactSheet


def _none(_: str) -> Sequence[str]:
    return ()


@dataclass(frozen=True)
class Prompt:
    """Instructions for a model: a file with a name and a version."""

    name: str
    version: str
    text: str
    max_characters: int = 4000


@dataclass(frozen=True)
class Assignment:
    """One text to be written about one fact sheet."""

    key: str
    sheet: FactSheet
    prompt: Prompt
    rules: Callable[[], str]
    """The domain's own text with slots: the default, and what is fallen back to."""
    max_characters: int = 4000
    audience: Literal["internal", "customer"] = "internal"
    industry: str = ""
    """Of the customer that it is about: an industry may have a writer of its own."""
    people: tuple[str, ...] = ()
    """Names that may occur in texts and quotes: redacted before anything leaves."""
    told: str = ""
    """What a model is asked besides, in words of ours and slots."""
    given: tuple[str, ...] = ()
    """Texts of ours with slots that a model may take as they are: only its own words are judged."""
    refusals: Callable[[str], Sequence[str]] = _none
    """Further reasons against a model's text that has passed the checks of every text."""


@dataclass(frozen=True)
class Draft:
    """A checked text with slots, and who wrote it (``rules``, ``claude``, ``cortex``)."""

    key: str
    text: str
    writer: str
    model: str
    prompt_version: str
    rejections: tuple[str, ...] = ()
    """Why texts of a model were refused before this one was taken."""
    degraded: tuple[str, ...] = ()
    """Why it is not the model asked for that wrote: ceilings, outages; empty when it did."""
    agent: str = ""
    """The agent that wrote, where the writer has several."""


class Writer(Protocol):
    """Writes the assignments of a report in one thread, in their order; safe for threads."""

    @property
    def concurrency(self) -> int:
        """How many reports it is worth writing side by side."""
        ...

    def write(self, assignments: Sequence[Assignment]) -> list[Draft]:
        """The drafts of one report."""
        ...

    def write_reports(self, reports: Sequence[Sequence[Assignment]]) -> list[list[Draft]]:
        """The drafts of many reports, several at once where a model writes."""
        ...


class RulesWriter:
    """Writes the domains' rule-based texts; needs nothing outside."""

    concurrency = 1

    def write(self, assignments: Sequence[Assignment]) -> list[Draft]:
        return [by_rules(assignment) for assignment in assignments]

    def write_reports(self, reports: Sequence[Sequence[Assignment]]) -> list[list[Draft]]:
        return [self.write(assignments) for assignments in reports]


def by_rules(
    assignment: Assignment, rejections: tuple[str, ...] = (), degraded: tuple[str, ...] = ()
) -> Draft:
    """The rule-based draft; raises ``RejectedText`` if even that breaks the rules (a defect)."""
    text = assignment.rules()
    if found := slots.problems(text, assignment.sheet):
        raise slots.RejectedText(f"{assignment.key}: {'; '.join(found)}")
    return Draft(
        key=assignment.key,
        text=text,
        writer="rules",
        model="rules",
        prompt_version=assignment.prompt.version,
        rejections=rejections,
        degraded=degraded,
    )
