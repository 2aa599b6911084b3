"""All source tables of the sample tenant, and how they become CSV files."""

import csv
import datetime as dt
import io
from pathlib import Path
from typing import Any

from cs_assets.sample import (
    accounts,
    activity,
    benchmarks,
    contracts,
    crm,
    feedback,
    handwritten,
    people,
    usage,
)
from cs_assets.sample.clock import LAST_DAY
from cs_assets.sample.lives import life, lost_life
from cs_assets.sample.roster import CUSTOMERS, FORMER_CUSTOMERS
from sql import catalog

Rows = list[dict[str, Any]]


def source_tables(weeks_later: int = 0) -> dict[str, Rows]:
    """Rows by table name, without schema; columns as declared under ``sql/tables/source``.

    ``weeks_later`` moves every day by so many weeks, and leaves all else as it is. Benchmarks are
    of calendar quarters: those that are over by the last day then.
    """
    conversions = activity.conversions(CUSTOMERS)
    engagement = activity.engagement(CUSTOMERS)
    today = [life(customer) for customer in CUSTOMERS]
    every = [*today, *(lost_life(customer) for customer in FORMER_CUSTOMERS)]
    tickets = feedback.support_tickets(every)
    surveys = feedback.survey_responses(every)
    account_rows = accounts.accounts(tickets)
    usage_rows = usage.module_usage(today)
    tables = {
        "accounts": account_rows,
        "attributions": activity.attributions(CUSTOMERS, conversions),
        "case_studies": handwritten.case_studies(),
        "conversions": conversions,
        "contract_terms": contracts.contract_terms(every),
        "csm_assignment_history": accounts.csm_assignment_history(account_rows),
        "csm_assignments": contracts.csm_assignments(CUSTOMERS),
        "csms": accounts.csms(),
        "customer_people": people.customer_people(today),
        "customers": contracts.customers(CUSTOMERS),
        "exchange_rates": contracts.exchange_rates(),
        "historical_engagement": engagement,
        "hubspot_companies": crm.hubspot_companies(),
        "hubspot_contacts": crm.hubspot_contacts(),
        "hubspot_deals": crm.hubspot_deals(),
        "module_usage": usage_rows,
        "onboarding_detail": accounts.onboarding_detail(account_rows),
        "products": contracts.products(CUSTOMERS),
        "svot_signals": accounts.svot_signals(account_rows, tickets, surveys),
        "support_tickets": tickets,
        "survey_responses": surveys,
        "usage_quarters": usage.usage_quarters(every, usage_rows),
        "workday_workers": accounts.workday_workers(),
    }
    if weeks_later:
        tables = {name: _moved(rows, weeks_later) for name, rows in tables.items()}
    last_day = LAST_DAY + dt.timedelta(weeks=weeks_later)
    peers = benchmarks.benchmarks(CUSTOMERS, conversions, engagement, last_day)
    return tables | {"industry_benchmarks": peers}


def _moved(rows: Rows, weeks: int) -> Rows:
    """The rows with every day and time ``weeks`` later."""
    later = dt.timedelta(weeks=weeks)
    return [
        {
            name: value + later if isinstance(value, dt.date) else value
            for name, value in row.items()
        }
        for row in rows
    ]


def write_sources(folder: Path, weeks_later: int = 0) -> dict[str, int]:
    """One CSV file per source table in ``folder``; returns the rows of each."""
    return write_rows(folder, source_tables(weeks_later))


def write_rows(folder: Path, tables: dict[str, Rows]) -> dict[str, int]:
    """``tables`` as CSV files in ``folder``; returns the rows of each."""
    folder.mkdir(parents=True, exist_ok=True)
    counts: dict[str, int] = {}
    for name, rows in sorted(tables.items()):
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
