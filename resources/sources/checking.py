"""Holds staged files against the declarations: types, required and accepted values, keys, joins.

Each rule is counted in one pass over the table; only the rows that break one are looked at again.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

import sql
from cs_assets.mail_addresses import is_address
from resources.sources.forms import FILE_NAME
from resources.sources.problems import Problem, Problems
from resources.sources.staging import StagedFile
from resources.sources.values import NOTHING, kind_of, quoted

if TYPE_CHECKING:
    import duckdb

    from sql.catalog import Column


@dataclass(frozen=True)
class _Rule:
    """A condition of broken rows, and what to say of them."""

    column: str
    condition: str
    shown: str | None
    """The expression of what was found; None where nothing is shown."""
    expected: str
    mend: str


def check_file(
    connection: duckdb.DuckDBPyConnection, staged: StagedFile, problems: Problems
) -> None:
    """Tell of every cell that is no value of its column, and of keys that stand twice."""
    rules = [rule for column in staged.columns for rule in _cell_rules(staged, column)]
    _tell(connection, staged, rules, problems)
    _check_key(connection, staged, problems)


def _cell_rules(staged: StagedFile, column: Column) -> list[_Rule]:
    name, bad = column.name, f"bad_{column.name}"
    how = kind_of(column.type, bad, staged.form)
    is_bad = f"{bad} IS NOT NULL"
    rules = []
    if how.beyond is not None:
        expected = f"expected {how.beyond_expected}"
        mend = (
            "an open end is an empty cell (or list the mark under nulls in "
            f"{FILE_NAME}); correct the year of others"
        )
        rules.append(_Rule(name, f"{is_bad} AND {how.beyond}", bad, expected, mend))
        is_bad += f" AND {how.beyond} IS NOT TRUE"
    rules.append(_Rule(name, is_bad, bad, f"expected {how.expected}", how.mend))
    if column.one_of:
        accepted = ", ".join(map(quoted, column.one_of))
        expected = f"expected one of {', '.join(column.one_of)}"
        mend = f"correct it, or translate it in {FILE_NAME} (columns: values)"
        rules.append(_Rule(name, f"{name} NOT IN ({accepted})", name, expected, mend))
    elif column.type == "STRING" and staged.form.nulls is None:
        marks = ", ".join(map(quoted, NOTHING))
        expected = "expected a value or an empty cell, not a mark for nothing"
        mend = f"list it under nulls in {FILE_NAME} if it means nothing; nulls: [] if it is text"
        rules.append(_Rule(name, f"{name} IN ({marks})", name, expected, mend))
    if column.required:
        expected = "expected a value, the cell is empty"
        mend = "fill it in, or leave the row out (of all such rows: needs, in sources.yaml)"
        rules.append(_Rule(name, f"{name} IS NULL AND {bad} IS NULL", None, expected, mend))
    return rules


def _tell(
    connection: duckdb.DuckDBPyConnection,
    staged: StagedFile,
    rules: list[_Rule],
    problems: Problems,
    rows: str = "",
) -> None:
    """Count the rows of the file, or of ``rows`` made from them, that break each rule."""
    if not rules:
        return
    rows = rows or staged.relation
    counted = ", ".join(f"COUNT(*) FILTER (WHERE {rule.condition})" for rule in rules)
    counts = connection.execute(f"SELECT {counted} FROM {rows}").fetchone() or ()
    for rule, count in zip(rules, counts, strict=True):
        if count:
            found = connection.execute(
                f"SELECT line, {rule.shown or 'NULL'} FROM {rows} "
                f"WHERE {rule.condition} ORDER BY line LIMIT {problems.keep}"
            ).fetchall()
            _add(staged, rule.column, rule.expected, rule.mend, found, count, problems)


def _add(
    staged: StagedFile,
    column: str,
    expected: str,
    mend: str,
    found: list[tuple[int, str | None]],
    count: int,
    problems: Problems,
) -> None:
    """The first rows that break a rule one by one, the last of them with the rest."""
    for at, (line, value) in enumerate(found):
        times = 1 if at < len(found) - 1 else count - len(found) + 1
        problems.add(Problem(staged.name, line, column, expected, value, mend=mend), times)


def _check_key(
    connection: duckdb.DuckDBPyConnection, staged: StagedFile, problems: Problems
) -> None:
    """Rows whose key is complete must differ in it."""
    key = staged.table.key
    if any(name not in staged.texts for name in key):
        return
    complete = " AND ".join(f"{name} IS NOT NULL" for name in key)
    names = ", ".join(key)
    connection.execute(
        f"CREATE OR REPLACE TEMP TABLE twice AS SELECT {names}, MIN(line) AS first, "
        f"COUNT(*) AS times FROM {staged.relation} WHERE {complete} "
        f"GROUP BY {names} HAVING COUNT(*) > 1"
    )
    repeated = connection.execute(
        "SELECT COALESCE(SUM(times - 1), 0)::BIGINT FROM twice"
    ).fetchone()
    if repeated is None or not repeated[0]:
        return
    shown = " || ', ' || ".join(f"{name}::VARCHAR" for name in key)
    found = connection.execute(
        f"SELECT line, {shown}, first FROM {staged.relation} JOIN twice USING ({names}) "
        f"WHERE line <> first ORDER BY line LIMIT {problems.keep}"
    ).fetchall()
    for at, (line, value, first) in enumerate(found):
        expected = f"expected a key that is not there yet, line {first} has the same"
        mend = "remove one of the rows, or give it a key of its own"
        problem = Problem(staged.name, line, names, expected, value, rule="key", mend=mend)
        problems.add(problem, 1 if at < len(found) - 1 else int(repeated[0]) - len(found) + 1)


def check_joins(
    connection: duckdb.DuckDBPyConnection,
    staged: StagedFile,
    others: dict[str, StagedFile],
    problems: Problems,
) -> None:
    """Tell of values that must exist in another table and do not.

    A table without rows is not judged by; of one with lines that are no rows, values that an
    unread line may hold are passed over.
    """
    for column in staged.table.columns:
        if column.joins is None or column.name not in staged.texts:
            continue
        parent, key = others[column.joins[0]], column.joins[1]
        if not parent.rows or key not in parent.texts:
            continue
        unknown = (
            f"SELECT line, {column.name}::VARCHAR AS text FROM {staged.relation} AS child "
            f"WHERE {column.name} IS NOT NULL AND NOT EXISTS (SELECT 1 FROM {parent.relation} "
            f"AS parent WHERE parent.{key} = child.{column.name})"
        )
        _tell_unknown(connection, staged, parent, column, unknown, problems)


def _tell_unknown(
    connection: duckdb.DuckDBPyConnection,
    staged: StagedFile,
    parent: StagedFile,
    column: Column,
    unknown: str,
    problems: Problems,
) -> None:
    assert column.joins is not None
    texts = connection.execute(f"SELECT DISTINCT text FROM ({unknown})").fetchall()
    missing = [text for (text,) in texts if not parent.unread.may_hold(text)]
    if not missing:
        return
    connection.execute("CREATE OR REPLACE TEMP TABLE missing (text VARCHAR)")
    import pyarrow as pa

    connection.register("portion", pa.table({"text": pa.array(missing, pa.string())}))
    connection.execute("INSERT INTO missing SELECT text FROM portion")
    connection.unregister("portion")
    told = f"({unknown}) AS unknown SEMI JOIN missing USING (text)"
    counted = connection.execute(f"SELECT COUNT(*) FROM {told}").fetchone()
    found = connection.execute(
        f"SELECT line, text FROM {told} ORDER BY line LIMIT {problems.keep}"
    ).fetchall()
    expected = f"expected a {column.joins[1]} of {parent.name}"
    mend = f"add it to {parent.name}, or correct or empty it here"
    count = int(counted[0]) if counted else 0
    _add(staged, column.name, expected, mend, found, count, problems)


def check_forms(
    connection: duckdb.DuckDBPyConnection, staged: StagedFile, doubts: Problems
) -> None:
    """Values of another form than declared; they are of people, and not shown."""
    for column in staged.table.columns:
        if column.form is None or column.name not in staged.texts:
            continue
        expected = f"expected a {column.form} such as name@company.com; nothing is sent to this one"
        mend = "correct the address, or empty the cell where it is not required"
        cursor = connection.execute(
            f"SELECT line, {column.name} FROM {staged.relation} ORDER BY line"
        )
        while rows := cursor.fetchmany(10_000):
            for line, value in rows:
                if value is not None and not is_address(value):
                    doubts.add(Problem(staged.name, line, column.name, expected, mend=mend))


_RULE = re.compile(
    r"SELECT '(?P<table>\w+)'[^']*'(?P<column>\w+)'[^']*'(?P<rule>[^']*)'.*?"
    r"FROM source\.\w+ WHERE (?P<broken>.*)",
    re.DOTALL,
)


@cache
def _rules_of_the_field() -> list[re.Match[str]]:
    """What the check on the loaded tables holds values against, rule by rule."""
    parts = sql.text("sources/implausible_values").split("UNION ALL")
    return [found for part in parts if (found := _RULE.search(part))]


def check_plausible(
    connection: duckdb.DuckDBPyConnection, staged: StagedFile, doubts: Problems
) -> None:
    """Values that types allow and the field does not, as the check of the load will say."""
    mend = "correct it where it comes from; it is loaded, and the check of its table warns"
    rules = [
        _Rule(
            found["column"], found["broken"], f"{found['column']}::VARCHAR",
            f"expected that {found['rule']}", mend,
        )
        for found in _rules_of_the_field()
        if found["table"] == staged.table.name
    ]  # fmt: skip
    absent = "".join(
        f", CAST(NULL AS {kind_of(column.type, 'NULL', staged.form).engine_type}) AS {column.name}"
        for column in staged.table.columns
        if column.name not in staged.texts
    )
    _tell(connection, staged, rules, doubts, f"(SELECT *{absent} FROM {staged.relation})")
