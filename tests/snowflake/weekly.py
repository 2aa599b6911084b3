"""One weekly cycle on one engine, and every table's rows after it."""

import datetime as dt
import io
from dataclasses import dataclass
from numbers import Real
from pathlib import Path
from typing import Any

import dagster as dg
import pandas as pd
from rich.console import Console

from cs_assets.commands.weekly_cycle import CycleReport, run_cycle
from cs_assets.definitions import build_defs
from cs_assets.progress import Progress
from cs_assets.routing.batches import plan_batch
from resources.settings import Settings
from resources.sources.files import load_folder
from resources.warehouse import Warehouse
from sql import catalog

WEEK = "2026-11-09"
_PLANNED_AT = dt.datetime(2026, 11, 16, 8)


def run(warehouse: Warehouse, root: Path, history_weeks: int = 1) -> CycleReport:
    """The week of the small tenant with its history; sources go in through the port.

    The home ``root`` has been prepared by ``small_tenant.put``.
    """
    settings = Settings.load(cs_assets_home=root)
    home = settings.home.ensure()
    load_folder(home.sources, warehouse)
    # In memory: Dagster's own records took a good part of the time and are not compared.
    with dg.DagsterInstance.ephemeral(tempdir=str(root)) as instance:
        return run_cycle(
            build_defs(settings, warehouse=warehouse),
            instance,
            WEEK,
            Progress(Console(file=io.StringIO())),
            lambda: plan_batch(warehouse, _PLANNED_AT),
            history_weeks=history_weeks,
            tags={"cs_assets/allow_late": "true"},
        )


@dataclass(frozen=True)
class Outcome:
    """What a cycle came to: assets that failed, with the reason, and checks that did not pass."""

    failed: dict[str, str]
    failed_checks: list[list[str]]


def outcome(report: CycleReport) -> Outcome:
    return Outcome(
        {asset: why for run in report.runs for asset, why in run.failed.items()},
        [sorted(run.failed_checks) for run in report.runs],
    )


def select_all(table: catalog.Table) -> str:
    """Every row in the order of the key; vectors as text, because drivers differ in them."""
    columns = ", ".join(
        f"CAST({column.name} AS STRING) AS {column.name}"
        if column.type.startswith("VECTOR")
        else column.name
        for column in table.columns
    )
    return f"SELECT {columns} FROM {table.full_name} ORDER BY {', '.join(table.key)}"


def differences(table: catalog.Table, left: pd.DataFrame, right: pd.DataFrame) -> list[str]:
    """What differs between the rows of two engines, a line for each column."""
    if len(left) != len(right):
        return [f"{table.full_name}: {len(left)} rows against {len(right)}"]
    found = []
    for column in table.columns:
        if column.name in _OWN_TO_A_RUN:
            continue
        a, b = left[column.name], right[column.name]
        unequal = [i for i, pair in enumerate(zip(a, b, strict=True)) if not _same(*pair)]
        if unequal:
            at = unequal[0]
            found.append(
                f"{table.full_name}.{column.name}: {len(unequal)} of {len(left)} rows differ, "
                f"first {str(a.iloc[at])[:150]!r} against {str(b.iloc[at])[:150]!r}"
            )
    return found


#: Columns that hold a run's id, the clock while it ran, the model asked for, or a hash that each
#: engine makes in a way of its own.
_OWN_TO_A_RUN = frozenset(
    {"run_id", "fetched_at", "first_seen_at", "staged_at", "read_at", "planned_at", "generated_at",
     "first_attempt_at", "settled_at", "model", "staged_from", "words_from"}
)  # fmt: skip


def _same(a: Any, b: Any) -> bool:
    if pd.isna(a) or pd.isna(b):
        return bool(pd.isna(a) and pd.isna(b))
    if isinstance(a, bool) or isinstance(b, bool):
        return bool(a == b)
    if isinstance(a, Real) and isinstance(b, Real):
        return abs(float(a) - float(b)) <= 1e-9 * max(1.0, abs(float(a)))
    return str(a) == str(b)
