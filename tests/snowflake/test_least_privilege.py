"""Each room's statements need no more than the role of its duty has, and have no less."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlglot
from sqlglot import exp

from resources.snowflake.locks import lock_of
from resources.snowflake.names import Names
from resources.snowflake.schemas import Schemas
from resources.snowflake.setup import load_agents, plan
from sql import catalog
from tests.snowflake.account_book import APPLICATION_PUBLIC, AccountBook
from tests.snowflake.setup_reading import read

ROOT = Path(__file__).resolve().parents[2]

#: The role that runs the statements of a room, without the ones of other duties.
DUTIES = {
    "gong": "INGEST",
    "calls": "TRANSFORM",
    "coaching": "TRANSFORM",
    "customers": "TRANSFORM",
    "delivery": "TRANSFORM",
    "reviews": "TRANSFORM",
    "routing": "TRANSFORM",
    "sources": "TRANSFORM",
}
_WRITES = {
    "append": {"INSERT"},
    "merge": {"UPDATE", "INSERT"},
    "replace": {"DELETE", "INSERT"},
    "replace_from": {"DELETE", "INSERT"},
}


@pytest.fixture(scope="module")
def book() -> AccountBook:
    made = AccountBook()
    for step in plan(Names(public_key="A" * 392, edition="enterprise"), load_agents(None)):
        for statement in step.statements:
            read(made, statement)
    return made


def standing(relation: str) -> str:
    """Where a table or lock of ours stands in the account."""
    return f"CS_ASSETS.{Schemas().of(relation)}".upper()


def of_statements(room: str) -> Iterator[tuple[str, str]]:
    """Privilege and table of what the files of a room read and change."""
    for path in sorted((ROOT / "sql" / room).glob("*.sql")):
        if path.name.endswith(".duckdb.sql"):
            continue
        tree = sqlglot.parse_one(path.read_text(encoding="utf-8"), read="snowflake")
        for table in tree.find_all(exp.Table):
            name = f"{table.db}.{table.name}".lower()
            if name in catalog.tables():
                is_target = table is tree.this and isinstance(tree, (exp.Update, exp.Delete))
                yield (type(tree).__name__.upper() if is_target else "SELECT"), name


def of_code(room: str) -> Iterator[tuple[str, str]]:
    """Privilege and table of the port's writes that name their table in the code of a room."""
    for path in sorted((ROOT / "cs_assets" / room).rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
                continue
            first = node.args[0] if node.args else None
            if isinstance(first, ast.Constant) and first.value in catalog.tables():
                for privilege in _WRITES.get(node.func.attr, ()):
                    yield privilege, first.value
                    yield "UPDATE", lock_of(first.value)


@pytest.mark.parametrize("room", DUTIES)
def test_the_role_of_the_duty_may_do_what_the_room_does(book, room):
    role = f"CS_ASSETS_{DUTIES[room]}"
    wanted = {*of_statements(room), *of_code(room)}
    assert wanted
    lacking = [
        f"{privilege} on {table}"
        for privilege, table in sorted(wanted)
        if not book.allows(role, privilege, "TABLE", standing(table))
    ]
    assert lacking == []


def test_purging_may_reach_every_table_of_calls(book):
    from cs_assets.erasure.quoting import PLACES
    from cs_assets.gong.purging import purged_tables

    for table in purged_tables():
        assert book.allows("CS_ASSETS_INGEST", "DELETE", "TABLE", standing(table)), table
    for place in PLACES:
        for privilege in ("SELECT", "UPDATE"):
            assert book.allows("CS_ASSETS_INGEST", privilege, "TABLE", standing(place.table)), place


def test_no_duty_reaches_further(book):
    def may(role: str, privilege: str, table: str) -> bool:
        return book.allows(f"CS_ASSETS_{role}", privilege, "TABLE", standing(table))

    for table in catalog.tables().values():
        name = table.full_name
        for privilege in ("SELECT", "INSERT", "UPDATE", "DELETE"):
            assert not any(may(role, privilege, name) for role in ("REPORT", "READER", "PEOPLE"))
        for privilege in ("INSERT", "UPDATE", "DELETE"):
            if table.schema == "source":
                assert not may("INGEST", privilege, name)
                assert not may("TRANSFORM", privilege, name)
            if table.schema == "gong":
                assert not may("TRANSFORM", privilege, name)
        if table.schema == "analytics":
            assert not may("INGEST", "INSERT", name)
    assert book.allows("CS_ASSETS_REPORT", "SELECT", "VIEW", "CS_ASSETS.REPORT.CUSTOMER_METRICS")
    assert not book.allows("CS_ASSETS", "SELECT", "TABLE", "CS_ASSETS.PEOPLE.READERS")


def test_nothing_is_granted_before_it_is_there(book):
    assert book.to_come == set()


def test_nothing_of_ours_is_owned_by_the_service(book):
    kinds = ("TABLE", "VIEW", "SCHEMA", "SEMANTIC VIEW", "AGENT", "CORTEX SEARCH SERVICE")
    owners = {owner for (kind, _), owner in book.owners.items() if kind in kinds}
    assert owners == {"SYSADMIN"}


def test_only_cortex_roles_that_are_needed_are_given(book):
    given = {
        (one.name, one.role)
        for one in book.grants
        if one.kind == "DATABASE_ROLE" and one.role not in ("PUBLIC", APPLICATION_PUBLIC)
    }
    assert "SNOWFLAKE.CORTEX_USER" not in {name for name, _ in given}
    assert {role for _, role in given} == {"CS_ASSETS_TRANSFORM", "CS_ASSETS_REPORT", "SYSADMIN"}


def test_usage_is_read_through_a_role_for_it():
    """The view of ``sql/ai/cortex_usage`` is one of those that USAGE_VIEWER may read."""
    text = (ROOT / "sql" / "ai" / "cortex_usage.sql").read_text(encoding="utf-8")
    assert re.findall(r"snowflake\.account_usage\.(\w+)", text) == [
        "cortex_ai_functions_usage_history"
    ]
