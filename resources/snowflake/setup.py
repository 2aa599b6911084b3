"""Sets up a Snowflake account for the platform: an ordered plan of steps, applied idempotently."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import sql
from cs_assets import config
from cs_assets.errors import CsAssetsError, UsageError
from resources.settings import Settings
from resources.snowflake.jwt import public_key, read_key
from resources.snowflake.locks import make_lock
from resources.snowflake.semantics import Agents, agent_statements, semantic_view
from sql import catalog

_IDENTIFIER = re.compile(r"^[A-Za-z_][A-Za-z0-9_$]*$")
_RELATIONS = re.compile(r"^[A-Za-z_][A-Za-z0-9_$]*\.[A-Za-z_][A-Za-z0-9_$]*$")
_HOLE = re.compile(r"<% (\w+) %>")
_NO_KEY = "<public key of the service, in one line>"


@dataclass(frozen=True)
class Names:
    """What the objects are called; every name is a plain identifier, checked here."""

    database: str = "CS_ASSETS"
    warehouse: str = "CS_ASSETS_WH"
    role: str = "CS_ASSETS"
    user: str = "CS_ASSETS_SERVICE"
    credits: int = 100
    public_key: str = _NO_KEY
    sources: str | None = None
    """``DATABASE.SCHEMA`` whose relations the source views read; without it there are tables."""

    def __post_init__(self) -> None:
        for setting in ("database", "warehouse", "role", "user"):
            if not _IDENTIFIER.match(getattr(self, setting)):
                raise UsageError(
                    f"SNOWFLAKE_{setting.upper()} '{getattr(self, setting)}' is no plain name; "
                    "use letters, digits and underscores"
                )
        if self.sources is not None and not _RELATIONS.match(self.sources):
            raise UsageError(f"--sources '{self.sources}': expected DATABASE.SCHEMA")

    @classmethod
    def of(
        cls, settings: Settings, sources: str | None = None, credits: int | None = None
    ) -> "Names":
        """The names that the settings give; the usual ones for those that they leave out."""
        given: dict[str, Any] = {
            "database": settings.snowflake_database,
            "warehouse": settings.snowflake_warehouse,
            "role": settings.snowflake_role,
            "user": settings.snowflake_user,
            "public_key": _public_key(settings),
            "credits": credits,
        }
        return cls(
            **{name: value for name, value in given.items() if value},
            sources=sources,
        )


@dataclass(frozen=True)
class Step:
    """One step of the plan; its statements may be run again at any time."""

    name: str
    meaning: str
    statements: tuple[str, ...]


def plan(names: Names, agents: Agents) -> list[Step]:
    """Every step in the order in which it must be applied."""
    return [
        _of_file("account", "warehouse, database, schemas", names),
        _of_file("monitor", "monthly ceiling of the warehouse's credits", names),
        Step("tables", "tables of the platform, a lock for each", tuple(_tables(names))),
        Step("sources", "what other teams own", tuple(_sources(names))),
        _of_file("roles", "roles with the grants of their duty", names),
        _of_file("cortex", "who may use AI functions, agents and Analyst", names),
        _of_file("user", "the service's user with its public key", names),
        _of_file("search", "Cortex Search over case studies", names),
        _of_file("call_search", "Cortex Search over calls", names),
        Step("semantic_view", "what Cortex Analyst knows", tuple(_semantic(names))),
        Step("agents", "agents with Analyst and Search", tuple(_agents(names, agents))),
    ]


def chosen(steps: list[Step], only: list[str] | None) -> list[Step]:
    """The steps named, in the plan's order; raises ``UsageError`` for an unknown one."""
    known = [step.name for step in steps]
    for name in only or []:
        if name not in known:
            raise UsageError(f"--only {name}: no such step; there are {', '.join(known)}")
    return [step for step in steps if not only or step.name in only]


def apply(steps: list[Step], run: Callable[[str], None], tell: Callable[[Step, int], None]) -> None:
    """Run the statements of each step in order; ``tell`` hears of each step that is done.

    An error ends it: what was done stays, and the same command goes on from there.
    Raises ``UsageError`` before anything is run when the service has no key yet.
    """
    if any(_NO_KEY in statement for step in steps for statement in step.statements):
        raise UsageError(
            "the step user needs the service's key: set SNOWFLAKE_PRIVATE_KEY_PATH "
            "(or leave the step out: --only with each other one)"
        )
    for step in steps:
        for statement in step.statements:
            try:
                run(statement)
            except CsAssetsError as error:
                raise type(error)(
                    f"step {step.name}: {error}; what was done stays, the same command "
                    f"(or --only {step.name} by who may) goes on from there"
                ) from error
        tell(step, len(step.statements))


