"""Golden cases: what a prompt's texts must keep to, and what changed when it was edited.

``config/prompts/golden/<room>/<name>.yaml`` holds, for the prompt of the same name,
phrases that its instructions must keep, and cases: facts, assertions on any text
about them, a text that keeps all of them and texts that must be refused. They run
without a model in the tests, and with one by ``cs-assets ai golden``.
"""

import datetime as dt
import difflib
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import yaml
from pydantic import Field, ValidationError

from cs_assets.ai.configuration import Banned
from cs_assets.ai.prompting import prompts
from cs_assets.ai.prompting.prompts import BUILT_IN, PromptFile
from cs_assets.ai.screening.number_words import spans_named_in
from cs_assets.ai.screening.screening import Limits, reasons_to_reject
from cs_assets.ai.writing import Assignment, Writer
from cs_assets.config import BadConfiguration, Strict
from cs_assets.facts import slots
from cs_assets.facts.model import Fact, FactSheet, Quote

FOLDER = BUILT_IN / "golden"


class Refused(Strict):
    """A text that must be refused, and a part of the reason."""

    text: str
    because: str


class Case(Strict):
    """Facts of one imagined entity, and what holds for any text about them."""

    name: str
    facts: tuple[dict[str, Any], ...]
    quotes: tuple[dict[str, Any], ...] = ()
    must_use: tuple[str, ...] = ()
    must_not_say: tuple[str, ...] = ()
    at_most: int | None = Field(default=None, ge=20)
    accepted: str
    refused: tuple[Refused, ...] = ()

    @property
    def sheet(self) -> FactSheet:
        """The facts as a sheet; the entity is the case."""
        monday = dt.date(2026, 11, 9)
        return FactSheet(
            entity_type="golden",
            entity_id=self.name,
            period_start=monday,
            period_end=monday + dt.timedelta(days=6),
            cutoff=dt.datetime.combine(monday + dt.timedelta(days=7), dt.time()),
            facts=tuple(Fact(**fact) for fact in self.facts),
            quotes=tuple(Quote(**quote) for quote in self.quotes),
        )


class GoldenFile(Strict):
    """The golden cases of one prompt."""

    instructions_must_say: tuple[str, ...]
    cases: tuple[Case, ...] = Field(min_length=1)


def load(name: str, folder: Path = FOLDER) -> GoldenFile:
    """The golden cases of the prompt ``room/name``; raises ``BadConfiguration``."""
    path = folder / f"{name}.yaml"
    try:
        return GoldenFile.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))
    except (OSError, yaml.YAMLError, ValidationError) as error:
        raise BadConfiguration(f"{path}: {' '.join(str(error).split())[:300]}") from error


def breaches_of_prompt(prompt: PromptFile, golden: GoldenFile) -> list[str]:
    """The phrases that the instructions no longer say."""
    said = " ".join(prompt.text.casefold().split())
    return [
        f"{prompt.name} no longer says '{phrase}'"
        for phrase in golden.instructions_must_say
        if " ".join(phrase.casefold().split()) not in said
    ]


def breaches(text: str, case: Case, prompt: PromptFile, banned: Sequence[Banned]) -> list[str]:
    """Every assertion that ``text`` breaks."""
    limit = min(case.at_most or prompt.header.max_characters, prompt.header.max_characters)
    limits = Limits(limit, tuple(banned), spans_named_in(prompt.text))
    found = list(reasons_to_reject(text, case.sheet, limits))
    used = slots.used(text)
    found += [f"does not use {fact}" for fact in case.must_use if fact not in used]
    for pattern in case.must_not_say:
        if match := re.search(pattern, text, re.IGNORECASE):
            found.append(f"says '{match[0]}'")
    return found


@dataclass(frozen=True)
class Change:
    """One case before and after an edit of the prompt or a change of the model."""

    case: str
    old: str
    new: str
    old_breaches: tuple[str, ...]
    new_breaches: tuple[str, ...]

    @property
    def is_worse(self) -> bool:
        return bool(set(self.new_breaches) - set(self.old_breaches))


def changes(
    cases: Mapping[str, tuple[Case, PromptFile]],
    old: Mapping[str, str],
    new: Mapping[str, str],
    banned: Sequence[Banned],
) -> list[Change]:
    """The cases of both answers compared; a case without an answer counts as an empty text."""
    return [
        Change(
            case=name,
            old=old.get(name, ""),
            new=new.get(name, ""),
            old_breaches=tuple(breaches(old.get(name, ""), case, prompt, banned)),
            new_breaches=tuple(breaches(new.get(name, ""), case, prompt, banned)),
        )
        for name, (case, prompt) in cases.items()
    ]


def report(found: Sequence[Change], old_label: str, new_label: str) -> str:
    """The comparison as Markdown: a table, then each changed text line by line."""
    worse = [change for change in found if change.is_worse]
    lines = [
        f"# {old_label} against {new_label}",
        "",
        f"{len(found)} cases, {len(worse)} worse, "
        f"{sum(change.old != change.new for change in found)} changed.",
        "",
        "| case | old | new | characters | facts used | what is worse |",
        "|---|---|---|---|---|---|",
    ]
    for change in found:
        before, after = set(slots.used(change.old)), set(slots.used(change.new))
        lines.append(
            f"| {change.case} | {_verdict(change.old_breaches)} | {_verdict(change.new_breaches)} "
            f"| {len(change.old)} → {len(change.new)} "
            f"| +{len(after - before)} −{len(before - after)} "
            f"| {'; '.join(sorted(set(change.new_breaches) - set(change.old_breaches)))} |"
        )
    for change in found:
        if change.old != change.new:
            lines += ["", f"## {change.case}", "", "```diff", *_diff(change), "```"]
    return "\n".join(lines) + "\n"


def _verdict(breached: tuple[str, ...]) -> str:
    return "keeps all" if not breached else f"breaks {len(breached)}"


def _diff(change: Change) -> list[str]:
    sentence = re.compile(r"(?<=[.!?])\s+")
    return [
        line
        for line in difflib.unified_diff(
            sentence.split(change.old), sentence.split(change.new), lineterm="", n=1
        )
        if not line.startswith(("---", "+++", "@@"))
    ]


def cases_of(
    names: Iterable[str], config_folder: Path | None = None
) -> dict[str, tuple[Case, PromptFile]]:
    """The golden cases of the prompts ``names``, by ``prompt: case``."""
    found = {}
    for name in names:
        prompt = prompts.read(name, config_folder)
        for case in load(name).cases:
            found[f"{name}: {case.name}"] = (case, prompt)
    return found


def answers(cases: Mapping[str, tuple[Case, PromptFile]], writer: Writer) -> dict[str, str]:
    """One text a case; empty where the model gave none that may be shown."""
    reports = [
        [
            Assignment(
                key=name,
                # The prompt's text in the entity: an edited prompt is another report.
                sheet=replace(case.sheet, entity_id=f"{case.name} {prompt.version}"),
                prompt=prompt.prompt,
                rules=lambda: "",
                max_characters=case.at_most or prompt.header.max_characters,
            )
        ]
        for name, (case, prompt) in cases.items()
    ]
    return {draft.key: draft.text for (draft,) in writer.write_reports(reports)}


def read_answers(path: Path) -> dict[str, str]:
    """Answers as ``cs-assets ai golden --out`` wrote them."""
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise BadConfiguration(f"{path}: no file of answers ({error})") from error
    if not isinstance(document, dict) or not all(isinstance(v, str) for v in document.values()):
        raise BadConfiguration(f"{path}: no file of answers; make one with 'cs-assets ai golden'")
    return document
