"""Reads column lineage out of the SQL that fills tables, by sqlglot; run by ``made_docs``."""

import ast
import re
import tempfile
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import yaml

import sql
from cs_assets.kit.column_lineage import Lineage, ViewColumns
from sql import catalog

_ROOT = Path(__file__).parents[2]
_STATEMENT = re.compile(r"[a-z_]+/[a-z_0-9]+")
_VIEW = re.compile(r"^CREATE OR REPLACE VIEW (\S+) AS$", re.M)
#: Types of DuckDB by the name that the declarations have for them.
_TYPES = {
    "VARCHAR": "STRING",
    "TIMESTAMP": "TIMESTAMP_NTZ",
    "INTEGER": "BIGINT",
    "HUGEINT": "BIGINT",
}


def filled() -> dict[str, str]:
    """By table: the statement whose rows it holds, as the calls in the code pair them."""
    pairs: dict[str, str] = {}
    for path in sorted(_ROOT.glob("cs_assets/**/*.py")):
        for call in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(call, ast.Call):
                texts = [a.value for a in call.args if isinstance(a, ast.Constant)]
                for table, statement in _pairs([t for t in texts if isinstance(t, str)]):
                    pairs.setdefault(table, statement)
    return pairs


def _pairs(texts: list[str]) -> Iterator[tuple[str, str]]:
    tables = [text for text in texts if text in catalog.tables()]
    statements = [text for text in texts if _STATEMENT.fullmatch(text) and _is_select(text)]
    if len(tables) == 1 and len(statements) == 1:
        yield tables[0], statements[0]


def _is_select(name: str) -> bool:
    try:
        text = sql.text(name, "snowflake")
    except sql.UnknownStatement:
        return False
    plain = re.sub(r"--[^\n]*", "", text).strip().upper()
    return plain.startswith(("SELECT", "WITH", "CREATE"))


def lineage() -> Lineage:
    """By table that SQL makes: the columns of other tables that each of its columns is made of."""
    made: Lineage = {}
    for table, statement in [*sorted(filled().items()), *views().items()]:
        if found := _columns(sql.text(statement, "snowflake"), table):
            made[table] = found
    return made


@cache
def views() -> Mapping[str, str]:
    """By view: the statement that makes it; first those that no other of them reads."""
    texts = {
        f"{path.parent.name}/{path.stem}": path.read_text("utf-8")
        for path in _ROOT.glob("sql/*/create_v*.sql")
    }
    found = {made[1]: name for name, text in texts.items() if (made := _VIEW.search(text))}

    def reads(view: str) -> int:
        return sum(other in texts[found[view]] for other in found if other != view)

    return {view: found[view] for view in sorted(found, key=lambda view: (reads(view), view))}


def view_columns() -> ViewColumns:
    """By view: type and meaning of each column, the meaning from what it is made of."""
    from resources.duckdb.warehouse import DuckDBWarehouse

    with tempfile.TemporaryDirectory() as folder:
        warehouse = DuckDBWarehouse(path=str(Path(folder, "warehouse.duckdb")))
        with warehouse.session("views") as db:
            for statement in views().values():
                db.execute(statement)
            rows = db.query("customers/columns_of_views").itertuples(index=False)
    made = lineage()
    found: ViewColumns = {view: {} for view in sorted(views())}
    for schema, name, column, type_ in rows:
        view = f"{schema}.{name}"
        meaning = _meaning(column, made.get(view, {}).get(column, []))
        found[view][column] = [_TYPES.get(type_, type_), meaning]
    return found


def _meaning(column: str, of: list[list[str]]) -> str:
    """What the column means where it is one of a table: that of the same name, or the only one."""
    found = [(table, name) for table, name in of if table in catalog.tables()]
    alike = [pair for pair in found if pair[1] == column] or (found if len(found) == 1 else [])
    return catalog.table(alike[0][0]).column(alike[0][1]).meaning if alike else ""


def _columns(text: str, table: str) -> dict[str, list[list[str]]]:
    from sqlglot import exp, parse_one
    from sqlglot.errors import SqlglotError
    from sqlglot.optimizer.qualify import qualify
    from sqlglot.optimizer.scope import build_scope

    schema: dict[str, Any] = {}
    for declared in catalog.tables().values():
        columns = {column.name.upper(): "TEXT" for column in declared.columns}
        schema.setdefault(declared.schema.upper(), {})[declared.name.upper()] = columns
    try:
        tree = parse_one(text.replace("?", "NULL"), dialect="snowflake")
        query = tree.expression if isinstance(tree, exp.Create) else tree
        query = qualify(query, schema=schema, dialect="snowflake", validate_qualify_columns=False)
        scope = build_scope(query)
    except SqlglotError:
        return {}
    if scope is None:
        return {}
    declared_names = catalog.table(table).column_names if table in catalog.tables() else None
    found = {}
    whole: Any = scope.expression
    for select in whole.selects:
        name = select.alias_or_name.lower()
        if declared_names is not None and name not in declared_names:
            continue
        if of := sorted(set(_leaves(select, scope, frozenset()))):
            found[name] = [list(pair) for pair in of if pair[0] != table]
    return {name: of for name, of in found.items() if of}


