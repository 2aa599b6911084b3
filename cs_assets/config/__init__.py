"""Configuration is data: YAML files beside this module, each validated by a pydantic model.

A user's folder (``CS_ASSETS_CONFIG_DIR``) may hold a file of the same name; it
replaces the built-in one as a whole, so that what is in force is one readable file.
"""

from functools import lru_cache
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError

from cs_assets.errors import UsageError

Model = TypeVar("Model", bound=BaseModel)

_BUILT_IN = Path(__file__).parent
#: The safe loader; in C, ten times as fast, where libyaml is there.
_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class Strict(BaseModel):
    """Base of what a file holds: no other field than these, and nothing changes them later.

    Its checks are built when a file is first read: definitions load without reading one.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)


class BadConfiguration(UsageError):
    """A configuration file that cannot be read or does not fit; says file, place and reason."""


def load(name: str, model: type[Model], folder: Path | None = None) -> Model:
    """The configuration file ``name`` as ``model``; from ``folder`` when it has one."""
    own = folder / name if folder else None
    path = own if own is not None and own.is_file() else _BUILT_IN / name
    try:
        found: Model = _read(path, path.read_bytes(), model)
        return found
    except OSError as error:
        raise BadConfiguration(f"{path}: {error}") from error


@lru_cache(maxsize=64)
def _read(path: Path, content: bytes, model: type[Model]) -> Model:
    """Models do not change: of each content there is one."""
    try:
        document: Any = yaml.load(content.decode("utf-8"), _LOADER)  # noqa: S506 - a safe one
    except (UnicodeDecodeError, yaml.YAMLError) as error:
        raise BadConfiguration(f"{path}: {' '.join(str(error).split())}") from error
    try:
        return model.model_validate(document)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        place = ".".join(str(part) for part in first["loc"]) or "top level"
        raise BadConfiguration(f"{path}: {place}: {first['msg']}") from None
