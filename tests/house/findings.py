"""Every finding of ``cs-assets doctor`` that is not "ok", read from its code, as it is told."""

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

_COMMANDS = Path(__file__).resolve().parents[2] / "cs_assets" / "commands"
_NAMES = ("Finding", "Found")


class Told(NamedTuple):
    """A finding: what varies in it is ``…``."""

    check: str
    verdict: str
    detail: str
    mend: str


def told() -> list[Told]:
    """All of them, in the order of the code."""
    return [one for path in sorted(_COMMANDS.glob("doctor*.py")) for one in _of(path)]


def _of(path: Path) -> Iterator[Told]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for function in ast.walk(tree):
        if not isinstance(function, ast.FunctionDef):
            continue
        known = {
            target.id: node.value
            for node in ast.walk(function) if isinstance(node, ast.Assign)
            for target in node.targets if isinstance(target, ast.Name)
        }  # fmt: skip
        for node in ast.walk(function):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") in _NAMES:
                parts = [_text(one, known) for one in node.args[:4]]
                if len(parts) >= 3 and parts[1] != "ok":
                    yield Told(parts[0], parts[1], parts[2], parts[3] if len(parts) > 3 else "")


def _text(node: ast.AST, known: dict[str, ast.expr], depth: int = 0) -> str:
    """A text as far as it stands in the code."""
    if isinstance(node, ast.Constant):
        return str(node.value)
    if isinstance(node, ast.JoinedStr):
        return "".join(_text(part, known, depth) for part in node.values)
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        return _text(node.left, known, depth) + _text(node.right, known, depth)
    if isinstance(node, ast.Name) and node.id in known and depth < 2:
        return _text(known[node.id], known, depth + 1)
    return "…"
