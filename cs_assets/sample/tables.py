"""All source tables of the sample tenant, and how they become CSV files."""

import csv
import datetime as dt
import io
from pathlib import Path
from typing import Any

from cs_assets.sample import accounts, activity, crm, handwritten, modules
from sql import catalog

Rows = list[dict[str, Any]]


def source_tables() -> dict[str, Rows]:
    """Rows by table name, without schema; columns as declared under ``sql/tables/source``."""
    conversions = activity.conversions()
    engagement = activity.engagement()
    account_rows = accounts.accounts()
    return {
        "accounts": account_rows,
        "attributions": activity.attributions(conversions),
        "case_studies": handwritten.case_studies(),
        "conversions": conversions,
        "csm_assignment_history": accounts.csm_assignment_history(account_rows),
        "csm_assignments": modules.csm_assignments(),
        "csms": accounts.csms(),
        "customers": modules.customers(),
        "historical_engagement": engagement,
        "hubspot_companies": crm.hubspot_companies(),
        "hubspot_contacts": crm.hubspot_contacts(),
        "hubspot_deals": crm.hubspot_deals(),
        "industry_benchmarks": activity.benchmarks(conversions, engagement),
        "module_usage": modules.module_usage(),
        "onboarding_detail": accounts.onboarding_detail(account_rows),
        "products": modules.products(),
        "svot_signals": accounts.svot_signals(account_rows),
        "workday_workers": accounts.workday_workers(),
    }


def write_sources(folder: Path) -> dict[str, int]:
    """One CSV file per source table in ``folder``; returns the rows of each."""
    folder.mkdir(parents=True, exist_ok=True)
    counts: dict[str, int] = {}
    for name, rows in source_tables().items():
        columns = catalog.table(f"source.{name}").column_names
        (folder / f"{name}.csv").write_bytes(_csv(columns, rows))
        counts[name] = len(rows)
    return counts


def _csv(columns: list[str], rows: Rows) -> bytes:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows([[_cell(row[column]) for column in columns] for row in rows])
    return text.getvalue().encode()


def _cell(value: Any) -> Any:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dt.datetime):
        return value.isoformat(sep=" ", timespec="seconds")
    return value
