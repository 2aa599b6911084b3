"""Statements that copy a table without words, addresses and workers' files, by its declaration.

``snapshot/<schema.table>``: every column that may stand outside of Snowflake. A text that is
withheld is the word ``withheld`` wherever there is any; what else is withheld is empty.
"""

from functools import cache

from sql import catalog, personal_data
from sql.catalog import Column, Table

_FOLDER = "snapshot"
#: Rows of a table up to which it is copied.
MOST_ROWS = 500_000
#: Stands for a text that may not be told.
WITHHELD = "withheld"
_SCORED = frozenset(("analytics.call_analysis", "gong.stg_gong_calls"))
_REPORTED = frozenset(("analytics.weekly_reports",))
#: Statements that may show words as withheld, because they look for nothing in them, with the
#: tables of words and of Gong that they read: whom to call first and by when, which calls were
#: scored how, what was made and sent, are of use without.
SHOWN_WITHOUT_WORDS = {
    "calls/list_calls": _SCORED | {"analytics.call_sentiment", "gong.gong_users"},
    "calls/reps": _SCORED | {"gong.gong_users"},
    "calls/span_of_calls": _SCORED,
    "customers/overview": _SCORED | {"analytics.customer_insights", "ops.customer_actions"},
    "delivery/held": frozenset(("ops.deliveries",)),
    "gong/reconciliation_days": frozenset(("gong.gong_reconciliation",)),
    "reports/by_week": _REPORTED,
    "reports/history": _REPORTED
    | {
        "analytics.weekly_report_revisions",
        "ops.deliveries",
        "ops.customer_actions",
        "ops.review_hands",
    },
    "reports/of_week": _REPORTED,
    "reports/weeks_of_customer": _REPORTED,
    "routing/service_level": frozenset(("gong.stg_gong_calls",)),
}
#: Of these the readers that show the rows as they are; others look into the words of a row.
SHOWN_BY = {
    "calls/list_calls": frozenset(("calls list",)),
    "delivery/held": frozenset(("deliveries list",)),
}
#: Statements that look into what is withheld, beside what they are asked for.
_LOOKS_INTO_FILES = frozenset(("routing/audit_of_account",))


@cache
def copied() -> tuple[Table, ...]:
    """The tables that may be copied: none of Gong and none with words, but for those that are shown
    without; none that could not be kept without what is withheld."""
    without = frozenset[str]().union(*SHOWN_WITHOUT_WORDS.values())
    return tuple(
        table
        for table in catalog.tables().values()
        if (
            table.full_name in without
            or (
                table.schema in ("source", "analytics", "ops")
                and not personal_data.holds(table.full_name, "words")
            )
        )
        and not any(column.type.startswith(("VECTOR", "VARIANT")) for column in table.columns)
        and all(not c.required or c.type == "STRING" for c in _withheld(table))
    )


def answered_from(statement: str, reader: str) -> frozenset[str]:
    """The tables that ``statement`` may read of a copy for ``reader``, as it calls itself."""
    if statement in _LOOKS_INTO_FILES:
        return frozenset()
    shown = SHOWN_WITHOUT_WORDS.get(statement, frozenset())
    if reader not in SHOWN_BY.get(statement, {reader}):
        shown = frozenset()
    return frozenset(
        table.full_name
        for table in copied()
        if not personal_data.holds(table.full_name, "words") or table.full_name in shown
    )


def lack(table: str) -> str:
    """What of ``table`` a copy does not hold, with its verb."""
    without_words = any(table == one.full_name for one in copied())
    return f"the words of {table} are" if without_words else f"{table} is"


def _withheld(table: Table) -> list[Column]:
    names = personal_data.columns_of(table.full_name, "address", "file", "words")
    return [table.column(name) for name in names]


def _kept(table: Table, column: Column) -> str:
    """What of a column is copied."""
    if column not in _withheld(table):
        return column.name
    if column.type == "STRING":
        return f"IFF({column.name} IS NULL, NULL, '{WITHHELD}') AS {column.name}"
    return f"CAST(NULL AS {column.type}) AS {column.name}"


def name_of(table: Table) -> str:
    """Name of the statement for a table."""
    return f"{_FOLDER}/{table.full_name}"


def statement(name: str) -> str | None:
    """The statement ``name``, or None where none is made here."""
    folder, _, rest = name.partition("/")
    if folder != _FOLDER:
        return None
    table = catalog.table(rest)
    columns = ", ".join(_kept(table, column) for column in table.columns)
    return f"SELECT {columns} FROM {table.full_name} LIMIT {MOST_ROWS + 1}"  # noqa: S608 - ours
