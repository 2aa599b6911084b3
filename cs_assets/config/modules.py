"""``modules.yaml``: the modules of the product, one catalogue for all rooms."""

from pathlib import Path

from pydantic import Field

from cs_assets.config import Strict, load


class Module(Strict):
    """What readers call a module, and words of a goal that say that it serves it."""

    name: str = Field(min_length=1, max_length=20)
    goal_words: tuple[str, ...] = ()


class _Catalogue(Strict):
    modules: dict[str, Module]


def modules(folder: Path | None = None) -> dict[str, Module]:
    """By code, in the order in which they are told; the user's when ``folder`` has the file."""
    return load("modules.yaml", _Catalogue, folder).modules
