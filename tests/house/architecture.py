"""Writes ``docs/architecture.md``: the house by its imports, the lineage by its assets.

``python -m tests.house.architecture`` writes it anew; a test keeps it true.
"""

import ast
import tempfile
from collections import Counter
from pathlib import Path

import grimp

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "architecture.md"
PACKAGES = ("cs_assets", "resources", "sensors", "schedules", "sql")

#: Where a room's logic meets Dagster and the outside; they stand above the logic of all rooms.
_WIRING = "assets and checks"

_HEAD = """# Architecture

Made from the code by `python -m tests.house.architecture`; a test keeps it true.

Rooms hold rooms. What stands higher may import what stands lower, never the other way
round; rooms of one floor meet in tables, not in imports of each other. `make lint` holds
these rules (`tool.importlinter` in `pyproject.toml`); a test plants a breach of each.
"""


def page() -> str:
    """The page as Markdown with two Mermaid pictures."""
    graph = grimp.build_graph(*PACKAGES, include_external_packages=False)
    parts = [
        _HEAD,
        "## The house\n",
        _mermaid("flowchart TD", _house(graph)),
        "\n| room | what it is | rooms inside |\n| --- | --- | --- |",
        *_rooms(graph),
        "\n## The lineage\n",
        "By group of assets; an arrow: some asset of the one is read by some asset of the other.\n",
        _mermaid("flowchart LR", _lineage()),
    ]
    return "\n".join(parts) + "\n"


def _room(module: str) -> str:
    """The room of a module: the folder below its package, or the package's own top."""
    parts = module.split(".")
    if parts[0] != "cs_assets":
        return parts[0]
    if parts[-1] in ("assets", "checks"):
        return _WIRING
    inside = len(parts) > 1 and (ROOT / "cs_assets" / parts[1]).is_dir()
    return parts[1] if inside else "wiring"


def _house(graph: grimp.ImportGraph) -> list[str]:
    below: dict[str, set[str]] = {}
    for module in graph.modules:
        for imported in graph.find_modules_directly_imported_by(module):
            if _room(module) != _room(imported):
                below.setdefault(_room(module), set()).add(_room(imported))
    below.pop("wiring", None)
    rooms = sorted(set(below) | set().union(*below.values()) - {"wiring"})
    arrows = [
        f"  {_id(room)} --> {_id(other)}"
        for room in rooms
        for other in sorted(below.get(room, set()) - {"wiring"})
        if not _reached_otherwise(below, room, other)
    ]
    return [f'  {_id(room)}["{room}"]' for room in rooms] + arrows


def _reached_otherwise(below: dict[str, set[str]], room: str, other: str) -> bool:
    """Whether ``other`` lies below another room that ``room`` uses: the arrow says nothing new."""
    seen: set[str] = {room}
    next_ones = below.get(room, set()) - {other}
    while next_ones:
        seen |= next_ones
        next_ones = set().union(*(below.get(one, set()) for one in next_ones)) - seen
    return other in seen


def _rooms(graph: grimp.ImportGraph) -> list[str]:
    lines = []
    for room in sorted({_room(module) for module in graph.modules} - {_WIRING, "wiring"}):
        folder = ROOT / room if room in PACKAGES else ROOT / "cs_assets" / room
        doc = ast.get_docstring(ast.parse((folder / "__init__.py").read_text(encoding="utf-8")))
        inner = ", ".join(
            f"`{path.name}`"
            for path in sorted(folder.iterdir())
            if (path / "__init__.py").is_file()
        )
        place = folder.relative_to(ROOT).as_posix()
        lines.append(f"| `{place}` | {(doc or '').splitlines()[0]} | {inner} |")
    return lines


def _lineage() -> list[str]:
    from cs_assets.definitions import build_defs
    from resources.settings import Settings

    with tempfile.TemporaryDirectory() as home:
        graph = build_defs(Settings.load(cs_assets_home=Path(home))).resolve_asset_graph()
    counts: Counter[str] = Counter()
    arrows = set()
    for key in graph.get_all_asset_keys():
        node = graph.get(key)
        counts[node.group_name] += 1
        for parent in node.parent_keys:
            above = graph.get(parent).group_name
            if above != node.group_name:
                arrows.add((above, node.group_name))
    return [f'  {g}["{g} ({n})"]' for g, n in sorted(counts.items())] + [
        f"  {a} --> {b}" for a, b in sorted(arrows)
    ]


def _id(room: str) -> str:
    return room.replace(" ", "_")


def _mermaid(head: str, lines: list[str]) -> str:
    return "\n".join(["```mermaid", head, *lines, "```"])


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
