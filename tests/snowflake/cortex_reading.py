"""Reads search services, semantic views and agents: their parts, and what each part names."""

import json
import re
from typing import Any

import sqlglot
import yaml
from sqlglot import exp

from tests.snowflake.account_book import AccountBook, Refused

#: Clauses of CREATE SEMANTIC VIEW in the order that Snowflake wants.
_CLAUSES = [
    "TABLES", "RELATIONSHIPS", "FACTS", "DIMENSIONS", "METRICS", "COMMENT", "AI_SQL_GENERATION",
    "AI_VERIFIED_QUERIES", "COPY GRANTS",
]  # fmt: skip
_SPECIFICATION = {"models", "orchestration", "instructions", "tools", "tool_resources"}


def search_service(book: AccountBook, found: re.Match[str]) -> None:
    """``ON``, ``ATTRIBUTES``, warehouse, lag, model and a query whose columns they name."""
    name = found[1].upper()
    form = re.fullmatch(
        r"ON (\w+)\s+ATTRIBUTES ([\w, ]+?)\s+WAREHOUSE = (\w+)\s+"
        r"TARGET_LAG = '\d+ (?:minutes?|hours?|days?)'"
        r"\s+EMBEDDING_MODEL = '(?:snowflake-arctic-embed-[a-z0-9.-]+|voyage-multilingual-2)'"
        r"\s+COMMENT = '[^']*'\s+AS\s+(.*)",
        found[2],
        re.S,
    )
    if form is None:
        raise Refused("001003", f"CREATE CORTEX SEARCH SERVICE {name}: clauses or their order")
    book.require("WAREHOUSE", form[3].upper())
    query = sqlglot.parse_one(form[4], read="snowflake")
    sources = [".".join(part.name for part in t.parts).upper() for t in query.find_all(exp.Table)]
    for source in sources:
        if not any(book.allows(book.role, "SELECT", kind, source) for kind in ("TABLE", "VIEW")):
            raise Refused("002003", f"Object '{source}' does not exist or not authorized.")
    read = {column.name.upper() for column in query.find_all(exp.Column)}
    if unknown := read - {column for source in sources for column in book.columns[source]}:
        raise Refused("000904", f"invalid identifier {', '.join(sorted(unknown))}")
    columns = {column.upper() for column in query.named_selects}
    attributes = [one.strip().upper() for one in form[2].split(",")]
    if unknown := {form[1].upper(), *attributes} - columns:
        raise Refused("000904", f"{', '.join(sorted(unknown))}: not selected by {name}")
    if not book.allows(book.role, "USAGE", "DATABASE_ROLE", "SNOWFLAKE.CORTEX_EMBED_USER"):
        raise Refused("003001", f"{book.role} may not embed")
    book.make("CORTEX SEARCH SERVICE", name)
    book.columns[name], book.attributes[name] = sorted(columns), attributes


def semantic_view(book: AccountBook, found: re.Match[str]) -> None:
    """Every table, key, relationship, field and verified query named must be there."""
    name = found[1].upper()
    clauses = _clauses(found[2])
    tables = {}
    for item in clauses["TABLES"]:
        alias, base, keys = _part(r"(\w+) AS ([\w.]+) PRIMARY KEY \(([^)]+)\) COMMENT = '.*'", item)
        _columns_in(book, keys.split(","), base)
        if not any(book.allows(book.role, "SELECT", kind, base) for kind in ("TABLE", "VIEW")):
            raise Refused("002003", f"Object '{base}' does not exist or not authorized.")
        tables[alias] = (base, {key.strip() for key in keys.split(",")})
    for item in clauses["RELATIONSHIPS"]:
        left, own, right, other = _part(
            r"\w+ AS (\w+) \(([^)]+)\) REFERENCES (\w+) \(([^)]+)\)", item
        )
        _columns_in(book, own.split(","), tables[left][0])
        if {one.strip() for one in other.split(",")} != tables[right][1]:
            raise Refused("392400", f"{item}: refers to no key of {right}")
    _verified(clauses["AI_VERIFIED_QUERIES"], _fields(book, clauses, tables))
    book.make("SEMANTIC VIEW", name, replaces=True)


def _clauses(text: str) -> dict[str, list[str]]:
    """The items of each clause; refuses another order than Snowflake's."""
    found: dict[str, list[str]] = {}
    order = []
    for part in _split(text, " \n"):
        if part.startswith("(") and order and order[-1] not in found:
            found[order[-1]] = _split(part[1:-1], ",")
        elif part in _CLAUSES or part == "COPY":
            order.append("COPY GRANTS" if part == "COPY" else part)
    if order != [clause for clause in _CLAUSES if clause in order]:
        raise Refused("001003", f"clauses in the order {', '.join(order)}")
    return found


