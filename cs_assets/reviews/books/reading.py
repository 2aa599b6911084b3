"""What books are made of, read in portions: a firm's whole sheets would be most of the memory."""

import datetime as dt

import pandas as pd

from cs_assets.reviews.books.account import read_of_sheet
from cs_assets.reviews.books.making import Readings
from cs_assets.reviews.configuration import ReviewSettings
from cs_assets.reviews.facts.readings import Customers, Query

_AT_ONCE = 100


def read_books(
    query: Query, week: dt.date, settings: ReviewSettings, customers: Customers | None = None
) -> Readings:
    """The readings of a week (its Monday) for some customers, all when none are named."""
    wanted = customers or Customers()
    everybody = query("reviews/customer_ids", [])["customer_id"]
    rows = []
    for portion in wanted.portions(everybody, _AT_ONCE):
        found = query("reviews/book_accounts", [*portion.bounds, week, settings.paper])
        found = portion.only(found)
        rows.append(found.assign(sheet=found["sheet"].map(read_of_sheet, na_action="ignore")))
    return Readings(
        accounts=pd.concat(rows, ignore_index=True),
        csms=query("reviews/csms", []),
        workers=query("reviews/workers", []),
        lost=query("reviews/lost_modules", [week]),
        changes=query("reviews/clear_changes", [week]),
        sent=query("reviews/sent_books", [week]),
    )
