"""Secrets that a manager puts into files: ``NAME_FILE`` names the file in place of ``NAME``."""

from collections.abc import Iterable, Mapping
from pathlib import Path

from cs_assets.errors import UsageError

SUFFIX = "_FILE"
#: A key is shorter; a file of this length is some other one.
_LONGEST = 65_536


def from_files(environment: Mapping[str, str], names: Iterable[str]) -> dict[str, str]:
    """By variable of ``names``: what the file holds that ``<NAME>_FILE`` names, less a line end.

    Raises ``UsageError``: both are set, or the file cannot be read, is empty or no text.
    """
    given = {name.upper(): value for name, value in environment.items() if value.strip()}
    found: dict[str, str] = {}
    for name in names:
        path = given.get(f"{name}{SUFFIX}")
        if path is None:
            continue
        if name in given:
            raise UsageError(f"settings {name} and {name}{SUFFIX} are both set; set only one")
        found[name] = _content(Path(path), f"{name}{SUFFIX}")
    return found


def _content(path: Path, name: str) -> str:
    try:
        with path.open("rb") as file:
            raw = file.read(_LONGEST + 1)
    except OSError as error:
        raise UsageError(f"setting {name}: {path} cannot be read ({error.strerror})") from None
    if len(raw) > _LONGEST:
        raise UsageError(f"setting {name}: {path} is longer than any secret")
    try:
        text = raw.decode().removesuffix("\n").removesuffix("\r")
    except UnicodeDecodeError:
        raise UsageError(f"setting {name}: {path} is no text") from None
    if not text.strip():
        raise UsageError(f"setting {name}: {path} is empty")
    return text
