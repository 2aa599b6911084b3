"""Writes many short texts by one statement in the warehouse: material in, answers out, by row.

The same instructions, facts, screening and second chance as any model's; what is refused twice, and
what no ceiling leaves room for, the rules write. The first reports come first: whoever hands them
over puts those that matter most in front.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from cs_assets.ai.configuration import AiConfiguration
from cs_assets.ai.material import facts_document
from cs_assets.ai.screening.redaction import Redactor
from cs_assets.ai.sections import asked, asked_again, instructions, section_names, taken
from cs_assets.ai.statements import CeilingReached
from cs_assets.ai.writing import Assignment, Draft, Prompt, by_rules

#: Texts of one statement at most: some megabytes of material.
_PORTION = 500
WRITER = "ai_complete"
_FAILED = "the model failed on it"


@dataclass(frozen=True)
class Row:
    """What a statement is given for one text: our own words, and data from outside."""

    key: str
    ask: str
    words: str


class Statement(Protocol):
    """Asks the model once for all rows."""

    model: str

    def __call__(self, system: str, rows: Sequence[Row]) -> Mapping[str, str | None]:
        """By key the answer, None where the model failed; ``CeilingReached`` before it is run."""
        ...


class StatementWriter:
    """A ``Writer`` for assignments that need no thread: each is a row of its own."""

    concurrency = 1

    def __init__(
        self, statement: Statement, configuration: AiConfiguration, rules_prompt: Prompt
    ) -> None:
        self._statement = statement
        self._configuration = configuration
        self._rules_prompt = rules_prompt

    def write(self, assignments: Sequence[Assignment]) -> list[Draft]:
        by_prompt: dict[Prompt, list[Assignment]] = {}
        for one in assignments:
            by_prompt.setdefault(one.prompt, []).append(one)
        drafts: dict[str, Draft] = {}
        for alike in by_prompt.values():
            drafts |= self._written(alike)
        return [drafts[one.key] for one in assignments]

    def write_reports(self, reports: Sequence[Sequence[Assignment]]) -> list[list[Draft]]:
        drafts = iter(self.write([one for report in reports for one in report]))
        return [[next(drafts) for _ in report] for report in reports]

    def _written(self, assignments: Sequence[Assignment]) -> dict[str, Draft]:
        """Drafts of one prompt: what the model wrote and code took, else the rules'."""
        first = assignments[0]
        name = section_names([first])[first.key]
        told = instructions([first], {first.key: name})
        system = "\n\n".join([self._rules_prompt.text, *told])
        rejected: dict[str, tuple[str, ...]] = {}
        failed: dict[str, str] = {}
        drafts: dict[str, Draft] = {}
        for _ in range(2):
            left = [a for a in assignments if a.key not in drafts and a.key not in failed]
            asks = {
                a.key: asked_again(name, rejected[a.key]) if a.key in rejected else asked(name, a)
                for a in left
            }
            answers, unasked = self._answers(system, left, asks)
            failed |= unasked
            for one in left:
                if one.key in unasked:
                    continue
                text, reasons = taken(
                    one, answers[one.key], self._configuration, Redactor(()), is_structured=True
                )
                if reasons:
                    rejected[one.key] = reasons
                else:
                    drafts[one.key] = self._draft(one, text, rejected.get(one.key, ()))
        for one in assignments:
            if one.key not in drafts:
                why = (failed[one.key],) if one.key in failed else ()
                drafts[one.key] = by_rules(one, self._refusals(rejected.get(one.key, ())), why)
        return drafts

    def _draft(self, one: Assignment, text: str, reasons: Sequence[str]) -> Draft:
        return Draft(one.key, text, WRITER, self._statement.model, one.prompt.version,
                     self._refusals(reasons))  # fmt: skip

    def _refusals(self, reasons: Sequence[str]) -> tuple[str, ...]:
        return (f"{self._statement.model}: {'; '.join(reasons)}",) if reasons else ()

    def _answers(
        self, system: str, assignments: Sequence[Assignment], asks: Mapping[str, str]
    ) -> tuple[dict[str, str], dict[str, str]]:
        """Answers by key, and why there is none; a portion that a ceiling cuts is halved."""
        rows = [Row(a.key, asks[a.key], _material(a)) for a in assignments]
        answers: dict[str, str] = {}
        failed: dict[str, str] = {}
        size, done = _PORTION, 0
        while done < len(rows):
            part = rows[done : done + size]
            try:
                found = self._statement(system, part)
            except CeilingReached as ceiling:
                if len(part) == 1:
                    failed |= {row.key: str(ceiling) for row in rows[done:]}
                    break
                size = len(part) // 2
                continue
            done += len(part)
            for row in part:
                answer = found.get(row.key)
                if answer is None:
                    failed[row.key] = _FAILED
                else:
                    answers[row.key] = answer
        return answers, failed


def _material(one: Assignment) -> str:
    return json.dumps(facts_document(one.sheet), ensure_ascii=True, sort_keys=True)
