"""What would have to be loaded to answer what nothing here answers (``lacking.yaml``)."""

from collections.abc import Sequence
from functools import cache
from pathlib import Path

import yaml
from pydantic import BaseModel, ConfigDict, TypeAdapter

from cs_assets.answers.likeness import spoken

_FILE = Path(__file__).with_name("lacking.yaml")


class _Lacking(BaseModel):
    """An entry of the file."""

    model_config = ConfigDict(extra="forbid")
    needs: str
    words: str


def lacking(stems: Sequence[str]) -> str:
    """What a question that is not understood would need, by its stems; empty where no word says."""
    said = f" {' '.join(stems)} "
    return next(
        (needs for needs, phrases in _read() if any(f" {one} " in said for one in phrases)), ""
    )


@cache
def _read() -> tuple[tuple[str, tuple[str, ...]], ...]:
    entries = TypeAdapter(list[_Lacking]).validate_python(
        yaml.safe_load(_FILE.read_text(encoding="utf-8"))
    )
    return tuple(
        (
            one.needs,
            tuple(" ".join(spoken.stems(phrase.split())) for phrase in one.words.split(",")),
        )
        for one in entries
    )
