"""Between connector and local server: keeps the account book, answers what no server here can.

A statement of the set-up is first read into the book, which refuses it as Snowflake
would. Those that the local server takes then go on to it; the others end here.
"""

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from resources.settings import Settings
from resources.snowflake.admin import administrator
from resources.snowflake.names import Names
from resources.snowflake.setup import apply, load_agents, plan
from tests.snowflake.account_book import APPLICATION_PUBLIC, AccountBook, Refused
from tests.snowflake.fault_proxy import Answer, proxy, refusal
from tests.snowflake.local_server import key_in_environment
from tests.snowflake.setup_reading import read

#: What the local server cannot take, by how it begins, and why.
ON_PAPER = {
    "CREATE WAREHOUSE": "it has no virtual warehouses",
    "ALTER WAREHOUSE": "it has no virtual warehouses",
    "CREATE RESOURCE MONITOR": "it has no credits",
    "ALTER RESOURCE MONITOR": "it has no credits",
    "EXECUTE IMMEDIATE": "it has no scripting",
    "CREATE MASKING POLICY": "it has no policies",
    "CREATE ROW ACCESS POLICY": "it has no policies",
    "ALTER MASKING POLICY": "it has no policies",
    "ALTER ROW ACCESS POLICY": "it has no policies",
    "ALTER ACCOUNT": "it has no parameters of an account",
    "CREATE ROLE": "it has no roles",
    "GRANT": "it has no access control",
    "REVOKE": "it has no access control",
    "CREATE USER": "it knows no TYPE = SERVICE",
    "ALTER USER": "it has no keys and defaults of users",
    "CREATE CORTEX SEARCH SERVICE": "it has no Cortex",
    "CREATE OR REPLACE SEMANTIC VIEW": "it has no Cortex",
    "CREATE OR REPLACE AGENT": "it has no Cortex",
}

_SHOWN = ("created_on", "privilege", "granted_on", "name", "granted_to", "grantee_name")
_CROSS_REGION = "CORTEX_ENABLED_CROSS_REGION"
_MODEL = ("name", "lifecycle_status", "legacy_date", "eol_date")


class PaperAccount:
    """The book behind a proxy.

    ``is_set_up``: only statements of the set-up may come. ``on_paper``: none of them
    goes on to the server, which makes a hundred times less work of it.
    """

    def __init__(self, book: AccountBook, *, on_paper: bool = False) -> None:
        self.book = book
        self.is_set_up = True
        self.on_paper = on_paper
        self.statements: list[str] = []
        self.passed_on: list[str] = []
        self.models: list[Sequence[str | None]] = []
        self.faults: dict[str, str] = {}
        self.renewals = 0
        self.auto_suspend = "60"
        self.generation = "1"

    def answer(self, statement: str) -> Answer | None:
        self.statements.append(statement)
        for pattern, code in list(self.faults.items()):
            if re.match(pattern, statement):
                del self.faults[pattern]
                return refusal(code, "broken on purpose")
        try:
            return self._answer(statement)
        except Refused as refused:
            return refusal(refused.code, str(refused), "42501")

    def _answer(self, statement: str) -> Answer | None:
        if shown := re.fullmatch(r"SHOW GRANTS TO ROLE (\w+)", statement):
            role = shown[1]
            rows = [("2026", *one, "ROLE", role) for one in self.book.shown_grants(role)]
            return rows_answer(_SHOWN, rows)
        if statement == f"SHOW GRANTS TO APPLICATION ROLE {APPLICATION_PUBLIC}":
            rows = [
                ("2026", one.privilege, one.kind, one.name, "APPLICATION_ROLE", "PUBLIC")
                for one in sorted(self.book.grants)
                if one.role == APPLICATION_PUBLIC
            ]
            return rows_answer(_SHOWN, rows)
        if shown := re.fullmatch(r"SHOW TABLES IN SCHEMA (\w+\.\w+)", statement):
            place = shown[1].upper() + "."
            tables = [name for kind, name in self.book.owners if kind == "TABLE"]
            rows = [
                (name.removeprefix(place), "TRANSIENT", "1")
                if name in self.book.transient
                else (name.removeprefix(place), "TABLE", "1")
                for name in tables
                if name.startswith(place)
            ]
            return rows_answer(("name", "kind", "retention_time"), rows)
        if re.fullmatch(r"SHOW WAREHOUSES LIKE '\w+'", statement):
            found = [(self.book.monitor or "null", self.auto_suspend, self.generation)]
            return rows_answer(("resource_monitor", "auto_suspend", "generation"), found)
        if shown := re.fullmatch(r"SHOW RESOURCE MONITORS LIKE '(\w+)'", statement):
            quota = self.book.ceilings.get(shown[1].upper())
            return rows_answer(("credit_quota",), [(str(quota),)] if quota else [])
        if statement == "SHOW PARAMETERS LIKE 'CORTEX_ENABLED_CROSS_REGION' IN ACCOUNT":
            return rows_answer(("value",), [(self.book.parameters[_CROSS_REGION],)])
        if statement == "SHOW CORTEX BASE MODELS IN SCHEMA SNOWFLAKE.MODELS":
            return rows_answer(_MODEL, self.models)
        if self.is_set_up:
            read(self.book, statement)
            is_under_policy = (
                statement.startswith("CREATE OR REPLACE SECURE") and " POLICY " in statement
            )
            if self.on_paper or is_under_policy or statement.startswith(tuple(ON_PAPER)):
                return rows_answer(("status",), [("Statement executed successfully.",)])
        self.passed_on.append(statement)
        return None


@contextmanager
def paper_account(
    arguments: dict[str, Any], *, on_paper: bool = False
) -> Iterator[tuple[dict[str, Any], PaperAccount]]:
    """The arguments of a server with an account on paper before it, and that account."""
    account = PaperAccount(AccountBook(), on_paper=on_paper)
    with proxy(arguments, account) as before:
        yield before, account


def set_up(arguments: dict[str, Any]) -> None:
    """Apply the whole set-up to an empty account on the server, as the command does."""
    named = Settings.load(
        snowflake_account="fakesnow",
        snowflake_admin_user="ME",
        snowflake_admin_password="for the local server",
        **{name.lower(): value for name, value in key_in_environment().items()},
    )
    with paper_account(arguments) as (before, _), administrator(named, **before) as run:
        apply(plan(Names.of(named), load_agents(None)), run, lambda *_: None)


def rows_answer(names: Sequence[str], rows: Sequence[Sequence[str | None]]) -> Answer:
    """Rows of text in JSON, as Snowflake answers SHOW."""
    kind = {"type": "text", "length": 1000, "precision": None, "scale": None, "nullable": True}
    return {
        "success": True,
        "code": None,
        "message": None,
        "data": {
            "parameters": [],
            "rowtype": [{"name": name, "byteLength": 4000, **kind} for name in names],
            "rowset": [list(row) for row in rows],
            "total": len(rows),
            "returned": len(rows),
            "queryId": "01-query",
            "queryResultFormat": "json",
            "statementTypeId": 4096,
        },
    }
