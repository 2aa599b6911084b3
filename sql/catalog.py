"""What every table is: read from ``sql/tables``, the one declaration of it.

A table file holds one ``CREATE TABLE`` with a fixed layout: header comments
(meaning, ``key:``, ``partition:``, ``optional:``, ``needed for:``, ``feed:``) and one column a
line, its meaning in the trailing comment (``; joins table.column`` when every value must exist
there, ``; one of: a, b`` when only these may occur, ``; form: mail address`` when others are told).
The DDL that runs, the column schema in the Dagster UI, the contract checks, the CSV loader and
``docs/tables.md`` all come from it.
"""

import re
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

_CREATE = re.compile(r"^CREATE TABLE IF NOT EXISTS (\w+)\.(\w+) \($")
_COLUMN = re.compile(
    r"^\s+(?P<name>\w+)\s+(?P<type>[A-Z_]+(?:\([^)]*\))?)(?P<required>\s+NOT NULL)?\s*,?"
    r"\s*--\s*(?P<meaning>.+)$"
)
_JOINS = re.compile(r"; joins (?P<table>\w+)\.(?P<column>\w+)")
_FORM = re.compile(r"; form: (?P<form>mail address)")
_ONE_OF = re.compile(r"; one of: (?P<values>.+)$")


class MalformedTable(ValueError):
    """A file under ``sql/tables`` that does not keep the layout."""


@dataclass(frozen=True)
class Column:
    """One column: SQL type as in Snowflake, meaning, and the values it may take."""

    name: str
    type: str
    required: bool
    meaning: str
    one_of: tuple[str, ...] = ()
    joins: tuple[str, str] | None = None
    """Table of the same schema and its column in which every value must exist."""
    form: str | None = None
    """``mail address``, if others are told as of no use."""


@dataclass(frozen=True)
class Feed:
    """How rows of a table come in over time: what tells a zero from what is not there yet.

    Declared as ``-- feed: conversions; day conversion_date; by channel, region; late: hold``. It
    may be late as a whole, for one value of a ``by`` column, or for the customers of one region.
    """

    name: str
    """What its rows are called, in the plural."""
    day: str
    """The column with the day that a row is of."""
    is_weekly: bool
    """Whether a row stands for the week that begins on its day (``week`` in place of ``day``)."""
    by: tuple[str, ...]
    holds: bool
    """Whether a review without it is held; else it says what is missing."""


@dataclass(frozen=True)
class Table:
    """One table: its grain in words, natural key, partition column and DDL."""

    schema: str
    name: str
    meaning: str
    key: tuple[str, ...]
    partition: str | None
    columns: tuple[Column, ...]
    ddl: str
    optional: str | None = None
    """Of a source table that not every installation has: what it holds. Empty when absent."""
    feed: Feed | None = None
    needed_for: tuple[str, ...] = ()
    """Of a source table: what cannot be made without it (``resources.sources.purposes``)."""

    @property
    def full_name(self) -> str:
        return f"{self.schema}.{self.name}"

    @property
    def column_names(self) -> list[str]:
        return [column.name for column in self.columns]

    def column(self, name: str) -> Column:
        return next(column for column in self.columns if column.name == name)


def parse(ddl: str, origin: str) -> Table:
    """Read one table file; raises ``MalformedTable`` naming file and line."""
    meaning: list[str] = []
    header: dict[str, str] = {}
    columns: list[Column] = []
    created: re.Match[str] | None = None
    for number, line in enumerate(ddl.splitlines(), start=1):
        if created is None:
            if line.startswith("--"):
                word, _, rest = line.removeprefix("--").strip().partition(": ")
                if word in ("key", "partition", "optional", "needed for", "feed"):
                    header[word] = rest.strip()
                else:
                    meaning.append(line.removeprefix("--").strip())
            elif line.strip():
                created = _CREATE.match(line)
                if created is None:
                    raise MalformedTable(
                        f"{origin}:{number}: expected CREATE TABLE IF NOT EXISTS schema.name ("
                    )
        elif line.strip() and not line.strip().startswith((")", "--")):
            found = _COLUMN.match(line)
            if found is None:
                raise MalformedTable(
                    f"{origin}:{number}: expected 'name TYPE [NOT NULL], -- meaning'"
                )
            columns.append(_column(found))
    if created is None or "key" not in header or not columns:
        raise MalformedTable(f"{origin}: a table needs '-- key:', CREATE TABLE and columns")
    key = tuple(part.strip() for part in header["key"].split(","))
    names = {column.name for column in columns}
    partition = header.get("partition")
    feed = _feed(header["feed"], origin) if "feed" in header else None
    used = [*key, *([partition] if partition else []), *([feed.day, *feed.by] if feed else [])]
    for name in used:
        if name not in names:
            raise MalformedTable(
                f"{origin}: key, partition or feed column '{name}' is not a column"
            )
    said, optional = " ".join(meaning), header.get("optional")
    needed = tuple(part.strip() for part in header.get("needed for", "").split(",") if part.strip())
    return Table(
        created[1], created[2], said, key, partition, tuple(columns), ddl, optional, feed, needed
    )


_FEED = re.compile(
    r"^(?P<name>[a-z ]+); (?P<every>day|week) (?P<day>\w+)(; by (?P<by>[\w, ]+))?"
    r"; late: (?P<late>hold|caveat)$"
)


def _feed(text: str, origin: str) -> Feed:
    found = _FEED.match(text)
    if found is None:
        raise MalformedTable(
            f"{origin}: expected 'feed: rows; day column; by column, column; late: hold', or week "
            "in place of day, caveat in place of hold"
        )
    by = tuple(part.strip() for part in (found["by"] or "").split(",") if part.strip())
    return Feed(found["name"], found["day"], found["every"] == "week", by, found["late"] == "hold")


def _column(found: re.Match[str]) -> Column:
    meaning = found["meaning"].strip()
    values = _ONE_OF.search(meaning)
    joined = _JOINS.search(meaning)
    return Column(
        name=found["name"],
        type=found["type"],
        required=bool(found["required"]),
        meaning=meaning,
        one_of=tuple(v.strip() for v in values["values"].split(",")) if values else (),
        joins=(joined["table"], joined["column"]) if joined else None,
        form=form["form"] if (form := _FORM.search(meaning)) else None,
    )


@cache
def tables() -> dict[str, Table]:
    """All tables by ``schema.name``, in the order of their files."""
    found: dict[str, Table] = {}
    root = files("sql").joinpath("tables")
    for folder in sorted(root.iterdir(), key=lambda path: path.name):
        if not folder.is_dir():
            continue
        for path in sorted(folder.iterdir(), key=lambda path: path.name):
            if path.name.endswith(".sql"):
                origin = f"sql/tables/{folder.name}/{path.name}"
                table = parse(path.read_text(encoding="utf-8"), origin)
                if origin != f"sql/tables/{table.schema}/{table.name}.sql":
                    raise MalformedTable(
                        f"{origin}: holds {table.full_name}, name and place differ"
                    )
                found[table.full_name] = table
    return found


def table(full_name: str) -> Table:
    """The table ``schema.name``; raises ``KeyError`` with the known names' schema."""
    try:
        return tables()[full_name]
    except KeyError:
        raise KeyError(f"no table {full_name} is declared under sql/tables") from None
