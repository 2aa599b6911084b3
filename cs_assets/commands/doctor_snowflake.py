"""The doctor's checks of a Snowflake account: one finding for each thing the platform needs."""

import datetime as dt
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Any

import pandas as pd

from cs_assets.ai.configuration import load as load_ai
from cs_assets.commands import doctor_snowflake_account as account
from cs_assets.commands.doctor_findings import SET_UP, Found
from cs_assets.errors import CsAssetsError
from cs_assets.frames import records
from cs_assets.redaction import redacted
from resources.models.cortex import cortex_client
from resources.settings import Settings
from resources.snowflake import grants as snowflake_grants
from resources.snowflake.names import Names
from resources.snowflake.schemas import Schemas
from resources.snowflake.semantics import beside
from resources.snowflake.session import SnowflakeSession
from resources.snowflake.setup import load_agents, plan
from resources.warehouse import Session, Warehouse
from schedules import cost, rhythm
from sql import catalog

#: None of the source tables changed for so long: what fills them seems to have stopped.
_QUIET = dt.timedelta(days=3)


def examine(settings: Settings, warehouse: Warehouse) -> Iterator[Found]:
    """Connection, role, warehouse, grants, tables, AI functions, models, search and agent."""
    try:
        with warehouse.reading("doctor") as db:
            session = db.query("doctor/session").iloc[0]
            present = db.query("doctor/columns")
    except CsAssetsError as error:
        yield Found("connection", "failed", str(error), "check SNOWFLAKE_ACCOUNT, user and key")
        return
    yield Found("connection", "ok", f"{session.user_name} in {session.database_name}")
    yield _named("role", session.role_name, settings.snowflake_role, "roles")
    yield _named(
        "warehouse in use", session.warehouse_name, settings.snowflake_warehouse, "account"
    )
    yield _asked("grants", lambda: grants(settings, warehouse), "roles")
    yield from of_account(settings, warehouse, str(session.region_name))
    yield _tables(present, Schemas.parse(settings.snowflake_schemas))
    yield _asked("source changes", lambda: source_tables(warehouse), "sources")
    yield _ai(settings, warehouse)
    yield _asked("models", lambda: models(settings, warehouse), "agents")
    yield from _cortex(settings)


def _named(check: str, found: str | None, wanted: str | None, step: str) -> Found:
    if not found:
        return Found(check, "failed", "none is active", SET_UP.format(step=step))
    if wanted and found.upper() != wanted.upper():
        return Found(check, "warning", f"{found}, the settings name {wanted}", "grant or rename it")
    return Found(check, "ok", found)


def _asked(check: str, ask: Callable[[], Found], step: str) -> Found:
    """What a check finds; whatever goes wrong in it, the other checks still run."""
    try:
        return ask()
    except Exception as error:
        said = redacted(error, 200)
        return Found(check, "failed", said, SET_UP.format(step=step))


def of_account(settings: Settings, warehouse: Warehouse, region: str) -> Iterator[Found]:
    """What costs money or privacy while it is off, in an account of that region."""
    rhythms = rhythm.load(settings.cs_assets_config_dir)
    month = cost.month(rhythms, auto_suspend=settings.snowflake_auto_suspend)
    names = Names.of(settings, first_credits=cost.ceiling(month.credits))

    def show(what: str) -> list[dict[str, Any]]:
        with warehouse.reading("doctor") as db:
            return records(_show(db, what))

    yield _asked("readers", lambda: readers(settings, warehouse), "earlier")
    yield _asked("words kept short", lambda: account.short_lived(show, names), "move")
    yield _asked(
        "warehouse cost",
        lambda: account.warehouse_cost(show, names, month.credits, region),
        "monitor",
    )
    yield _asked("cross-region", lambda: account.cross_region(show), "cross_region")
    yield _asked("AI for PUBLIC", lambda: account.public(show), "public")


def readers(settings: Settings, warehouse: Warehouse) -> Found:
    """What the roles for readers may select, held beside what the set-up gives."""
    wanted, shown = _granted(settings, warehouse)
    rows = {role: frame.to_dict("records") for role, frame in shown.items()}
    return account.too_much(wanted, rows, Names.of(settings))


