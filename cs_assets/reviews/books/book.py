"""A book put together: its counts, and the lists that its mail and its portfolio show."""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

from cs_assets.reviews.books.account import Account
from cs_assets.reviews.books.ranking import RENEWALS_WITHIN, Ranked
from cs_assets.reviews.books.readers import Reader


@dataclass(frozen=True)
class Shelf:
    """What a book comes to, for one CSM's line in a portfolio."""

    name: str
    customers: int
    arr: float
    at_stake: float
    red: int
    yellow: int
    green: int
    renewals: int
    renewing_arr: float
    falls: int
    rises: int
    held: int
    without_arr: int = 0
    """Customers whose revenue is not in ``arr``: not known, or not comparable."""


@dataclass(frozen=True)
class Book:
    """All customers of one CSM, or of all CSMs below one who leads; the most at stake first."""

    book_id: str
    """The CSM, or ``team:`` and who leads."""
    owner: str
    """Whose book, by name."""
    reader: Reader
    day: dt.date
    """The day on which it is read: after the week's end."""
    ranked: tuple[Ranked, ...]
    is_team: bool = False
    unread: tuple[str, ...] = ()
    """Books below that nobody reads, with the reason."""

    @property
    def week_end(self) -> dt.date:
        return self.day - dt.timedelta(days=1)

    @cached_property
    def urgent(self) -> list[Ranked]:
        """Those with a reason to be opened first."""
        return [place for place in self.ranked if place.stake > 0]

    @cached_property
    def renewals(self) -> list[Ranked]:
        """Contracts that renew within 90 days, the next first."""
        near = [p for p in self.ranked if p.account.days is not None]
        return sorted(
            (p for p in near if -30 <= (p.account.days or 0) <= RENEWALS_WITHIN),
            key=lambda p: (p.account.days or 0, p.account.customer_id),
        )

    @cached_property
    def falling(self) -> list[Ranked]:
        return [p for p in self.ranked if p.account.falls or p.account.lost]

    @cached_property
    def rising(self) -> list[Ranked]:
        return [p for p in self.ranked if p.account.rises and not p.account.falls]

    @cached_property
    def promised(self) -> list[Ranked]:
        return [p for p in self.ranked if p.account.promises]

    @cached_property
    def held(self) -> list[Ranked]:
        return [p for p in self.ranked if p.account.status == "held"]

    @cached_property
    def silent(self) -> list[Ranked]:
        """Customers of whom nothing has ever been recorded."""
        return [p for p in self.ranked if p.account.status == "no data"]

    @property
    def total(self) -> Shelf:
        return shelf(self.owner, self.ranked)

    @property
    def shelves(self) -> list[Shelf]:
        """One per CSM, the most at stake first."""
        names = dict.fromkeys(p.account.csm_name or "No CSM" for p in self.ranked)
        made = [
            shelf(name, [p for p in self.ranked if (p.account.csm_name or "No CSM") == name])
            for name in names
        ]
        return sorted(made, key=lambda s: (-s.at_stake, s.name))


def shelf(name: str, places: Sequence[Ranked]) -> Shelf:
    """The counts of some customers."""
    near = [p for p in places if p.account.days is not None and -30 <= p.account.days <= 90]
    return Shelf(
        name,
        customers=len(places),
        arr=_arr(places),
        at_stake=sum(p.stake for p in places),
        red=_of(places, "Red"),
        yellow=_of(places, "Yellow"),
        green=_of(places, "Green"),
        renewals=len(near),
        renewing_arr=_arr(near),
        falls=sum(bool(p.account.falls or p.account.lost) for p in places),
        rises=sum(bool(p.account.rises and not p.account.falls) for p in places),
        held=sum(p.account.status == "held" for p in places),
        without_arr=sum(p.account.arr is None for p in places),
    )


def _arr(places: Iterable[Ranked]) -> float:
    return sum(p.account.arr or 0.0 for p in places)


def _of(places: Iterable[Ranked], health: str) -> int:
    return sum(p.account.health == health for p in places)


def money(value: float | None) -> str:
    """Dollars in at most five letters; in words where they are not known."""
    if value is None:
        return "ARR unknown"
    for size, letter in ((1e9, "B"), (1e6, "M")):
        if value >= size:
            return f"${value / size:.1f}{letter}"
    return f"${value / 1e3:.0f}K" if value >= 10_000 else f"${value:,.0f}"


def worth(account: Account) -> str:
    """The revenue of one customer in dollars, else in its own currency; unknown is said."""
    if account.arr is None and account.arr_own:
        return f"{account.arr_own}, no exchange rate"
    return money(account.arr)


def total_worth(total: Shelf) -> str:
    """The revenue of several, and of how many it is not in the sum."""
    left_out = f" (that of {total.without_arr} not in it)" if total.without_arr else ""
    return f"{money(total.arr)} a year{left_out}"


def day_of(day: dt.date) -> str:
    """``15 November 2026``."""
    return f"{day.day} {day:%B %Y}"
