"""What is wrong with source files, collected so that a person can mend all of it at once."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from cs_assets.errors import UsageError

#: Problems shown to a person when a load is refused; the rest is counted.
SHOWN = 40
#: Of them at most so many of one file, column and rule, so that one bad column hides no other.
SHOWN_OF_A_KIND = 5
_VALUE_WIDTH = 40


@dataclass(frozen=True)
class Problem:
    """One bad cell, row or header. ``line`` counts from 1, the header included.

    ``mend`` says how to put it right; ``rule`` groups problems that differ in wording only.
    """

    file: str
    line: int
    column: str
    expected: str
    value: str | None = None
    rule: str | None = None
    mend: str = ""

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}"
        if self.column:
            place += f": {self.column}"
        found = "" if self.value is None else f", found {cut(self.value)}"
        return f"{place}: {self.expected}{found}"

    def as_document(self) -> dict[str, Any]:
        """For programs: file, line, column, expected, value (cut) and mend."""
        said = asdict(self)
        del said["rule"]
        return {**said, "value": None if self.value is None else cut(self.value)}


def cut(value: str) -> str:
    """A value as it is shown: on one line, quoted, no longer than needed to find it."""
    shown = ascii(value[: 2 * _VALUE_WIDTH]) if not value.isprintable() else repr(value)
    return shown if len(shown) <= _VALUE_WIDTH else shown[: _VALUE_WIDTH - 1] + "…"


@dataclass
class Problems:
    """Collects problems; keeps so many of a kind and counts all."""

    kept: list[Problem] = field(default_factory=list)
    counts: Counter[tuple[str, str, str]] = field(default_factory=Counter)
    keep: int = SHOWN_OF_A_KIND

    def add(self, problem: Problem, times: int = 1) -> None:
        """One problem; or the first of ``times`` alike, of which the others are only counted."""
        kind = (problem.file, problem.column, problem.rule or problem.expected)
        if self.counts[kind] < self.keep:
            self.kept.append(problem)
        self.counts[kind] += times

    @property
    def total(self) -> int:
        return self.counts.total()

    def lines(self, file: str) -> list[str]:
        """What to mend in one file: the first of each kind, and how many more there are."""
        shown = [str(problem) for problem in self.kept if problem.file == file]
        hidden = sum(count for (of, _, _), count in self.counts.items() if of == file) - len(shown)
        return [*shown, *([f"{file}: and {hidden:,} more"] if hidden else [])]

    def in_order(self) -> list[Problem]:
        """What is kept, by file and line."""
        return sorted(self.kept, key=lambda p: (p.file, p.line, p.column))

    @property
    def files(self) -> list[str]:
        return sorted({file for file, _, _ in self.counts})


class BadSourceFiles(UsageError):
    """The folder cannot be loaded; the text names every kind of problem, with examples."""

    #: The text is a list, one problem a line.
    keeps_lines = True

    def __init__(self, folder: Path, problems: Problems) -> None:
        self.problems: Sequence[Problem] = tuple(problems.kept)
        self.counts = dict(problems.counts)
        self.total = problems.total
        files = problems.files
        lines = [
            f"{problems.total:,} problem{'s' * (problems.total != 1)} in {len(files)} "
            f"file{'s' * (len(files) != 1)} of {folder}; nothing was loaded. "
            f"Mend them and run again (cs-assets sources check {folder} tells how):"
        ]
        shown = problems.in_order()[:SHOWN]
        lines += [f"  {problem}" for problem in shown]
        hidden = problems.total - len(shown)
        if hidden:
            lines.append(f"  ... and {hidden:,} more, by file and column: {tally(problems)}")
        super().__init__("\n".join(lines))


def tally(problems: Problems, most: int = 12) -> str:
    """Where most of the problems are: file, column and number."""
    by_place: Counter[str] = Counter()
    for (file, column, _), count in problems.counts.items():
        by_place[f"{file} {column}".strip()] += count
    return ", ".join(f"{place} {count:,}" for place, count in by_place.most_common(most))
