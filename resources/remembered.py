"""What a home remembers of how it was made: whose company is in it, and where its files lie."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal

from cs_assets.errors import UsageError
from resources.files import write_atomically

FILE_NAME = "installation.json"
_LONGEST = 100_000

Company = Literal["sample", "own"]


@dataclass(frozen=True)
class Remembered:
    """Settings that were given when the home was made; later ones of the environment win."""

    company: Company | None = None
    sources: str | None = None
    gong: str | None = None

    def settings(self) -> dict[str, str]:
        """By field of the settings, what is known."""
        known = {"cs_assets_sources_dir": self.sources, "gong_export_dir": self.gong}
        return {name: folder for name, folder in known.items() if folder}


def read(home: Path) -> Remembered:
    """What ``home`` remembers; nothing where it is none, or was made by an earlier version."""
    path = home / FILE_NAME
    try:
        with path.open("rb") as file:
            said = json.loads(file.read(_LONGEST))
    except (FileNotFoundError, NotADirectoryError, PermissionError):
        return Remembered()
    except ValueError as error:
        raise UsageError(f"{path} is damaged; remove it and run demo again") from error
    texts = {k: v for k, v in said.items() if isinstance(v, str)} if isinstance(said, dict) else {}
    company = texts.get("company")
    return Remembered(
        "sample" if company == "sample" else "own" if company == "own" else None,
        texts.get("sources"),
        texts.get("gong"),
    )


def remember(home: Path, what: Remembered) -> None:
    """Note it in ``home``."""
    write_atomically(home / FILE_NAME, (json.dumps(asdict(what), indent=1) + "\n").encode())
