"""What books are made of, without the reviews' sheets: a firm's would be most of the memory."""

import datetime as dt
from dataclasses import replace
from typing import Any

import pandas as pd

from cs_assets.reviews.books.making import Readings
from cs_assets.reviews.configuration import ReviewSettings
from cs_assets.reviews.facts.readings import Customers, Query
from cs_assets.reviews.facts.sheets import sheet_from_json
from cs_assets.reviews.writing.book_line import book_line
from cs_assets.reviews.writing.report import passages_from_json

#: Reviews of an older version whose sheets are in memory at once.
_AT_ONCE = 500


def read_places(
    query: Query, week: dt.date, settings: ReviewSettings, customers: Customers | None = None
) -> Readings:
    """What places in a book are made of, without who reads it: a week (its Monday), some customers.

    All customers when none are named.
    """
    wanted = customers or Customers()
    rows = wanted.only(query("reviews/book_accounts", [*wanted.bounds, week, settings.paper]))
    return Readings(
        accounts=_with_lines(query, rows, week),
        lost=query("reviews/lost_modules", [week]),
        changes=query("reviews/clear_changes", [week]),
    )


def read_books(query: Query, week: dt.date, settings: ReviewSettings) -> Readings:
    """All that the books of a week (its Monday) are made of."""
    return replace(
        read_places(query, week, settings),
        csms=query("reviews/csms", []),
        workers=query("reviews/workers", []),
        sent=query("reviews/sent_books", [week]),
    )


def _with_lines(query: Query, rows: pd.DataFrame, week: dt.date) -> pd.DataFrame:
    """Lines that older versions did not keep are made of the reviews."""
    lacking = rows.loc[(rows["status"] == "written") & rows["book_line"].isna(), "customer_id"]
    if lacking.empty:
        return rows
    made: dict[str, str] = {}
    one: Any
    for portion in Customers(tuple(lacking)).portions((), _AT_ONCE):
        found = portion.only(query("reviews/reports_without_line", [*portion.bounds, week]))
        for one in found.itertuples(index=False):
            line = book_line(sheet_from_json(one.sheet), passages_from_json(one.sections))
            made[str(one.customer_id)] = line.as_json()
    return rows.assign(book_line=rows["book_line"].fillna(rows["customer_id"].map(made)))