def load_agents(folder: Path | None) -> Agents:
    return config.load("agents.yaml", Agents, folder)


def statements_of(text: str) -> list[str]:
    """The statements of a script: comment lines dropped, parted at semicolons that end a line."""
    lines = [line for line in text.splitlines() if not line.lstrip().startswith("--")]
    parts = re.split(r";[ \t]*$", "\n".join(lines), flags=re.MULTILINE)
    return [part.strip() for part in parts if part.strip()]


def _of_file(name: str, meaning: str, names: Names) -> Step:
    text = _HOLE.sub(lambda hole: str(getattr(names, hole[1])), sql.text(f"setup/{name}"))
    return Step(name, meaning, tuple(statements_of(text)))


def _tables(names: Names) -> list[str]:
    made = [*_as_owner(names)]
    for table in catalog.tables().values():
        if table.schema != "source":
            made.append(_qualified(table, names))
            made.append(_merged_columns(table, names))
            made.append(make_lock(table.full_name, names.database))
    return made


def _as_owner(names: Names) -> list[str]:
    return ["USE ROLE SYSADMIN", f"USE WAREHOUSE {names.warehouse}"]


def _qualified(table: catalog.Table, names: Names) -> str:
    """The table's DDL with its database and its comments kept in the account."""
    columns = ",\n".join(
        f"    {column.name} {column.type}{' NOT NULL' if column.required else ''} "
        f"COMMENT '{_plain(column.meaning)}'"
        for column in table.columns
    )
    return (
        f"CREATE TABLE IF NOT EXISTS {names.database}.{table.full_name} (\n{columns}\n)\n"
        f"COMMENT = '{_plain(table.meaning)}'"
    )


def _merged_columns(table: catalog.Table, names: Names) -> str:
    """Columns that a newer version declares are added, empty, to a table that is there."""
    added = ", ".join(f"IF NOT EXISTS {column.name} {column.type}" for column in table.columns)
    return f"ALTER TABLE {names.database}.{table.full_name} ADD COLUMN {added}"


def _sources(names: Names) -> list[str]:
    """Views over the relations of ``names.sources``, or empty tables that wait for rows.

    An optional table is an empty view until somebody maps it, and is left alone then.
    """
    tables = [table for table in catalog.tables().values() if table.schema == "source"]
    if names.sources is None:
        return [*_as_owner(names), *(_qualified(table, names) for table in tables)]
    views = (_empty_view(t, names) if t.optional else _view(t, names) for t in tables)
    return [*_as_owner(names), *views]


def _view(table: catalog.Table, names: Names) -> str:
    columns = ",\n".join(
        f"    CAST({column.name} AS {column.type}) AS {column.name}" for column in table.columns
    )
    return (
        f"CREATE OR REPLACE VIEW {names.database}.{table.full_name} COPY GRANTS AS\n"
        f"SELECT\n{columns}\nFROM {names.sources}.{table.name}"
    )


def _empty_view(table: catalog.Table, names: Names) -> str:
    columns = ",\n".join(
        f"    CAST(NULL AS {column.type}) AS {column.name}" for column in table.columns
    )
    return (
        f"CREATE VIEW IF NOT EXISTS {names.database}.{table.full_name} AS\n"
        f"SELECT\n{columns}\nFROM (SELECT 1 AS nothing) AS empty\nWHERE FALSE"
    )


def _semantic(names: Names) -> list[str]:
    view = f"{names.database}.ANALYTICS.CUSTOMER_SUCCESS"
    return [
        "USE ROLE SYSADMIN",
        semantic_view(names.database),
        f"GRANT SELECT, REFERENCES ON SEMANTIC VIEW {view} TO ROLE {names.role}_REPORT",
    ]


def _agents(names: Names, agents: Agents) -> list[str]:
    return [
        "USE ROLE SYSADMIN",
        *agent_statements(agents, names.database, names.warehouse, names.role),
    ]


def _public_key(settings: Settings) -> str:
    """The public half of the service's key, as RSA_PUBLIC_KEY takes it; empty without a key."""
    secret = settings.snowflake_private_key
    if secret is None and settings.snowflake_private_key_path is None:
        return ""
    pem = read_key(
        secret.get_secret_value() if secret else None, settings.snowflake_private_key_path
    )
    passphrase = settings.snowflake_private_key_passphrase
    return public_key(pem, passphrase.get_secret_value() if passphrase else None)


def _plain(text: str) -> str:
    return text.replace("\\", "\\\\").replace("'", "''")
