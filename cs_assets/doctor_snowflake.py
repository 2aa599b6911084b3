"""The doctor's checks of a Snowflake account: one finding for each thing the platform needs."""

from collections.abc import Iterator
from typing import Literal, NamedTuple

from cs_assets.ai.configuration import load as load_ai
from resources.errors import CsAssetsError
from resources.settings import Settings
from resources.warehouse import Warehouse
from sql import catalog

_SET_UP = "run cs-assets setup snowflake --only {step}"


class Found(NamedTuple):
    """What one check found; ``mend`` says what to do about it."""

    check: str
    verdict: Literal["ok", "warning", "failed"]
    detail: str
    mend: str = ""


def examine(settings: Settings, warehouse: Warehouse) -> Iterator[Found]:
    """Connection, role, warehouse, tables, AI functions, search service and agent, in order."""
    try:
        with warehouse.session("doctor") as db:
            session = db.query("doctor/session").iloc[0]
            present = db.query("doctor/tables")
    except CsAssetsError as error:
        yield Found("connection", "failed", str(error), "check SNOWFLAKE_ACCOUNT, user and key")
        return
    yield Found("connection", "ok", f"{session.user_name} in {session.database_name}")
    yield _named("role", session.role_name, settings.snowflake_role, "roles")
    yield _named(
        "warehouse in use", session.warehouse_name, settings.snowflake_warehouse, "account"
    )
    names = {f"{row.table_schema}.{row.table_name}".lower() for row in present.itertuples()}
    yield _tables(names)
    yield _ai(settings, warehouse)
    yield from _cortex(settings)


def _named(check: str, found: str | None, wanted: str | None, step: str) -> Found:
    if not found:
        return Found(check, "failed", "none is active", _SET_UP.format(step=step))
    if wanted and found.upper() != wanted.upper():
        return Found(check, "warning", f"{found}, the settings name {wanted}", "grant or rename it")
    return Found(check, "ok", found)


def _tables(present: set[str]) -> Found:
    missing = sorted(set(catalog.tables()) - present)
    if not missing:
        return Found("tables", "ok", f"all {len(catalog.tables())} may be seen by the role")
    shown = ", ".join(missing[:3]) + (" and more" if len(missing) > 3 else "")
    mend = _SET_UP.format(step="tables") + ", then --only roles for the grants"
    return Found("tables", "failed", f"{len(missing)} missing or not granted: {shown}", mend)


def _ai(settings: Settings, warehouse: Warehouse) -> Found:
    model = load_ai(settings.cs_assets_config_dir).statement_models["embedding"]
    try:
        with warehouse.session("doctor") as db:
            answer = db.query("doctor/ai_functions", [model]).iloc[0]
    except CsAssetsError as error:
        mend = "grant USE AI FUNCTIONS and SNOWFLAKE.AI_FUNCTIONS_USER: " + _SET_UP
        return Found("AI functions", "failed", str(error), mend.format(step="roles"))
    if bool(answer.embeds) and bool(answer.judges):
        return Found("AI functions", "ok", f"answer, with the model {model}")
    return Found("AI functions", "warning", "one gave NULL", "see CORTEX_ENABLED_CROSS_REGION")


def _cortex(settings: Settings) -> Iterator[Found]:
    for check, name, variable, step in (
        ("search service", settings.cortex_search_service, "CORTEX_SEARCH_SERVICE", "search"),
        ("agent", settings.cortex_agent, "CORTEX_AGENT", "agents"),
    ):
        if name is None:
            yield Found(
                check, "warning", "not set", f"set {variable}, or {_SET_UP.format(step=step)}"
            )
            continue
        yield _asked(check, name, settings, step)


def _asked(check: str, name: str, settings: Settings, step: str) -> Found:
    from resources.cortex import cortex_client

    try:
        client = cortex_client(settings, timeout=15.0)
        if check == "agent":
            client.describe_agent(name)
        else:
            client.search(name, "hello", ["CASE_STUDY_ID"], limit=1)
    except Exception as error:  # whatever it is, the other checks still run
        return Found(check, "failed", f"{name}: {' '.join(str(error).split())[:200]}",
                     _SET_UP.format(step=step))  # fmt: skip
    return Found(check, "ok", name)