def grants(settings: Settings, warehouse: Warehouse) -> Found:
    """What the set-up gives, held beside ``SHOW GRANTS TO ROLE`` of each of its roles."""
    names = Names.of(settings)
    wanted, shown = _granted(settings, warehouse)
    lacking = snowflake_grants.missing(wanted, shown)
    if not lacking:
        return Found("grants", "ok", f"all {len(wanted)} of {len(shown)} roles")
    first = lacking[0]
    rest = f" and {len(lacking) - 1} more" if len(lacking) > 1 else ""
    detail = f"{first.role} lacks {first.privilege} on {first.name}{rest}"
    schema = first.name.split(".")[1:2]
    step = next(
        (step for step in ("report", "people") if schema == [getattr(names.schemas, step).upper()]),
        "roles",
    )
    return Found("grants", "failed", detail, f"{first.statement}; or {SET_UP.format(step=step)}")


def _granted(
    settings: Settings, warehouse: Warehouse
) -> tuple[list[snowflake_grants.Grant], dict[str, pd.DataFrame]]:
    """Every grant that the set-up gives, and what the account shows of its roles."""
    agents = load_agents(settings.cs_assets_config_dir)
    names = Names.of(settings)
    steps = {step.name: step for step in plan(names, agents)}
    given = ["roles", "report", "cortex"]
    given += ["people"] if names.edition == "enterprise" else []
    given += ["search"] if settings.cortex_search_service else []
    given += ["call_search"] if settings.cortex_call_search_service else []
    given += ["semantic_view", "agents"] if settings.cortex_agent else []
    wanted = [
        grant
        for grant in snowflake_grants.expected((steps[name] for name in given), names.schemas)
        if grant.role != "SYSADMIN"  # the administrators' own
    ]
    with warehouse.reading("doctor") as db:
        shown = {role: _show(db, f"GRANTS TO ROLE {role}") for role in {g.role for g in wanted}}
    return wanted, shown


def _show(db: Session, what: str) -> pd.DataFrame:
    if not isinstance(db, SnowflakeSession):
        raise TypeError(f"SHOW {what} is Snowflake's")
    return db.show(what)


def _tables(present: pd.DataFrame, schemas: Schemas) -> Found:
    """Tables, and columns that a newer version declares."""
    found = present.groupby(present.table_schema + "." + present.table_name).column_name.agg(set)
    there = {
        name: found[place]
        for name in catalog.tables()
        if (place := schemas.of(name).lower()) in found.index
    }
    missing = sorted(set(catalog.tables()) - set(there))
    if missing:
        mend = SET_UP.format(step="tables") + ", then --only roles for the grants"
        return Found("tables", "failed", _some(missing, "missing or not granted"), mend)
    lacking = [
        f"{name}.{column}"
        for name, table in catalog.tables().items()
        for column in table.column_names
        if column not in there[name]
    ]
    if lacking:
        step = "sources" if lacking[0].startswith("source.") else "tables"
        return Found(
            "tables", "failed", _some(lacking, "columns missing"), SET_UP.format(step=step)
        )
    return Found("tables", "ok", f"all {len(catalog.tables())}, every column")


def source_tables(warehouse: Warehouse, now: dt.datetime | None = None) -> Found:
    """When the source tables last changed; of views nobody but their owners can tell."""
    with warehouse.reading("doctor") as db:
        changes = db.query("sources/last_changed")
    views = int((changes["table_type"] != "BASE TABLE").sum())
    told = changes.dropna(subset=["changed_at"]).sort_values("changed_at")
    parts = [f"{views} views, whose own tables tell when they change"] if views else []
    if told.empty:
        return Found("source changes", "ok", parts[0] if parts else "none")
    oldest, newest = told.iloc[0], told.iloc[-1]
    parts.insert(
        0,
        f"{len(told)} tables, last changed {newest.changed_at:%Y-%m-%d %H:%M} UTC "
        f"({newest.table_name}), longest ago {oldest.changed_at:%Y-%m-%d %H:%M} "
        f"({oldest.table_name})",
    )
    now = now or dt.datetime.now(dt.UTC).replace(tzinfo=None)
    if now - newest.changed_at > _QUIET:
        mend = "see whether what fills them still runs"
        return Found("source changes", "warning", "; ".join(parts), mend)
    return Found("source changes", "ok", "; ".join(parts))


