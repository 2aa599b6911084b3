"""What proves an answer, put together: by table which columns of which rows, and how many facts."""

from collections.abc import Sequence
from dataclasses import dataclass

from cs_assets.answers.model import Answer, Proven

#: Of what was asked itself: no table holds it.
_ASKED = "asked"
#: The column of a fact that counts rows.
_COUNTED = "rows"
#: Rows named of each table, where not all are; keys that are longer say nothing to anybody.
_FEW, _LONGEST = 3, 40


@dataclass(frozen=True)
class Source:
    """What one table proves of an answer: cells by column and row, and what was counted in it."""

    table: str
    facts: tuple[Proven, ...]

    @property
    def columns(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(one.column for one in self.facts if one.column != _COUNTED))

    @property
    def rows(self) -> tuple[str, ...]:
        """Keys of the rows, their parts with a stroke between, as in a reference."""
        cells = (one for one in self.facts if one.column != _COUNTED)
        return tuple(dict.fromkeys("/".join(one.key) for one in cells))

    @property
    def counted(self) -> tuple[str, ...]:
        """What was counted over the table."""
        return tuple(one.fact.label for one in self.facts if one.column == _COUNTED)

    def told(self) -> str:
        """One line: columns, how many rows, the first of them, and what was counted."""
        parts = []
        if rows := self.rows:
            what = "row" if len(rows) == 1 else "rows"
            parts.append(f"{', '.join(self.columns)} of {len(rows)} {what}{_named(rows)}")
        if self.counted:
            parts.append(f"counted: {', '.join(self.counted)}")
        return "; ".join(parts)


def _named(rows: Sequence[str]) -> str:
    """The first rows by their keys, and how many more there are."""
    first = [one for one in rows[:_FEW] if len(one) <= _LONGEST]
    more = f" and {len(rows) - len(first)} more" if len(rows) > len(first) else ""
    return f": {', '.join(first)}{more}" if first else ""


def sources(answer: Answer) -> tuple[Source, ...]:
    """The tables that prove an answer, the one with most facts first; each cell once."""
    by_table: dict[str, dict[str, Proven]] = {}
    for one in answer.facts:
        if one.table != _ASKED:
            by_table.setdefault(one.table, {}).setdefault(_name(one), one)
    found = [Source(table, tuple(facts.values())) for table, facts in by_table.items()]
    return tuple(sorted(found, key=lambda one: (-len(one.facts), one.table)))


def by_line(answer: Answer) -> Sequence[tuple[str, Sequence[Proven]]]:
    """Each line of an answer with the facts in it."""
    facts = {one.fact.fact_id: one for one in answer.facts}
    return [(line.text, [facts[one] for one in line.facts]) for line in answer.lines]


def _name(one: Proven) -> str:
    """A count is a fact of its own, whatever else was counted over the same rows."""
    return f"{one.ref}/{one.fact.label}" if one.column == _COUNTED else one.ref
