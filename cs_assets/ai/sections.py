"""How a section is asked for, whoever is asked, and which answers are taken."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError

from cs_assets.ai.configuration import AiConfiguration
from cs_assets.ai.screening.number_words import spans_named_in
from cs_assets.ai.screening.redaction import Redactor
from cs_assets.ai.screening.screening import Limits, reasons_to_reject
from cs_assets.ai.writing import Assignment, Prompt


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


def asked(name: str, assignment: Assignment) -> str:
    """What is asked for in our own words."""
    return "\n\n".join(filter(None, (f'Write the section "{name}".', assignment.told)))


def asked_again(name: str, reasons: Sequence[str]) -> str:
    """The second chance, with the reasons against the first text."""
    because = "; ".join(reasons)
    return (
        f'That text cannot be used: {because}. Write the section "{name}" again and keep to '
        "the rules."
    )


def taken(
    assignment: Assignment,
    answer: str,
    configuration: AiConfiguration,
    redactor: Redactor,
    *,
    is_structured: bool,
) -> tuple[str, tuple[str, ...]]:
    """The text of an answer with names restored, and the reasons against it."""
    text = answer
    if is_structured:
        try:
            text = Written.model_validate_json(answer).text
        except (ValidationError, ValueError, RecursionError):
            return "", ("the answer is not the JSON object that was asked for",)
    contacts = redactor.kinds_in(text) - {"PERSON"}
    if contacts:
        return "", (f"repeats personal data ({', '.join(sorted(contacts)).lower()})",)
    text = redactor.restore(text).strip()
    limits = Limits(
        limit(assignment), _banned(assignment, configuration),
        spans_named_in(assignment.prompt.text),
    )  # fmt: skip
    own = text
    for given in assignment.given:
        own = own.replace(given, " ")
    reasons = reasons_to_reject(own or text, assignment.sheet, limits)
    return text, reasons or tuple(assignment.refusals(text))


def _banned(assignment: Assignment, configuration: AiConfiguration) -> tuple[Any, ...]:
    everywhere = configuration.banned
    if assignment.audience == "customer":
        return (*everywhere, *configuration.banned_for_customers)
    return everywhere


def limit(assignment: Assignment) -> int:
    return min(assignment.max_characters, assignment.prompt.max_characters)


def section_names(assignments: Sequence[Assignment]) -> dict[str, str]:
    """By the prompt; by the last part of the key where sections share a prompt."""
    shared = Counter(assignment.prompt.name for assignment in assignments)
    return {
        one.key: (one.prompt.name if shared[one.prompt.name] == 1 else one.key)
        .rpartition("/")[2]
        .replace("_", " ")
        for one in assignments
    }


def instructions(assignments: Sequence[Assignment], names: Mapping[str, str]) -> list[str]:
    """Each prompt once, under the names of its sections."""
    by_prompt: dict[Prompt, list[Assignment]] = {}
    for assignment in assignments:
        by_prompt.setdefault(assignment.prompt, []).append(assignment)
    return [
        "\n".join(
            [
                *(f'Section "{names[a.key]}" (at most {limit(a)} characters)' for a in members),
                prompt.text,
            ]
        )
        for prompt, members in by_prompt.items()
    ]
