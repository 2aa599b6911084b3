"""The lowest versions that ``pyproject.toml`` allows, as constraints; for ``make lowest``.

``python -m tests.versions.lowest`` prints one ``name==version`` a line. Only what we name: the rest
follows from it.
"""

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

_FLOOR = re.compile(r"^([A-Za-z0-9_.-]+)(?:\[[^]]*\])?\s*(?:>=|~=|==)\s*([0-9][^,; ]*)")


def lowest(pyproject: Path) -> Iterator[str]:
    """A constraint for each requirement with a floor."""
    project = tomllib.loads(pyproject.read_text(encoding="utf-8"))["project"]
    named = [*project["dependencies"]]
    for extra in project["optional-dependencies"].values():
        named += extra
    for one in named:
        if found := _FLOOR.match(one):
            yield f"{found[1]}=={found[2]}"


if __name__ == "__main__":
    print("\n".join(sorted(set(lowest(Path(__file__).resolve().parents[2] / "pyproject.toml")))))
