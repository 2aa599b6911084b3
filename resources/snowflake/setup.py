"""Sets up a Snowflake account for the platform: an ordered plan of steps, applied idempotently."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

import sql
from cs_assets import config
from cs_assets.errors import CsAssetsError, UsageError
from resources.snowflake import desk, public_views, readers
from resources.snowflake.locks import make_lock
from resources.snowflake.names import NO_KEY, Names
from resources.snowflake.semantics import Agents, agent_statements, semantic_view
from sql import catalog, personal_data


@dataclass(frozen=True)
class Step:
    """One step of the plan; its statements may be run again at any time."""

    name: str
    meaning: str
    statements: tuple[str, ...]
    reasons: Mapping[str, str] = field(default_factory=dict)
    """By statement: the comment before it, for who reads the plan."""


def plan(names: Names, agents: Agents, desk_files: str = "") -> list[Step]:
    """Every step in the order in which it must be applied.

    What costs for as long as it is there is among them only where it is wanted: the search over
    calls where a setting names it, the desk where its files are given.
    """
    personal_data.check_tables()
    return [
        _of_file("account", "warehouse, database, schemas", names),
        _monitor(names),
        _move(names),
        Step("tables", "tables of the platform, a lock for each", tuple(_tables(names))),
        Step("sources", "what other teams own", tuple(_sources(names))),
        Step("views", "public views; grants on them stay", tuple(_views(names))),
        _of_file("roles", "roles with the grants of their duty", names),
        _of_file("earlier", "what earlier versions gave is taken back", names),
        Step("report", "views for BI: no words, no people", tuple(_report(names))),
        *_people(names),
        _of_file("cortex", "who may use AI functions, agents and Analyst", names),
        *_of_account(names),
        _of_file("user", "the service's user with its public key", names),
        _of_file("search", "Cortex Search over case studies", names),
        *(
            []
            if names.without_call_search
            else [_of_file("call_search", "Cortex Search over calls", names)]
        ),
        Step("semantic_view", "what Cortex Analyst knows", tuple(_semantic(names))),
        Step("agents", "agents with Analyst and Search", tuple(_agents(names, agents))),
        *(
            [Step("desk", "the desk as a Streamlit app", desk.statements(names, desk_files))]
            if desk_files
            else []
        ),
    ]


def chosen(steps: list[Step], only: list[str] | None) -> list[Step]:
    """The steps named, in the plan's order; raises ``UsageError`` for an unknown one."""
    known = [step.name for step in steps]
    for name in only or []:
        if name not in known:
            raise UsageError(f"--only {name}: no such step; there are {', '.join(known)}")
    return [step for step in steps if not only or step.name in only]


def apply(
    steps: list[Step], run: Callable[[str], object], tell: Callable[[Step, int], None]
) -> None:
    """Run the statements of each step in order; ``tell`` hears of each step that is done.

    An error ends it: what was done stays, and the same command goes on from there.
    Raises ``UsageError`` before anything is run when the service has no key yet.
    """
    if any(NO_KEY in statement for step in steps for statement in step.statements):
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


def _commented(text: str) -> dict[str, str]:
    """The statements of a script, each with the comment lines before it."""
    found = {}
    for part in re.split(r";[ \t]*$", text, flags=re.MULTILINE):
        lines = part.splitlines()
        told = [line for line in lines if line.lstrip().startswith("--")]
        if statement := "\n".join(line for line in lines if line not in told).strip():
            found[statement] = "\n".join(told)
    return found


def _of_file(name: str, meaning: str, names: Names) -> Step:
    found = _commented(names.filled(sql.text(f"setup/{name}")))
    return Step(name, meaning, tuple(found), found)


def _monitor(names: Names) -> Step:
    """Made once; a ceiling that is given is set also where there is one."""
    ceiling = names.credits or names.first_credits
    named = replace(names, credits=ceiling)
    step = _of_file("monitor", "monthly ceiling of the warehouse's credits", named)
    if not names.credits:
        return step
    given = f"ALTER RESOURCE MONITOR {names.warehouse}_MONITOR SET CREDIT_QUOTA = {ceiling}"
    return replace(step, statements=(*step.statements, given))


def _of_account(names: Names) -> list[Step]:
    """What concerns the whole account is done only where it is asked for."""
    steps = []
    if names.cross_region:
        region = f"ALTER ACCOUNT SET CORTEX_ENABLED_CROSS_REGION = '{names.cross_region}'"
        steps.append(
            Step("cross_region", "where models may be run", ("USE ROLE ACCOUNTADMIN", region))
        )
    if names.without_public:
        steps.append(_of_file("public", "AI is no longer every role's", names))
    return steps