def _some(names: list[str], what: str) -> str:
    shown = ", ".join(names[:3]) + (" and more" if len(names) > 3 else "")
    return f"{len(names)} {what}: {shown}"


def _ai(settings: Settings, warehouse: Warehouse) -> Found:
    model = load_ai(settings.cs_assets_config_dir).statement_models["embedding"]
    try:
        with warehouse.reading("doctor") as db:
            answer = db.query("doctor/ai_functions", [model]).iloc[0]
    except CsAssetsError as error:
        mend = "grant USE AI FUNCTIONS and SNOWFLAKE.AI_FUNCTIONS_USER: " + SET_UP
        return Found("AI functions", "failed", str(error), mend.format(step="roles"))
    if bool(answer.embeds) and bool(answer.judges):
        return Found("AI functions", "ok", f"answer, with the model {model}")
    return Found("AI functions", "warning", "one gave NULL", "see CORTEX_ENABLED_CROSS_REGION")


def models(settings: Settings, warehouse: Warehouse) -> Found:
    """The models that the settings name, as ``SHOW CORTEX BASE MODELS`` tells their life."""
    configuration = load_ai(settings.cs_assets_config_dir)
    orchestration = load_agents(settings.cs_assets_config_dir).orchestration_model
    wanted = {configuration.statement_models["embedding"]: "statement_models in ai.yaml"}
    if orchestration != "auto":  # Snowflake then chooses one that lives
        wanted[orchestration] = "orchestration_model in agents.yaml"
    with warehouse.reading("doctor") as db:
        rows = _show(db, "CORTEX BASE MODELS IN SCHEMA SNOWFLAKE.MODELS").to_dict("records")
    alive = {str(row["name"]).lower(): row for row in rows}
    told = [
        _life(name, place, alive.get(name.lower()), _retired(name, configuration.retired))
        for name, place in wanted.items()
    ]
    worst = max(told, key=lambda found: ("ok", "warning", "failed").index(found.verdict))
    return worst._replace(detail="; ".join(found.detail for found in told))


def _retired(name: str, retired: Mapping[str, str]) -> str | None:
    """Why ``ai.yaml`` refuses a language model, by the beginning of its name."""
    if "-embed-" in name:  # snowflake-arctic is gone, snowflake-arctic-embed-.. is not
        return None
    return next((why for prefix, why in retired.items() if name.startswith(prefix)), None)


def _life(name: str, place: str, row: Mapping[Any, Any] | None, retired: str | None) -> Found:
    """One model: alive, legacy with its dates, at its end, or not listed."""
    if row is None and retired is None:
        return Found("models", "ok", f"{name}: not among the listed models")
    state = str(row["lifecycle_status"]).upper() if row else ""
    if row and state not in ("LEGACY", "EOL"):
        return Found("models", "ok", f"{name}: {state}")
    dates = [
        f"{word} {row[column]}"
        for word, column in (("legacy since", "legacy_date"), ("ends on", "eol_date"))
        if row and row.get(column)
    ]
    detail = f"{name}: {', '.join([*([state] if state else []), *dates]) or retired}"
    return Found(
        "models", "failed" if state == "EOL" or not row else "warning", detail, f"change {place}"
    )


def _cortex(settings: Settings) -> Iterator[Found]:
    named = [
        ("search service", settings.cortex_search_service, "CORTEX_SEARCH_SERVICE", "search"),
        ("agent", settings.cortex_agent, "CORTEX_AGENT", "agents"),
    ]
    if settings.cortex_agent:
        own = beside(settings.cortex_agent, load_agents(settings.cs_assets_config_dir))
        named += [(f"agent for {which}", own[which], "agents.yaml", "agents") for which in own]
    for check, name, variable, step in named:
        if name is None:
            yield Found(
                check, "warning", "not set", f"set {variable}, or {SET_UP.format(step=step)}"
            )
            continue
        yield _asked(check, partial(_answers, check, name, settings), step)


def _answers(check: str, name: str, settings: Settings) -> Found:
    """Whether the service or agent is there and answers this user."""
    client = cortex_client(settings, timeout=15.0)
    if check.startswith("agent"):
        client.describe_agent(name)
    else:
        client.search(name, "hello", ["CASE_STUDY_ID"], limit=1)
    return Found(check, "ok", name)
