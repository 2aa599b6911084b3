"""Reads a statement of the set-up into the account book, strictly: what has no rule here fails.

Each rule is a form from Snowflake's reference with the options that it has; the names in it
are looked up in the book.
"""

import re
from collections.abc import Callable

import sqlglot
from sqlglot import exp

from tests.snowflake.account_book import AccountBook, Refused
from tests.snowflake.cortex_reading import agent, search_service, semantic_view

Rule = Callable[[AccountBook, re.Match[str]], None]

_TEXT = r"'(?:[^'\\]|''|\\.)*'"
_NAME = r"[A-Za-z_][\w$]*"
_PATH = rf"{_NAME}(?:\.{_NAME})*"
_KINDS = "WAREHOUSE|DATABASE|SCHEMA|TABLE|VIEW|SEMANTIC VIEW|CORTEX SEARCH SERVICE|AGENT"

#: Options by statement, and the form of their values.
_OPTIONS = {
    "WAREHOUSE": {
        "WAREHOUSE_SIZE": "'XSMALL'",
        "AUTO_SUSPEND": r"\d+",
        "AUTO_RESUME": "TRUE",
        "INITIALLY_SUSPENDED": "TRUE",
        "STATEMENT_TIMEOUT_IN_SECONDS": r"\d+",
        "STATEMENT_QUEUED_TIMEOUT_IN_SECONDS": r"\d+",
        "COMMENT": _TEXT,
    },
    "DATABASE": {"COMMENT": _TEXT},
    "SCHEMA": {"COMMENT": _TEXT},
    "ROLE": {"COMMENT": _TEXT},
    "USER": {"TYPE": "SERVICE", "COMMENT": _TEXT},
    "ALTER USER": {
        "RSA_PUBLIC_KEY": _TEXT,
        "DEFAULT_ROLE": _NAME,
        "DEFAULT_SECONDARY_ROLES": r"\(\)",
        "DEFAULT_WAREHOUSE": _NAME,
        "DEFAULT_NAMESPACE": _PATH,
    },
}


def read(book: AccountBook, statement: str) -> None:
    """Do on paper what ``statement`` does; raises ``Refused``, as Snowflake would."""
    for pattern, rule in _RULES:
        if found := pattern.fullmatch(statement):
            rule(book, found)
            return
    raise Refused("001003", f"no form of Snowflake's that the set-up uses: {statement[:80]}")


def _use_warehouse(book: AccountBook, found: re.Match[str]) -> None:
    name = found[1].upper()
    book.require("WAREHOUSE", name)
    if not book.allows(book.role, "USAGE", "WAREHOUSE", name):
        raise Refused("003001", f"Insufficient privileges to operate on warehouse '{name}'.")
    book.warehouse = name


def _create(book: AccountBook, found: re.Match[str]) -> None:
    kind = found[1].upper()
    _options(kind, found[3])
    book.make(kind, found[2].upper())


def _monitor(book: AccountBook, found: re.Match[str]) -> None:
    book.make("RESOURCE MONITOR", found[1].upper())


def _set_monitor(book: AccountBook, found: re.Match[str]) -> None:
    book.require("WAREHOUSE", found[1].upper())
    book.require("RESOURCE MONITOR", found[2].upper())
    book.require_role("ACCOUNTADMIN", "resource monitors")


def _create_table(book: AccountBook, found: re.Match[str]) -> None:
    tree = sqlglot.parse_one(found[0], read="snowflake")
    name = found[1].upper()
    book.make("TABLE", name)
    made = [column.name.upper() for column in tree.find_all(exp.ColumnDef)] or [
        column.upper() for column in tree.expression.named_selects
    ]
    book.columns.setdefault(name, made)
    if isinstance(tree.expression, exp.Query) and not book.warehouse:
        raise Refused("000606", "No active warehouse selected in the current session.")


def _add_columns(book: AccountBook, found: re.Match[str]) -> None:
    name = found[1].upper()
    book.require_owner("TABLE", name)
    added = re.findall(rf"IF NOT EXISTS ({_NAME}) [A-Z_]+(?:\([^)]*\))?(?:, |$)", found[2])
    if len(added) != found[2].count("IF NOT EXISTS"):
        raise Refused("001003", f"ADD COLUMN of {name}: {found[2][:80]}")
    kept = book.columns[name]
    kept += [column.upper() for column in added if column.upper() not in kept]


def _create_view(book: AccountBook, found: re.Match[str]) -> None:
    tree = sqlglot.parse_one(found[2], read="snowflake")
    name = found[1].upper()
    for table in tree.find_all(exp.Table):
        behind = ".".join(part.name for part in table.parts).upper()
        if not any(book.allows(book.role, "SELECT", kind, behind) for kind in ("TABLE", "VIEW")):
            raise Refused("002003", f"Object '{behind}' does not exist or not authorized.")
    book.make("VIEW", name, replaces=True)
    book.columns[name] = [column.upper() for column in tree.named_selects]


def _view_where_none(book: AccountBook, found: re.Match[str]) -> None:
    if ("VIEW", found[1].upper()) not in book.owners:
        _create_view(book, found)


def _grant_role(book: AccountBook, found: re.Match[str]) -> None:
    book.require("ROLE", found[1].upper())
    book.require(found[2].upper(), found[3].upper())
    book.require_role("SECURITYADMIN", f"role '{found[1]}'")
    book.holders.add((found[1].upper(), found[3].upper()))


