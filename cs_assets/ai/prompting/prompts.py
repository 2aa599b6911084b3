"""Prompts are files with a name and a version.

``config/prompts/<room>/<name>.md`` starts with a block between ``---`` lines
(``version``, ``purpose``, ``max_characters``) and goes on with the instructions.
A user's configuration folder may hold ``prompts/<room>/<name>.md`` instead.

The version that is ledgered and stored carries the first digits of the text's
hash, so that an edit without a new number is still another prompt. The version last
accepted of each (number and hash) stands in ``config/prompts/versions.yaml``, which
``cs-assets ai prompts --accept`` writes after an edit.
"""

import hashlib
from collections.abc import Iterable, Mapping
from pathlib import Path

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from cs_assets.ai.writing import Prompt
from cs_assets.config import BadConfiguration

BUILT_IN = Path(__file__).parents[2] / "config" / "prompts"


class Header(BaseModel):
    """What a prompt file says about itself."""

    model_config = ConfigDict(extra="forbid")

    version: int = Field(ge=1)
    purpose: str = Field(min_length=10)
    max_characters: int = Field(default=4000, ge=50, le=20_000)


class PromptFile(BaseModel):
    """One prompt file, read and checked."""

    name: str
    header: Header
    text: str

    @property
    def version(self) -> str:
        digest = hashlib.sha256(self.text.encode()).hexdigest()[:8]
        return f"{self.header.version}-{digest}"

    @property
    def prompt(self) -> Prompt:
        return Prompt(self.name, self.version, self.text, self.header.max_characters)


def load(name: str, folder: Path | None = None) -> Prompt:
    """The prompt ``room/name``, e.g. ``reviews/performance``; raises ``BadConfiguration``."""
    return read(name, folder).prompt


def read(name: str, folder: Path | None = None) -> PromptFile:
    """The prompt file ``room/name`` with its header, from ``folder`` when it has one."""
    own = folder / "prompts" / f"{name}.md" if folder else None
    path = own if own is not None and own.is_file() else BUILT_IN / f"{name}.md"
    try:
        content = path.read_text(encoding="utf-8")
    except OSError as error:
        raise BadConfiguration(f"{path}: no such prompt ({error.strerror})") from error
    return parse(name, content, str(path))


def parse(name: str, content: str, origin: str) -> PromptFile:
    """A prompt file from its content; ``origin`` is named in errors."""
    parts = content.split("---\n", 2)
    if len(parts) != 3 or parts[0].strip():
        raise BadConfiguration(f"{origin}: a prompt starts with a block between '---' lines")
    try:
        header = Header.model_validate(yaml.safe_load(parts[1]))
    except (yaml.YAMLError, ValidationError) as error:
        raise BadConfiguration(f"{origin}: header: {' '.join(str(error).split())}") from error
    text = parts[2].strip()
    if not text:
        raise BadConfiguration(f"{origin}: no instructions below the header")
    return PromptFile(name=name, header=header, text=text)


def names(folder: Path = BUILT_IN) -> list[str]:
    """The names of all prompts below ``folder``, sorted."""
    return sorted(str(path.relative_to(folder).with_suffix("")) for path in folder.rglob("*.md"))


VERSIONS = BUILT_IN / "versions.yaml"


def accepted(path: Path = VERSIONS) -> dict[str, str]:
    """Name to accepted version; empty when nothing was accepted yet."""
    if not path.is_file():
        return {}
    return {str(k): str(v) for k, v in yaml.safe_load(path.read_text(encoding="utf-8")).items()}


def problems(current: Iterable[PromptFile], known: Mapping[str, str]) -> list[str]:
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


def accept(current: Iterable[PromptFile], path: Path = VERSIONS) -> None:
    """Write the versions of ``current`` as the accepted ones."""
    versions = {prompt.name: prompt.version for prompt in current}
    head = "# Accepted prompt versions; written by 'cs-assets ai prompts --accept'.\n"
    path.write_text(head + yaml.safe_dump(versions, sort_keys=True), encoding="utf-8")