def _fields(
    book: AccountBook, clauses: dict[str, list[str]], tables: dict[str, tuple[str, set[str]]]
) -> dict[str, set[str]]:
    """The names of facts, dimensions and metrics by logical table, each expression checked."""
    names: dict[str, set[str]] = {alias: set() for alias in tables}
    kinds: dict[str, set[str]] = {}
    for kind in ("FACTS", "DIMENSIONS", "METRICS"):
        for item in clauses[kind]:
            table, name, additive, rest = _part(
                r"(\w+)\.(\w+)( NON ADDITIVE BY \(\w+(?: (?:ASC|DESC))?\))? AS (.*)", item
            )
            if name in names[table]:
                raise Refused("392400", f"{table}.{name} is there twice")
            tail = r"(.*?)(?: WITH SYNONYMS \([^)]*\))? COMMENT = '(?:[^']|'')*'"
            (expression,) = _part(tail, rest)
            tree = sqlglot.parse_one(expression, read="snowflake")
            if bool(tree.find(exp.AggFunc)) != (kind == "METRICS"):
                raise Refused("392400", f"{table}.{name}: {kind} and aggregates do not fit")
            _columns_in(book, [c.name for c in tree.find_all(exp.Column)], tables[table][0])
            if additive and _part(r".*\((\w+).*\)", additive)[0] not in kinds["DIMENSIONS"]:
                raise Refused("392400", f"{table}.{name}: NON ADDITIVE BY no dimension")
            names[table].add(name)
            kinds.setdefault(kind, set()).add(name)
    return names


def _verified(items: list[str], fields: dict[str, set[str]]) -> None:
    """Verified queries speak of logical tables and fields, and parse."""
    for item in items:
        query = _part(
            r"\w+ AS \(QUESTION '(?:[^']|'')*' (?:ONBOARDING_QUESTION TRUE )?"
            r"SQL '((?:[^']|'')*)'\)",
            item,
        )[0]
        tree = sqlglot.parse_one(query.replace("''", "'"), read="snowflake")
        table = next(tree.find_all(exp.Table)).name.upper()
        known = fields[table] | {alias.alias.upper() for alias in tree.find_all(exp.Alias)}
        if unknown := {c.name.upper() for c in tree.find_all(exp.Column)} - known:
            raise Refused("392400", f"verified query: {table} has no {', '.join(sorted(unknown))}")


def agent(book: AccountBook, found: re.Match[str]) -> None:
    """The profile is JSON, the specification YAML whose tools have resources that are there."""
    name = found[1].upper()
    json.loads(found[2][1:-1].replace("''", "'").replace("\\\\", "\\"))
    if len(found[3].encode()) > 100_000 or "$$" in found[3]:
        raise Refused("001003", f"specification of {name}: too long, or ends in its middle")
    specification: dict[str, Any] = yaml.safe_load(found[3])
    if unknown := set(specification) - _SPECIFICATION:
        raise Refused("399500", f"{name}: no key {', '.join(sorted(unknown))}")
    resources = specification["tool_resources"]
    tools = {tool["tool_spec"]["name"]: tool["tool_spec"] for tool in specification["tools"]}
    if set(tools) != set(resources):
        raise Refused("399500", f"{name}: tools {sorted(tools)}, resources {sorted(resources)}")
    for tool, spec in tools.items():
        resource = resources[tool]
        if spec["type"] == "cortex_search":
            _search_tool(book, resource)
        elif spec["type"] == "cortex_analyst_text_to_sql":
            book.require("SEMANTIC VIEW", resource["semantic_view"].upper())
            book.require("WAREHOUSE", resource["execution_environment"]["warehouse"])
        else:
            raise Refused("399500", f"{name}: no tool of the type {spec['type']}")
    book.make("AGENT", name, replaces=True)


def _search_tool(book: AccountBook, resource: dict[str, Any]) -> None:
    service = resource["search_service"].upper()
    book.require("CORTEX SEARCH SERVICE", service)
    shown = {resource["title_column"], resource["id_column"]}
    shown |= set(resource.get("columns_and_descriptions", {}))
    if unknown := shown - set(book.columns[service]):
        raise Refused("399500", f"{service} has no {', '.join(sorted(unknown))}")
    for leaf in resource.get("filter", {}).values():
        if unknown := set(leaf) - set(book.attributes[service]):
            raise Refused("399500", f"{service}: {', '.join(sorted(unknown))} is no attribute")


def _part(pattern: str, text: str) -> tuple[str, ...]:
    found = re.fullmatch(pattern, text, re.S)
    if found is None:
        raise Refused("001003", f"syntax: {text[:100]}")
    return found.groups()


def _columns_in(book: AccountBook, names: list[str], table: str) -> None:
    there = book.columns.get(table.upper())
    if there is None:
        raise Refused("002003", f"Object '{table}' does not exist or not authorized.")
    if unknown := {name.strip().upper() for name in names} - set(there):
        raise Refused("000904", f"invalid identifier {', '.join(sorted(unknown))} in {table}")


def _split(text: str, separators: str) -> list[str]:
    """Parts between separators that stand outside of parentheses and strings."""
    parts, part, depth, quoted = [], "", 0, False
    for character in text:
        quoted ^= character == "'"
        if not quoted:
            depth += (character == "(") - (character == ")")
        if character in separators and not depth and not quoted:
            parts.append(part.strip())
            part = ""
        else:
            part += character
    return [one for one in [*parts, part.strip()] if one]
