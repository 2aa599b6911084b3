"""The statements that watch the feeds, made from the tables that declare one (``-- feed:``).

Each table is read once for every way in which a part of it may be missing: as a whole, by the
values of its ``by`` columns, and by the home region of its customers.
"""

from sql import catalog
from sql.catalog import Feed, Table

#: A part that no column of the table tells: the region of the customer itself.
HOME = "home"
WHOLE = "all"

_PERIOD = (
    "WITH period AS (SELECT CAST(? AS DATE) AS first_day, CAST(? AS DATE) AS last_day)\n"
)  # fmt: skip


def tables() -> dict[str, Table]:
    """The tables that declare a feed, by the feed's name."""
    return {t.feed.name: t for t in catalog.tables().values() if t.feed is not None}


def feed_of(name: str) -> Feed:
    """The declaration of a feed."""
    declared = tables()[name].feed
    assert declared is not None
    return declared


def statement(name: str) -> str | None:
    """The statement ``name`` (``sources/feed_days``), or None where none is made."""
    made = _MADE.get(name)
    if made is None:
        return None
    says, columns, by = made
    parts = [
        _part(table, table.feed, part, columns, by)
        for table in tables().values()
        if table.feed is not None
        for part in (WHOLE, *table.feed.by, HOME)
    ]
    return f"-- {says}\n-- Parameters: first and last day.\n{_PERIOD}" + "\nUNION ALL\n".join(parts)


def names() -> tuple[str, ...]:
    """Names of the statements that are made here."""
    return tuple(_MADE)


def _part(table: Table, feed: Feed, part: str, columns: str, by: str) -> str:
    value = {WHOLE: "''", HOME: "k.region"}.get(part, f"t.{part}")
    home = "JOIN source.customers k ON k.customer_id = t.customer_id\n" if part == HOME else ""
    known = "" if part == WHOLE else f" AND {value} IS NOT NULL"
    keys = ", ".join([*([] if part == WHOLE else [value]), by.format(day=f"t.{feed.day}")])
    return (
        f"SELECT '{feed.name}' AS feed, '{part}' AS part, {value} AS name, "
        f"{columns.format(day=f't.{feed.day}')}\n"
        f"FROM {table.full_name} t\n{home}"
        f"JOIN period p ON t.{feed.day} BETWEEN p.first_day AND p.last_day\n"
        f"WHERE t.customer_id IS NOT NULL{known}\nGROUP BY {keys}"
    )


_MADE: dict[str, tuple[str, str, str]] = {
    "sources/feed_days": (
        "Rows of each feed by day. One row per feed, part (all, a column's value, home region) "
        "and day with any.",
        "{day} AS day, COUNT(*) AS row_count",
        "{day}",
    ),
    "sources/feed_customers": (
        "Customers behind each feed. One row per feed, part and customer.",
        "t.customer_id, MIN({day})::DATE AS first_day, MAX({day})::DATE AS last_day, "
        "COUNT(*) AS row_count",
        "t.customer_id",
    ),
}
