"""The page of measured figures, ``docs/benchmarks.md``: made from runs, never by hand.

A run replaces the rows of the figures it measured and leaves the others, with the day and the
machine on which each was measured; rows of figures that no longer exist go.
"""

import datetime as dt
import os
import platform
from collections.abc import Iterable
from pathlib import Path

from tests.figures import Figure, listed

PAGE = Path(__file__).resolve().parents[1] / "docs" / "benchmarks.md"

_HEAD = """# Measured figures

Each figure as it was last measured at full size. `make bench` measures speed and size (P), `make
faults` reliability (R), `make judge` judgement (J); `FIGURES=P-calls-04` chooses one, `WRITE=1`
enters the results here. Every figure is measured in a process of its own. A figure that is listed
(`make bench LIST=1`) and has no row has not been measured for this page yet. The load is what else
ran on the machine then: above its cores, times by the clock say little.
"""
_KINDS = {"P": "Speed and size", "R": "Reliability", "J": "Judgement"}
_COLUMNS = ("figure", "what", "value", "target", "verdict", "measured", "machine")


def write(figures: Iterable[Figure], page: Path = PAGE) -> None:
    """Enter these figures in the page."""
    rows = rows_of(page.read_text(encoding="utf-8")) if page.exists() else {}
    today, machine = dt.date.today().isoformat(), _machine()
    for f in figures:
        cells = (f.id, f.name, f.value, f.target, f.verdict, today, machine)
        rows[f.id] = tuple(" ".join(cell.replace("|", "/").split()) for cell in cells)
    known = {entry.id for entry in listed()}
    kept = {id_: rows[id_] for id_ in sorted(rows) if id_ in known}
    page.write_text(_page(kept), encoding="utf-8")


def rows_of(text: str) -> dict[str, tuple[str, ...]]:
    """The rows of a page by the id of the figure."""
    rows = {}
    for line in text.splitlines():
        cells = tuple(cell.strip() for cell in line.strip().strip("|").split("|"))
        if line.startswith("|") and len(cells) == len(_COLUMNS) and cells[0][:1] in _KINDS:
            rows[cells[0]] = cells
    return rows


def _page(rows: dict[str, tuple[str, ...]]) -> str:
    parts = [_HEAD]
    for letter, title in _KINDS.items():
        lines = [f"| {' | '.join(cells)} |" for id_, cells in rows.items() if id_[0] == letter]
        if lines:
            head = [f"| {' | '.join(_COLUMNS)} |", f"|{'---|' * len(_COLUMNS)}"]
            parts.append("\n".join([f"## {title}", "", *head, *lines, ""]))
    return "\n".join(parts)


def _machine() -> str:
    gigabytes = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return (
        f"{os.cpu_count()} cores, {gigabytes:.0f} GB, {platform.system()} {platform.machine()}, "
        f"Python {platform.python_version()}, load {os.getloadavg()[0]:.0f}"
    )