def _move(names: Names) -> Step:
    first, *others = _moved(names)
    told = (
        "-- Each only where it is found as an earlier version left it: pause the schedules first. "
        "Run by SYSADMIN."
    )
    meaning = "tables of an earlier version, where there is one"
    return Step("move", meaning, (first, *others), {first: told})


def _moved(names: Names) -> list[str]:
    """Tables that an earlier version made where deleted words stay for eight days.

    Whatever is permanent where words stand is made transient in its place, and one of ANALYTICS
    with words is so taken to WORDS: each statement leaves all rows in one table.
    """
    made = [*_as_owner(names)]
    for table in catalog.tables().values():
        if not _is_short(table, names):
            continue
        new = f"{names.database}.{names.schemas.of(table.full_name)}"
        kept = " COPY GRANTS"
        if table.schema != "gong":
            made.append(_taken(names, table, new))
            kept = ""  # who might read the table in its old place is not to read it here
        place = names.schemas.of(table.full_name).partition(".")[0]
        made.append(_where_found(names, place, table, [f"{_made_short(new)}{kept};"]))
    return made


def _made_short(table: str) -> str:
    return f"CREATE OR REPLACE TRANSIENT TABLE {table} CLONE {table}"


def _taken(names: Names, table: catalog.Table, new: str) -> str:
    """Take a table of ANALYTICS to its new place, unless there are rows already.

    It is made transient first: whether a permanent one may stand in a transient schema is nowhere
    said. Made once more there, it loses what future grants of its old place gave its first copy.
    """
    old = f"{names.database}.{names.schemas.analytics}.{table.name}"
    place = names.schemas.words.upper()
    moves = [
        f"IF (EXISTS (SELECT 1 FROM {names.database}.INFORMATION_SCHEMA.TABLES WHERE "  # noqa: S608
        f"TABLE_SCHEMA = '{place}' AND TABLE_NAME = '{table.name.upper()}' AND ROW_COUNT > 0)) "
        "THEN RAISE rows_in_both; END IF;"
    ]
    if table.name == "transcript_chunks":  # what reads it by its old place is made again
        search = f"{names.database}.{names.schemas.analytics}.CALL_SEARCH"
        moves.append(f"DROP CORTEX SEARCH SERVICE IF EXISTS {search};")
    moves += [
        f"{_made_short(old)};",
        f"DROP TABLE IF EXISTS {new};",
        f"ALTER TABLE {old} RENAME TO {new};",
        f"{_made_short(new)};",
    ]
    told = f"{new} holds rows beside {old}: drop the one that counts for nothing"
    declared = f"DECLARE\n    rows_in_both EXCEPTION (-20001, '{told}');\n"
    return _where_found(
        names, names.schemas.analytics, table, moves, declared, "TABLE_TYPE = 'BASE TABLE'"
    )


def _where_found(
    names: Names,
    schema: str,
    table: catalog.Table,
    then: list[str],
    declared: str = "",
    kind: str = "IS_TRANSIENT = 'NO'",
) -> str:
    """``then``, inside a script, where the schema holds the table, permanent or of ``kind``."""
    inner = "".join(f"        {statement}\n" for statement in then)
    return (
        f"EXECUTE IMMEDIATE $$\n{declared}BEGIN\n    IF (EXISTS (SELECT 1 FROM {names.database}"  # noqa: S608
        f".INFORMATION_SCHEMA.TABLES\n        WHERE TABLE_SCHEMA = '{schema.upper()}' "
        f"AND TABLE_NAME = '{table.name.upper()}' AND {kind})) THEN\n"
        f"{inner}    END IF;\nEND;\n$$"
    )


def _is_short(table: catalog.Table, names: Names) -> bool:
    """Whether a table holds what people said: kept out of Fail-safe, and a day in Time Travel."""
    words = names.schemas.of(table.full_name).startswith(f"{names.schemas.words}.")
    return table.schema == "gong" or words


def _views(names: Names) -> list[str]:
    return [
        *_as_owner(names),
        *public_views.made(names.database, names.schemas),
        *public_views.made_for_others(
            names.database, names.schemas, names.views_schema, names.views_ending
        ),
        *public_views.made_of_landed(names.database, names.schemas, names.loader, names.landing),
    ]


