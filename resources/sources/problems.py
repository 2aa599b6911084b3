"""What is wrong with source files, collected so that a person can mend all of it at once."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from cs_assets.errors import UsageError

#: Problems shown to a person; the rest is counted.
SHOWN = 40
#: Of them at most so many of one file and column, so that one bad column does not hide others.
SHOWN_OF_A_KIND = 5
_VALUE_WIDTH = 40


@dataclass(frozen=True)
class Problem:
    """One bad cell, row or header. ``line`` counts from 1, the header included.

    ``rule`` groups problems that differ in wording only; by default the wording itself.
    """

    file: str
    line: int
    column: str
    expected: str
    value: str | None = None
    rule: str | None = None

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}"
        if self.column:
            place += f": {self.column}"
        found = "" if self.value is None else f", found {cut(self.value)}"
        return f"{place}: {self.expected}{found}"


def cut(value: str) -> str:
    """A value as it is shown: on one line, quoted, no longer than needed to find it."""
    shown = ascii(value[: 2 * _VALUE_WIDTH]) if not value.isprintable() else repr(value)
    return shown if len(shown) <= _VALUE_WIDTH else shown[: _VALUE_WIDTH - 1] + "…"


@dataclass
class Problems:
    """Collects problems; keeps as many as can be shown and counts all."""

    kept: list[Problem] = field(default_factory=list)
    counts: Counter[tuple[str, str, str]] = field(default_factory=Counter)

    def add(self, problem: Problem) -> None:
        kind = (problem.file, problem.column, problem.rule or problem.expected)
        self.counts[kind] += 1
        if self.counts[kind] <= SHOWN_OF_A_KIND:
            self.kept.append(problem)

    @property
    def total(self) -> int:
        return self.counts.total()

    def lines(self, file: str) -> list[str]:
        """What to mend in one file: the first of each kind, and how many more there are."""
        shown = [str(problem) for problem in self.kept if problem.file == file]
        hidden = sum(count for (of, _, _), count in self.counts.items() if of == file) - len(shown)
        return [*shown, *([f"{file}: and {hidden:,} more"] if hidden else [])]

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
            "Mend them and run again:"
        ]
        shown = sorted(problems.kept, key=lambda p: (p.file, p.line, p.column))[:SHOWN]
        lines += [f"  {problem}" for problem in shown]
        hidden = problems.total - len(shown)
        if hidden:
            lines.append(f"  ... and {hidden:,} more, by file and column: {_tally(problems)}")
        super().__init__("\n".join(lines))


def _tally(problems: Problems) -> str:
    by_place: Counter[str] = Counter()
    for (file, column, _), count in problems.counts.items():
        by_place[f"{file} {column}".strip()] += count
    return ", ".join(f"{place} {count:,}" for place, count in by_place.most_common(12))
