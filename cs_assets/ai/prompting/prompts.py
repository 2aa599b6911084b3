"""Prompts are files with a name and a version.

``config/prompts/<room>/<name>.md`` starts with a block between ``---`` lines
(``version``, ``purpose``, ``max_characters``) and goes on with the instructions.
A user's configuration folder may hold ``prompts/<room>/<name>.md`` instead.

The version that is ledgered and stored carries the first digits of the text's
hash, so that an edit without a new number is still another prompt.
"""

import hashlib
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
