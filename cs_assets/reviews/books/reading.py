"""What books are made of, read in portions: a firm's whole sheets would be most of the memory."""

import datetime as dt
from dataclasses import replace

import pandas as pd

from cs_assets.reviews.books.account import read_of_sheet
from cs_assets.reviews.books.making import Readings
from cs_assets.reviews.configuration import ReviewSettings
from cs_assets.reviews.facts.readings import Customers, Query

_AT_ONCE = 100


def read_places(
    query: Query, week: dt.date, settings: ReviewSettings, customers: Customers | None = None
) -> Readings:
    """What places in a book are made of, without who reads it: a week (its Monday), some customers.

    All customers when none are named.
    """
    wanted = customers or Customers()
    everybody = query("reviews/customer_ids", [])["customer_id"]
    rows = []
    for portion in wanted.portions(everybody, _AT_ONCE):
        found = query("reviews/book_accounts", [*portion.bounds, week, settings.paper])
        found = portion.only(found)
        rows.append(found.assign(sheet=found["sheet"].map(read_of_sheet, na_action="ignore")))
    return Readings(
        accounts=pd.concat(rows, ignore_index=True),
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
