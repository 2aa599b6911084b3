"""The accepted version of every prompt: a text that changes needs a new number.

``config/prompts/versions.yaml`` maps a prompt's name to the version last accepted
(number and hash). ``cs-assets ai prompts --accept`` writes it after an edit.
"""

from collections.abc import Iterable, Mapping
from pathlib import Path

import yaml

from cs_assets.ai.prompting import prompts

FILE = prompts.BUILT_IN / "versions.yaml"


def accepted(path: Path = FILE) -> dict[str, str]:
    """Name to accepted version; empty when nothing was accepted yet."""
    if not path.is_file():
        return {}
    return {str(k): str(v) for k, v in yaml.safe_load(path.read_text(encoding="utf-8")).items()}


def problems(current: Iterable[prompts.PromptFile], known: Mapping[str, str]) -> list[str]:
    """Prompts whose text changed under an accepted number, or that nobody accepted."""
    found = []
    for prompt in current:
        before = known.get(prompt.name)
        if before == prompt.version:
            continue
        if before is None:
            found.append(f"{prompt.name}: new; accept it with 'cs-assets ai prompts --accept'")
        elif prompt.header.version <= int(before.split("-")[0]):
            found.append(f"{prompt.name}: the text changed, so 'version' must be raised")
        else:
            found.append(f"{prompt.name}: a new version; accept it once its cases pass")
    return found


def accept(current: Iterable[prompts.PromptFile], path: Path = FILE) -> None:
    """Write the versions of ``current`` as the accepted ones."""
    versions = {prompt.name: prompt.version for prompt in current}
    head = "# Accepted prompt versions; written by 'cs-assets ai prompts --accept'.\n"
    path.write_text(head + yaml.safe_dump(versions, sort_keys=True), encoding="utf-8")
