"""A model writes, code checks, the model gets one second chance, then the rules write.

One conversation a report: the facts once, then one question a section, each with
the sections before it. What leaves is redacted; what comes back is restored and
screened before it is taken.
"""

import json
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError

from cs_assets.ai.configuration import AiConfiguration
from cs_assets.ai.guarded_calls import Answered, Asks
from cs_assets.ai.ledger.ledger import Purpose
from cs_assets.ai.material import facts_document, joined, people_in, sources_of
from cs_assets.ai.requests import Question, Turn
from cs_assets.ai.screening.number_words import spans_named_in
from cs_assets.ai.screening.redaction import Redactor
from cs_assets.ai.screening.screening import Limits, reasons_to_reject
from cs_assets.ai.writing import Assignment, Draft, Prompt, by_rules

_MAX_TOKENS = 6000  # thinking counts towards it, so far more than a section needs


class Written(BaseModel):
    """The shape in which a model with structured output answers."""

    model_config = ConfigDict(extra="forbid", strict=True)

    text: str


#: ``Written`` inside the subset of JSON schema that providers enforce.
SCHEMA: dict[str, Any] = {
    "type": "object",
    "properties": {"text": {"type": "string", "description": "the section, with slots"}},
    "required": ["text"],
    "additionalProperties": False,
}


@dataclass(frozen=True)
class _Report:
    """What stays the same over the sections of one report."""

    redactor: Redactor
    names: Mapping[str, str]
    """What each section is called, by assignment key."""
    system: str
    material: str
    purpose: Purpose
    conversation: str
    agent: str
    sources: tuple[str, ...]
    keeps_material: bool
    """Whether more than one section is written from it."""


