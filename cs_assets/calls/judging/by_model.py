"""A model as a judge: rubric and transcript in, proven verdicts out, whoever serves the model.

Our words go first and are the same for all calls of a run, so that they may be kept between calls;
the call's sentences are data, one a line, and cannot look like another line.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from cs_assets.ai.material import clean
from cs_assets.ai.screening.redaction import Redactor
from cs_assets.ai.writing import Prompt
from cs_assets.calls.judging import proofs
from cs_assets.calls.judging.judges import Case, Judged, JudgeRules, NotJudged, side
from cs_assets.calls.scoring.rubric import Rubric

#: A sentence is shorter; what is longer is no sentence and is cut.
_LONGEST_SENTENCE = 1500

#: The answer inside the subset of JSON schema that providers enforce. The statement
#: ``calls/judged_by_model`` holds the same (tested).
SCHEMA: dict[str, Any] = {
    "type": "object",
    "properties": {
        "criteria": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {
                    "criterion": {"type": "string"},
                    "applies": {"type": "boolean"},
                    "share": {"type": "number"},
                    "reason": {"type": "string"},
                    "sentence": {"type": "integer"},
                    "quote": {"type": "string"},
                },
                "required": ["criterion", "applies", "share", "reason", "sentence", "quote"],
                "additionalProperties": False,
            },
        }
    },
    "required": ["criteria"],
    "additionalProperties": False,
}


@dataclass(frozen=True)
class Asked:
    """What a model is asked about one call. ``system`` is ours, ``material`` is data."""

    case: Case
    system: str
    material: str
    prompt_name: str
    prompt_version: str


class Asks(Protocol):
    """Puts questions to one model; never raises for what happens outside."""

    @property
    def model(self) -> str: ...

    @property
    def redacts(self) -> bool:
        """Whether words leave the warehouse, so that people are taken out of them."""
        ...

    def answers(self, asked: Sequence[Asked]) -> Mapping[str, str | NotJudged]:
        """By call id: the answer as text, or why there is none (yet)."""
        ...


class ModelJudge:
    """The model behind ``asks``, told of the rubric; see ``Judge``."""

    def __init__(self, asks: Asks, rules: JudgeRules, rubric: Rubric, prompt: Prompt) -> None:
        self._asks = asks
        self._rules = rules
        self._prompt = prompt
        self._system = f"{prompt.text}\n\n{rubric_told(rules, rubric)}"

    @property
    def name(self) -> str:
        return self._asks.model

    @property
    def version(self) -> str:
        digest = hashlib.sha256(self._system.encode()).hexdigest()[:8]
        return f"{self._prompt.version}/{self._rules.version}-{digest}"

    def judge(self, cases: Sequence[Case]) -> Mapping[str, Judged | NotJudged]:
        told = {case.call_id: sentences_told(case, redact=self._asks.redacts) for case in cases}
        asked = [
            Asked(
                case,
                self._system,
                material(case, told[case.call_id]),
                self._prompt.name,
                self._prompt.version,
            )
            for case in cases
        ]
        answers = self._asks.answers(asked) if asked else {}
        return {case.call_id: self._judged(case, told[case.call_id], answers) for case in cases}

    def _judged(
        self, case: Case, told: Sequence[str], answers: Mapping[str, str | NotJudged]
    ) -> Judged | NotJudged:
        answer = answers.get(case.call_id, NotJudged("no answer"))
        if isinstance(answer, NotJudged):
            return answer
        return proofs.proven(answer, case, told, self._rules)


def rubric_told(rules: JudgeRules, rubric: Rubric) -> str:
    """The rubric as a model is told of it."""
    lines = ["THE RUBRIC"]
    for dimension, key in rules.judged:
        one = rules.criteria[dimension][key]
        label = rubric.criterion(dimension, key).label
        lines.append(
            f"- {key} ({rubric.dimensions[dimension].label}: {label}). Shown: {one.shown}; quote "
            f"{' or '.join(one.shown_by)}. Missed: {one.missed}; quote "
            f"{' or '.join(one.missed_by)}. Does not apply: {one.no_chance}."
        )
    return "\n".join(lines)


def sentences_told(case: Case, *, redact: bool) -> list[str]:
    """The sentences as the model is given them, in the transcript's order."""
    redactor = Redactor(case.people) if redact else None
    said = [clean(sentence.text, _LONGEST_SENTENCE) for sentence in case.transcript.sentences]
    return [redactor.redact(text) for text in said] if redactor else said


def material(case: Case, told: Sequence[str]) -> str:
    """The call, one sentence a line: its number, its side, its words."""
    return "\n".join(
        f"[{sentence.index}] {side(case.transcript, place)}: {told[place]}"
        for place, sentence in enumerate(case.transcript.sentences)
    )


def words_hash(case: Case) -> str:
    """SHA-256 over all that a model could be told of the call but the people taken out."""
    said = sentences_told(case, redact=False)
    document = [
        [s.index, side(case.transcript, p), said[p]]
        for p, s in enumerate(case.transcript.sentences)
    ]
    return hashlib.sha256(json.dumps(document, ensure_ascii=True).encode()).hexdigest()
