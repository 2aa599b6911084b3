"""The doctor on settings of a Snowflake account that cost money or privacy while they are off."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from cs_assets.commands.doctor_findings import SET_UP, Found
from cs_assets.errors import CsAssetsError
from resources.snowflake.grants import Grant
from resources.snowflake.names import Names

#: Gives the rows of a ``SHOW`` statement.
Show = Callable[[str], list[dict[str, Any]]]

#: Credits an hour of an X-Small of generation 2, by cloud; of generation 1 it is one.
_NEWER_COSTS = {"AWS": 1.35, "GCP": 1.35, "AZURE": 1.25}


def cross_region(show: Show) -> Found:
    """Where models may be run: most of the newest are in no region but their own."""
    rows = show("PARAMETERS LIKE 'CORTEX_ENABLED_CROSS_REGION' IN ACCOUNT")
    value = str(rows[0]["value"]) if rows else ""
    if value and value.upper() != "DISABLED":
        return Found("cross-region", "ok", value)
    return Found(
        "cross-region",
        "warning",
        "disabled: only models of the account's own region answer",
        SET_UP.format(step="cross_region --cross-region AWS_EU") + " (or the regions you allow)",
    )


def public(show: Show) -> Found:
    """What every role of the account may do with AI, by way of PUBLIC."""
    rows, unseen = show("GRANTS TO ROLE PUBLIC"), ""
    try:
        rows = [*rows, *show("GRANTS TO APPLICATION ROLE SNOWFLAKE.PUBLIC")]
    except CsAssetsError:
        unseen = "; what SNOWFLAKE.PUBLIC holds, this role may not see"
    given = {(str(row["privilege"]).upper(), str(row["name"]).upper()) for row in rows}
    open_to_all = [
        word
        for word, is_given in (
            ("SNOWFLAKE.CORTEX_USER", any("CORTEX_USER" in name for _, name in given)),
            ("USE AI FUNCTIONS", any(kind.startswith("USE AI FUNCTION") for kind, _ in given)),
        )
        if is_given
    ]
    if not open_to_all:
        told = f"taken back: only roles that were given it use AI{unseen}"
        return Found("AI for PUBLIC", "ok", told)
    return Found(
        "AI for PUBLIC",
        "warning",
        f"every role of the account has {' and '.join(open_to_all)}{unseen}",
        SET_UP.format(step="public --revoke-public") + " if that is too much",
    )


def warehouse_cost(show: Show, names: Names, expected: float, region: str) -> Found:
    """Whether the warehouse goes to sleep, and has a ceiling that carries the schedules.

    ``expected``: credits that they need in a month on a warehouse of generation 1; ``region``:
    the account's, which begins with its cloud.
    """
    check = "warehouse cost"
    rows = show(f"WAREHOUSES LIKE '{names.warehouse}'")
    if not rows:
        return Found(check, "warning", "not shown", f"GRANT MONITOR ON WAREHOUSE {names.warehouse}")
    monitor = str(rows[0].get("resource_monitor") or "null")
    if monitor.lower() == "null":
        mend = SET_UP.format(step="monitor")
        return Found(check, "warning", "no resource monitor: no ceiling of credits", mend)
    awake = str(rows[0].get("auto_suspend") or "0")
    if not awake.isdecimal() or not 0 < int(awake) <= names.auto_suspend:
        said = f"stays awake for {awake} s" if awake.isdecimal() and int(awake) else "never sleeps"
        mend = f"ALTER WAREHOUSE {names.warehouse} SET AUTO_SUSPEND = {names.auto_suspend}"
        return Found(check, "warning", said, mend)
    newer = str(rows[0].get("generation") or rows[0].get("resource_constraint") or "")
    dearer = newer.endswith("2")
    cloud = region.rpartition(".")[2].partition("_")[0].upper()
    expected *= _NEWER_COSTS.get(cloud, max(_NEWER_COSTS.values())) if dearer else 1
    needed = f"the schedules need about {expected:.0f} a month" + (
        ", as it is of generation 2" if dearer else ""
    )
    shown = show(f"RESOURCE MONITORS LIKE '{monitor}'")  # none where the role may not see it
    if shown and float(shown[0]["credit_quota"] or 0) < expected:
        quota = f"{float(shown[0]['credit_quota'] or 0):.0f}"
        mend = SET_UP.format(step=f"monitor --credits {names.first_credits}")
        return Found(
            check, "warning", f"monitor {monitor} ends it at {quota} credits, {needed}", mend
        )
    return Found(check, "ok", f"monitor {monitor}, asleep after {awake} s; {needed}")


def short_lived(show: Show, names: Names) -> Found:
    """Whether what people said stays in Time Travel for a day and never in Fail-safe."""
    schemas = names.schemas
    long_kept = [
        f"{schema}.{row['name']}"
        for schema in (schemas.gong, schemas.words)
        for row in show(f"TABLES IN SCHEMA {names.database}.{schema}")
        if str(row["kind"]).upper() != "TRANSIENT" or int(row["retention_time"] or 0) > 1
    ]
    if not long_kept:
        return Found("words kept short", "ok", "transient, a day of Time Travel")
    return Found(
        "words kept short",
        "failed",
        f"{long_kept[0]} keeps deleted words longer than a day ({len(long_kept)} tables)",
        SET_UP.format(step="move") + f"; or ALTER TABLE {names.database}.{long_kept[0]} "
        "SET DATA_RETENTION_TIME_IN_DAYS = 1",
    )


def too_much(
    wanted: Iterable[Grant], shown: Mapping[str, Iterable[Mapping[Any, Any]]], names: Names
) -> Found:
    """What roles for readers may select besides what the set-up gives them."""
    allowed = {(one.role, one.name) for one in wanted}
    extra = [
        (role, str(row["granted_on"]), str(row["name"]).replace('"', "").upper())
        for role in (f"{names.role}_{kind}".upper() for kind in ("READER", "REPORT", "PEOPLE"))
        for row in shown.get(role, ())
        if str(row["privilege"]).upper() in ("SELECT", "OWNERSHIP")
        and str(row["granted_on"]).upper() in ("TABLE", "VIEW")
        and (role, str(row["name"]).replace('"', "").upper()) not in allowed
    ]
    if not extra:
        return Found("readers", "ok", "read the views that the set-up gives and nothing else")
    role, kind, name = extra[0]
    rest = f" and {len(extra) - 1} more" if len(extra) > 1 else ""
    return Found(
        "readers",
        "failed",
        f"{role} reads {name}{rest}, which the set-up does not give",
        f"REVOKE SELECT ON {kind.upper()} {name} FROM ROLE {role}; or "  # noqa: S608
        + SET_UP.format(step="earlier"),
    )