def _leaves(expression: object, scope: object, seen: frozenset[int]) -> Iterator[tuple[str, str]]:
    """Columns of stored tables that an expression rests on, through sub-queries."""
    from sqlglot import exp
    from sqlglot.optimizer.scope import Scope

    assert isinstance(expression, exp.Expression)
    assert isinstance(scope, Scope)
    for column in expression.find_all(exp.Column):
        source = scope.sources.get(column.table)
        if isinstance(source, exp.Table):
            name = f"{source.db}.{source.name}".lower()
            if name in catalog.tables() and column.name.lower() in catalog.table(name).column_names:
                yield name, column.name.lower()
        elif isinstance(source, Scope) and id(source) not in seen:
            yield from _of_sub_query(column.name, source, seen)


def _parts(scope: object) -> list[Any]:
    """The SELECTs of a union, or the one that a scope is."""
    from sqlglot import exp
    from sqlglot.optimizer.scope import Scope

    assert isinstance(scope, Scope)
    if isinstance(scope.expression, exp.SetOperation):
        return [part for half in scope.set_operation_scopes for part in _parts(half)]
    return [scope]


def _of_sub_query(name: str, scope: object, seen: frozenset[int]) -> Iterator[tuple[str, str]]:
    from sqlglot.optimizer.scope import Scope

    assert isinstance(scope, Scope)
    query: Any = scope.expression
    names = [named.upper() for named in query.named_selects]
    if name.upper() not in names:
        return
    place = names.index(name.upper())
    for part in _parts(scope):  # the halves of a union agree by place, not by name
        if place < len(part.expression.selects):
            yield from _leaves(part.expression.selects[place], part, seen | {id(scope)})


def declared() -> Lineage:
    """What ``made_of.yaml`` says; ``ValueError`` where it names what is not declared."""
    text = Path(__file__).with_name("made_of.yaml").read_text("utf-8")
    found: Lineage = {}
    for table, columns in yaml.safe_load(text).items():
        found[table] = {}
        for column, of in columns.items():
            catalog.table(table).column(column)
            pairs = [full.rsplit(".", 1) for full in of]
            for other, name in pairs:
                catalog.table(other).column(name)
            found[table][column] = sorted(pairs)
    return found


def all_lineage(upstream: Mapping[str, list[str]]) -> Lineage:
    """Lineage of the tables of assets (``upstream``: the tables that each is made after), of views.

    Where Python makes the rows, a column is what ``made_of.yaml`` says, else an upstream one's of
    the same name and meaning, or of the same name where it is key here and there. A table between
    that is no asset stands for what it is made of.
    """
    made = lineage() | declared()
    for table, others in sorted(upstream.items()):
        if table not in made and (found := _alike(table, others)):
            made[table] = found
    assets = {table for table in upstream if table in catalog.tables()}
    return {
        table: {column: _of_assets(of, made, assets) for column, of in sorted(columns.items())}
        for table, columns in sorted(made.items())
        if table in assets or table not in catalog.tables()
    }


def _of_assets(of: list[list[str]], made: Lineage, assets: set[str]) -> list[list[str]]:
    """These columns, those of tables that are no assets replaced by what they are made of."""
    found: set[tuple[str, str]] = set()
    seen: set[tuple[str, str]] = set()
    left = [(table, name) for table, name in of]
    while left:
        table, name = left.pop()
        if table in assets:
            found.add((table, name))
        elif (table, name) not in seen:
            seen.add((table, name))
            left += [(other, one) for other, one in made.get(table, {}).get(name, [])]
    return [list(pair) for pair in sorted(found)]


def _alike(table: str, others: list[str]) -> dict[str, list[list[str]]]:
    mine = catalog.table(table)
    found: dict[str, list[list[str]]] = {}
    for column in mine.columns:
        of = []
        for name in others:
            other = catalog.table(name)
            if column.name not in other.column_names or name == table:
                continue
            theirs = other.column(column.name)
            is_key = column.name in mine.key and column.name in other.key
            if is_key or (theirs.meaning, theirs.type) == (column.meaning, column.type):
                of.append([name, column.name])
        if of:
            found[column.name] = of
    return found