def _report(names: Names) -> list[str]:
    views = readers.report_views(names.database, names.schemas, names.role)
    return [*_as_owner(names), *views]


def _people(names: Names) -> list[Step]:
    """None without policies: people are then shown to nobody."""
    if names.edition != "enterprise":
        return []
    statements = [
        *_as_owner(names),
        *readers.people_policies(names.database, names.schemas),
        *readers.people_views(names.database, names.schemas, names.role),
    ]
    return [Step("people", "views with people, under policies", tuple(statements))]


def _tables(names: Names) -> list[str]:
    made = [*_as_owner(names)]
    for table in catalog.tables().values():
        if table.schema != "source":
            made.append(_qualified(table, names))
            made.append(_merged_columns(table, names))
            made.append(names.schemas.placed(make_lock(table.full_name), names.database))
    return list(dict.fromkeys(made))  # most tables of GONG have one lock


def _as_owner(names: Names) -> list[str]:
    return ["USE ROLE SYSADMIN", f"USE WAREHOUSE {names.warehouse}"]


def _qualified(table: catalog.Table, names: Names) -> str:
    """The table's DDL with its database and its comments kept in the account.

    How long Time Travel keeps what is deleted is the schema's to say, so that one statement
    shortens it for all.
    """
    columns = ",\n".join(
        f"    {column.name} {column.type}{' NOT NULL' if column.required else ''} "
        f"COMMENT '{_plain(column.meaning)}'"
        for column in table.columns
    )
    kind = "TRANSIENT TABLE" if _is_short(table, names) else "TABLE"
    return (
        f"CREATE {kind} IF NOT EXISTS {names.database}.{names.schemas.of(table.full_name)} "
        f"(\n{columns}\n)\nCOMMENT = '{_plain(table.meaning)}'"
    )


def _merged_columns(table: catalog.Table, names: Names) -> str:
    """Columns that a newer version declares are added, empty, to a table that is there."""
    added = ", ".join(f"IF NOT EXISTS {column.name} {column.type}" for column in table.columns)
    return f"ALTER TABLE {names.database}.{names.schemas.of(table.full_name)} ADD COLUMN {added}"


def _sources(names: Names) -> list[str]:
    """Views over the relations of ``names.sources``, or empty tables that wait for rows.

    An optional table is an empty view until somebody maps it, and is left alone then.
    """
    tables = [table for table in catalog.tables().values() if table.schema == "source"]
    if names.sources is None:
        return [*_as_owner(names), *(_qualified(table, names) for table in tables)]
    views = (_empty_view(t, names) if t.optional else _view(t, names) for t in tables)
    return [*_as_owner(names), *views]


#: Sources that the searches read: a view made anew without it would end their refreshes.
_SEARCHED = ("source.case_studies", "source.hubspot_deals")


def _view(table: catalog.Table, names: Names) -> str:
    columns = ",\n".join(
        f"    CAST({column.name} AS {column.type}) AS {column.name}" for column in table.columns
    )
    name = f"{names.database}.{names.schemas.of(table.full_name)}"
    tracked = "CHANGE_TRACKING = TRUE " if table.full_name in _SEARCHED else ""
    return (
        f"CREATE OR REPLACE VIEW {name} {tracked}COPY GRANTS AS\n"
        f"SELECT\n{columns}\nFROM {names.sources}.{table.name}"
    )


def _empty_view(table: catalog.Table, names: Names) -> str:
    columns = ",\n".join(
        f"    CAST(NULL AS {column.type}) AS {column.name}" for column in table.columns
    )
    return (
        f"CREATE VIEW IF NOT EXISTS {names.database}.{names.schemas.of(table.full_name)} AS\n"
        f"SELECT\n{columns}\nFROM (SELECT 1 AS nothing) AS empty\nWHERE FALSE"
    )


def _semantic(names: Names) -> list[str]:
    view = f"{names.database}.{names.schemas.analytics}.CUSTOMER_SUCCESS"
    return [
        "USE ROLE SYSADMIN",
        semantic_view(names.database, names.schemas),
        f"GRANT SELECT, REFERENCES ON SEMANTIC VIEW {view} TO ROLE {names.role}_REPORT",
    ]


def _agents(names: Names, agents: Agents) -> list[str]:
    return [
        "USE ROLE SYSADMIN",
        *agent_statements(
            agents, names.database, names.schemas.analytics, names.warehouse, names.role
        ),
    ]


def _plain(text: str) -> str:
    return text.replace("\\", "\\\\").replace("'", "''")
