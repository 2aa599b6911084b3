"""A book at the desk: the places of the book mail, of the customers in the viewer's scope."""

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import pandas as pd

from cs_assets.desk.guards import ScopedSession
from cs_assets.names import compared
from cs_assets.reviews.books.book import Book
from cs_assets.reviews.books.making import everything
from cs_assets.reviews.books.ranking import Ranked
from cs_assets.reviews.books.reading import read_places
from cs_assets.reviews.configuration import ReviewSettings
from cs_assets.reviews.facts.readings import Customers

#: What a book can be narrowed to, in the words of its mail.
VIEWS: Mapping[str, Callable[[Book], list[Ranked]]] = {
    "All customers": lambda book: list(book.ranked),
    "Open first": lambda book: book.urgent,
    "Renewals within 90 days": lambda book: book.renewals,
    "Clearly down": lambda book: book.falling,
    "Clearly up": lambda book: book.rising,
    "Promised last time": lambda book: book.promised,
    "Held back": lambda book: book.held,
    "Without any data": lambda book: book.silent,
}
ANY = "Any"
HEALTHS = (ANY, "Red", "Yellow", "Green", "Unknown")


@dataclass(frozen=True)
class Chosen:
    """What of a book somebody wants to see."""

    view: str = "All customers"
    health: str = ANY
    csm: str = ANY
    name: str = ""


def newest_week(db: ScopedSession) -> dt.date | None:
    """Monday of the newest week with metrics; ``None`` where nothing is made yet."""
    newest = db.query("reviews/newest_week")["week_start"].iloc[0]
    return None if pd.isna(newest) else pd.Timestamp(newest).date()


def book_of(db: ScopedSession, settings: ReviewSettings) -> Book | None:
    """The viewer's customers of the newest week, ranked as in the mail; ``None`` without a week."""
    week = newest_week(db)
    if week is None:
        return None
    ids = None if db.scope.sees_all else tuple(sorted(db.scope.customers))
    book = everything(read_places(db.query, week, settings, Customers(ids)), week, settings)
    if db.asker.role != "csm":
        return book
    owner = next((p.account.csm_name for p in book.ranked if p.account.csm_name), "")
    return replace(book, owner=owner, is_team=False)


def narrowed(book: Book, chosen: Chosen) -> list[Ranked]:
    """The places that are wanted, in the order of their view."""
    wanted = compared(chosen.name)
    return [
        place for place in VIEWS[chosen.view](book)
        if chosen.health in (ANY, place.account.health)
        and chosen.csm in (ANY, place.account.csm_name or "No CSM")
        and (not wanted or wanted in compared(place.account.name)
             or wanted == compared(place.account.customer_id))
    ]  # fmt: skip


def csms(book: Book) -> list[str]:
    """Names of those whose customers stand in the book."""
    return sorted({place.account.csm_name or "No CSM" for place in book.ranked})