def _grant(book: AccountBook, found: re.Match[str]) -> None:
    book.grant(_listed(found[1]), found[2].upper(), found[3].upper(), found[4].upper())


def _revoke(book: AccountBook, found: re.Match[str]) -> None:
    book.revoke(_listed(found[1]), found[2].upper(), found[3].upper(), found[4].upper())


def _grant_many(book: AccountBook, found: re.Match[str]) -> None:
    give = book.grant_all if found[2].upper() == "ALL" else book.grant_to_come
    give(_listed(found[1]), found[3].upper(), found[4].upper(), found[5].upper())


def _alter_user(book: AccountBook, found: re.Match[str]) -> None:
    name = found[1].upper()
    given = _options("ALTER USER", found[2])
    book.require_owner("USER", name)
    book.require("ROLE", given["DEFAULT_ROLE"].upper())
    book.require("WAREHOUSE", given["DEFAULT_WAREHOUSE"].upper())
    book.require("SCHEMA", given["DEFAULT_NAMESPACE"].upper())
    if not re.fullmatch(r"'[A-Za-z0-9+/=]{300,}'", given["RSA_PUBLIC_KEY"]):
        raise Refused("001420", "The public key is invalid: no base64 of a key of 2,048 bits.")


def _listed(privileges: str) -> set[str]:
    return {one.strip().upper() for one in privileges.split(",")}


def _options(statement: str, text: str) -> dict[str, str]:
    """``NAME = value`` pairs, every one known for the statement."""
    known = _OPTIONS[statement]
    found: dict[str, str] = {}
    rest = text.strip()
    while rest:
        for name, form in known.items():
            if hit := re.match(rf"{name} = ({form})(?:\s+|$)", rest):
                found[name] = hit[1]
                rest = rest[hit.end() :]
                break
        else:
            raise Refused("001003", f"{statement} has no such option: {rest[:60]}")
    return found


_RULES: list[tuple[re.Pattern[str], Rule]] = [
    (re.compile(pattern, re.S), rule)
    for pattern, rule in (
        (rf"USE ROLE ({_NAME})", lambda book, found: book.use_role(found[1].upper())),
        (rf"USE WAREHOUSE ({_NAME})", _use_warehouse),
        (rf"CREATE (WAREHOUSE|DATABASE|SCHEMA|ROLE|USER) IF NOT EXISTS ({_PATH})\s+(.*)", _create),
        (
            rf"CREATE RESOURCE MONITOR IF NOT EXISTS ({_NAME})\s+WITH CREDIT_QUOTA = \d+\s+"
            r"FREQUENCY = MONTHLY\s+START_TIMESTAMP = IMMEDIATELY\s+TRIGGERS"
            r"(?:\s+ON \d+ PERCENT DO (?:NOTIFY|SUSPEND|SUSPEND_IMMEDIATE))+",
            _monitor,
        ),
        (rf"ALTER WAREHOUSE ({_NAME}) SET RESOURCE_MONITOR = ({_NAME})", _set_monitor),
        (rf"CREATE TABLE IF NOT EXISTS ({_PATH}) .*", _create_table),
        (rf"ALTER TABLE ({_PATH}) ADD COLUMN (.*)", _add_columns),
        (rf"CREATE OR REPLACE VIEW ({_PATH}) COPY GRANTS AS\s+(.*)", _create_view),
        (rf"CREATE VIEW IF NOT EXISTS ({_PATH}) AS\s+(.*)", _view_where_none),
        (rf"GRANT ROLE ({_NAME}) TO (ROLE|USER) ({_NAME})", _grant_role),
        (rf"GRANT ([A-Z, ]+) ON ({_KINDS}) ({_PATH}) TO ROLE ({_NAME})", _grant),
        (rf"REVOKE ([A-Z, ]+) ON ({_KINDS}) ({_PATH}) FROM ROLE ({_NAME})", _revoke),
        (
            rf"GRANT ([A-Z, ]+) ON (ALL|FUTURE) (TABLE|VIEW)S IN SCHEMA ({_PATH}) "
            rf"TO ROLE ({_NAME})",
            _grant_many,
        ),
        (
            rf"GRANT (USE AI FUNCTIONS) ON (ACCOUNT)() TO ROLE ({_NAME})",
            _grant,
        ),
        (
            rf"GRANT DATABASE ROLE ({_PATH}) TO ROLE ({_NAME})",
            lambda book, found: book.grant_database_role(found[1].upper(), found[2].upper()),
        ),
        (rf"ALTER USER ({_NAME}) SET\s+(.*)", _alter_user),
        (rf"CREATE CORTEX SEARCH SERVICE IF NOT EXISTS ({_PATH})\s+(.*)", search_service),
        (rf"CREATE OR REPLACE SEMANTIC VIEW ({_PATH})\s+(.*)", semantic_view),
        (
            rf"CREATE OR REPLACE AGENT ({_PATH}) COPY GRANTS\s+COMMENT = {_TEXT}\s+"
            rf"PROFILE = ({_TEXT})\s+FROM SPECIFICATION \$\$\n(.*)\$\$",
            agent,
        ),
    )
]