class ModelWriter:
    """Writes with the model behind ``caller``, under the names of one asset and run.

    ``structured``: the provider keeps to a JSON schema. ``redact``: it is outside
    the warehouse. ``agent_for``: which of its agents writes for an industry. ``at_once``: reports
    side by side, where it is not the configuration that says so.
    """

    def __init__(
        self,
        caller: Asks,
        configuration: AiConfiguration,
        *,
        model: str,
        rules_prompt: Prompt,
        asset: str,
        run_id: str,
        structured: bool,
        redact: bool,
        agent_for: Callable[[str], str] = lambda _: "",
        at_once: int | None = None,
    ) -> None:
        self._caller = caller
        self._configuration = configuration
        self._model = model
        self._rules_prompt = rules_prompt
        self._asset = asset
        self._run_id = run_id
        self._structured = structured
        self._redact = redact
        self._agent_for = agent_for
        self._at_once = at_once or configuration.concurrency

    @property
    def concurrency(self) -> int:
        return self._at_once

    def write_reports(self, reports: Sequence[Sequence[Assignment]]) -> list[list[Draft]]:
        """Reports side by side, as many as ``concurrency`` allows; sections in their order."""
        with ThreadPoolExecutor(self.concurrency) as pool:
            return list(pool.map(self.write, reports))

    def write(self, assignments: Sequence[Assignment]) -> list[Draft]:
        """The drafts of one report; raises only if a rule-based text itself breaks the rules."""
        if not assignments:
            return []
        report = self._report(tuple(assignments))
        drafts: list[Draft] = []
        turns: tuple[Turn, ...] = ()
        try:
            for assignment in assignments:
                draft, turns = self._section(report, assignment, turns)
                drafts.append(draft)
        finally:
            self._caller.forget(report.conversation)
        return drafts

    def _section(
        self, report: _Report, assignment: Assignment, turns: tuple[Turn, ...]
    ) -> tuple[Draft, tuple[Turn, ...]]:
        """The draft of one section, and the conversation as it then stands."""
        rejections: list[str] = []
        name = report.names[assignment.key]
        ask = "\n\n".join(filter(None, (f'Write the section "{name}".', assignment.told)))
        for _ in range(2):
            outcome = self._caller.ask(
                self._question(report, assignment, ask, turns), report.purpose
            )
            if not isinstance(outcome, Answered):
                return by_rules(assignment, tuple(rejections), outcome.reasons), turns
            text, reasons = self._judged(report, assignment, outcome.text)
            if not reasons:
                draft = self._draft(report, assignment, text, outcome, rejections)
                return draft, (*turns, Turn(ask, outcome.text))
            rejections.append(f"{outcome.model}: {'; '.join(reasons)}")
            # A huge answer is not sent back whole.
            turns = (*turns, Turn(ask, outcome.text[: 2 * _limit(assignment)]))
            ask = (
                "That text cannot be used: " + "; ".join(reasons) + ". Write the section "
                f'"{name}" again and keep to the rules.'
            )
        return by_rules(assignment, tuple(rejections)), turns

    def _draft(
        self, report: _Report, assignment: Assignment, text: str, outcome: Answered,
        rejections: Sequence[str],
    ) -> Draft:  # fmt: skip
        return Draft(
            key=assignment.key,
            text=text,
            writer=self._caller.provider_name,
            model=outcome.model,
            prompt_version=assignment.prompt.version,
            rejections=tuple(rejections),
            degraded=outcome.degraded,
            agent=report.agent,
        )

    def _judged(
        self, report: _Report, assignment: Assignment, answer: str
    ) -> tuple[str, tuple[str, ...]]:
        """The text of an answer with names restored, and the reasons against it."""
        text = answer
        if self._structured:
            try:
                text = Written.model_validate_json(answer).text
            except (ValidationError, ValueError, RecursionError):
                return "", ("the answer is not the JSON object that was asked for",)
        contacts = report.redactor.kinds_in(text) - {"PERSON"}
        if contacts:
            return "", (f"repeats personal data ({', '.join(sorted(contacts)).lower()})",)
        text = report.redactor.restore(text).strip()
        limits = Limits(
            _limit(assignment), self._banned(assignment), spans_named_in(assignment.prompt.text)
        )
        own = text
        for given in assignment.given:
            own = own.replace(given, " ")
        reasons = reasons_to_reject(own or text, assignment.sheet, limits)
        return text, reasons or tuple(assignment.refusals(text))

    def _banned(self, assignment: Assignment) -> tuple[Any, ...]:
        everywhere = self._configuration.banned
        if assignment.audience == "customer":
            return (*everywhere, *self._configuration.banned_for_customers)
        return everywhere

    def _question(
        self, report: _Report, assignment: Assignment, ask: str, turns: tuple[Turn, ...]
    ) -> Question:
        return Question(
            system=report.system,
            material=report.material,
            ask=ask,
            turns=turns,
            model=self._model,
            prompt_name=assignment.prompt.name,
            prompt_version=assignment.prompt.version,
            max_tokens=_MAX_TOKENS,
            schema=SCHEMA if self._structured else None,
            conversation=report.conversation,
            agent=report.agent,
            sources=report.sources,
            keeps_material=report.keeps_material,
        )

    def _report(self, assignments: tuple[Assignment, ...]) -> _Report:
        sheet = joined([assignment.sheet for assignment in assignments])
        people = [name for assignment in assignments for name in assignment.people]
        redactor = Redactor([*people, *people_in(sheet)] if self._redact else ())
        material = facts_document(sheet, redactor if self._redact else None)
        names = _section_names(assignments)
        return _Report(
            redactor=redactor,
            names=names,
            system="\n\n".join([self._rules_prompt.text, *_instructions(assignments, names)]),
            material=json.dumps(material, ensure_ascii=True, sort_keys=True),
            purpose=Purpose(
                asset=self._asset,
                run_id=self._run_id,
                account=f"{sheet.entity_type}:{sheet.entity_id}",
                week=sheet.period_start.isoformat(),
            ),
            conversation=f"{self._run_id}:{self._asset}:{sheet.entity_type}:{sheet.entity_id}",
            agent=self._agent_for(assignments[0].industry),
            sources=sources_of(sheet),
            keeps_material=len(assignments) > 1,
        )


def _limit(assignment: Assignment) -> int:
    return min(assignment.max_characters, assignment.prompt.max_characters)


def _section_names(assignments: Sequence[Assignment]) -> dict[str, str]:
    """By the prompt; by the last part of the key where sections share a prompt."""
    shared = Counter(assignment.prompt.name for assignment in assignments)
    return {
        one.key: (one.prompt.name if shared[one.prompt.name] == 1 else one.key)
        .rpartition("/")[2]
        .replace("_", " ")
        for one in assignments
    }


def _instructions(assignments: Sequence[Assignment], names: Mapping[str, str]) -> list[str]:
    """Each prompt once, under the names of its sections."""
    by_prompt: dict[Prompt, list[Assignment]] = {}
    for assignment in assignments:
        by_prompt.setdefault(assignment.prompt, []).append(assignment)
    return [
        "\n".join(
            [
                *(f'Section "{names[a.key]}" (at most {_limit(a)} characters)' for a in members),
                prompt.text,
            ]
        )
        for prompt, members in by_prompt.items()
    ]
