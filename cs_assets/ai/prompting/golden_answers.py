"""Has a writer answer the golden cases, so that prompts and models can be compared."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path

from cs_assets.ai.prompting import golden, prompts
from cs_assets.ai.prompting.golden import Case
from cs_assets.ai.prompting.prompts import PromptFile
from cs_assets.ai.writing import Assignment, Writer
from cs_assets.config import BadConfiguration


def cases_of(
    names: Iterable[str], config_folder: Path | None = None
) -> dict[str, tuple[Case, PromptFile]]:
    """The golden cases of the prompts ``names``, by ``prompt: case``."""
    found = {}
    for name in names:
        prompt = prompts.read(name, config_folder)
        for case in golden.load(name).cases:
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
