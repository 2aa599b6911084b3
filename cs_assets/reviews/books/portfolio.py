"""All books on two pages: how they stand, who first, what renews, what changed, what is held.

The view, and the page that needs no other file.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from cs_assets.facts.wording import counted, listed
from cs_assets.paper.brand import Brand
from cs_assets.reviews.books.account import said_of
from cs_assets.reviews.books.book import Book, Shelf, day_of, money, total_worth, worth
from cs_assets.reviews.books.ranking import Ranked, renewal_words
from cs_assets.reviews.editions.charts.layout import scene
from cs_assets.reviews.editions.charts.model import Bars
from cs_assets.reviews.editions.charts.svg import svg
from cs_assets.reviews.editions.templating import environment

#: What two pages hold; how many more there are is said below each table.
_FIRST, _RENEWALS, _CHANGES, _SHELVES, _HELD = 10, 20, 8, 12, 6


@dataclass(frozen=True)
class Sheet:
    """A table of the portfolio; ``widths`` are shares of the page."""

    title: str
    headings: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    widths: tuple[float, ...]
    note: str = ""
    ids: tuple[str, ...] = ()
    """The customer of each row; empty where rows are no customers."""


@dataclass(frozen=True)
class Portfolio:
    """The portfolio as all editions show it."""

    title: str
    period: str
    dated: dt.datetime
    """The end of the week."""
    headline: str
    lines: tuple[str, ...]
    chart: Bars | None
    chart_title: str
    chart_words: str
    """For those who cannot see the chart."""
    sheets: tuple[Sheet, ...]


def portfolio(book: Book, *, whole: bool = False) -> Portfolio:
    """The portfolio of a book; ``whole``: without the limits of two pages."""
    total = book.total
    top = book.urgent[: None if whole else _FIRST]
    return Portfolio(
        title="All books" if book.is_team else f"Book of {book.owner}",
        dated=dt.datetime.combine(book.week_end, dt.time(23, 59, 59)),
        period=f"Week to {day_of(book.week_end)}",
        headline=_headline(book),
        lines=(
            f"{counted(total.customers, 'customer')} in {counted(len(book.shelves), 'book')}, "
            f"worth {total_worth(total)}: {total.red} Red, {total.yellow} Yellow, "
            f"{total.green} Green{_unknown(total)}.",
            f"{counted(total.renewals, 'contract')} worth {money(total.renewing_arr)} within 90 "
            "days of renewal.",
            f"Against the four weeks before or a year earlier, {total.falls} clearly down and "
            f"{total.rises} clearly up; the others show no clear change.",
            f"{counted(total.held, 'review') if total.held else 'Nothing'} held back.",
        ),
        chart=where_most(book),
        chart_title="Where most is at stake: yearly revenue times urgency",
        chart_words="Bars of value at stake by customer: "
        + ", ".join(f"{p.account.name} {money(p.stake)}" for p in top),
        sheets=tuple(s for s in _sheets(book, top, whole=whole) if s.rows),
    )


#: Reasons that a headline has room for; the table below has the others.
_REASONS = 2


def _unknown(total: Shelf) -> str:
    """How many customers have no known health, so that the parts are the whole."""
    unknown = total.customers - total.red - total.yellow - total.green
    return f", {unknown} not known" if unknown else ""


def _headline(book: Book) -> str:
    if not book.urgent:
        return "Nothing is urgent in any book."
    top = book.urgent[0]
    why = "; ".join(top.reasons[:_REASONS])
    return f"{money(book.total.at_stake)} at stake; {top.account.name} first: {why}."


def where_most(book: Book) -> Bars | None:
    """The customers with the most at stake as bars; ``None`` where nothing is urgent."""
    top = book.urgent[:_FIRST]
    if not top:
        return None
    return Bars(
        names=tuple(place.account.name for place in top),
        values=tuple(place.stake for place in top),
        labels=tuple(f"{money(p.stake)} of {worth(p.account)}" for p in top),
        earlier=None,
        unit="USD",
        horizontal=True,
        emphasised=0,
    )


def _sheets(book: Book, top: Sequence[Ranked], *, whole: bool) -> list[Sheet]:
    def some(places: list[Ranked], most: int) -> list[Ranked]:
        return places if whole else places[:most]

    renewals, falling, rising = book.renewals, book.falling, book.rising
    near, held = some(renewals, _RENEWALS), some(book.held, _HELD)
    changed = [*some(falling, _CHANGES), *some(rising, _CHANGES)]
    shelves = book.shelves if whole else book.shelves[:_SHELVES]
    return [
        Sheet(
            "Open first",
            ("Customer", "CSM", "Why", "ARR", "Health"),
            tuple(
                (p.account.name, p.account.csm_name, p.why, worth(p.account), _health(p))
                for p in top
            ),
            (0.2, 0.15, 0.45, 0.09, 0.11),
            _more(len(book.urgent) - len(top), "customer with a reason", "customers with a reason"),
            _ids(top),
        ),
        Sheet(
            "By book",
            ("Book", "Customers", "ARR", "At stake", "Red", "Yellow", "Renew in 90 d", "Held"),
            tuple(
                (s.name, f"{s.customers}", money(s.arr), money(s.at_stake), f"{s.red}",
                 f"{s.yellow}", f"{s.renewals} ({money(s.renewing_arr)})", f"{s.held}")
                for s in shelves
            ),
            (0.26, 0.11, 0.11, 0.11, 0.08, 0.09, 0.16, 0.08),
            _more(len(book.shelves) - len(shelves), "book", "books"),
        ),
        Sheet(
            "Renewals within 90 days",
            ("Customer", "CSM", "Renews", "ARR", "Health"),
            tuple(
                (p.account.name, p.account.csm_name, _renews(p), worth(p.account), _health(p))
                for p in near
            ),
            (0.3, 0.2, 0.26, 0.12, 0.12),
            _more(len(renewals) - len(near), "renewal", "renewals"),
            _ids(near),
        ),
        Sheet(
            "Changes of the week that are clear",
            ("Customer", "CSM", "What", "ARR"),
            tuple(
                (p.account.name, p.account.csm_name, _change(p), worth(p.account))
                for p in changed
            ),
            (0.26, 0.18, 0.44, 0.12),
            _more(len(falling) + len(rising) - len(changed), "clear change", "clear changes"),
            _ids(changed),
        ),
        Sheet(
            "Held back",
            ("Customer", "CSM", "Why"),
            tuple(
                (p.account.name, p.account.csm_name, "; ".join(p.account.held) or "not judged yet")
                for p in held
            ),
            (0.26, 0.18, 0.56),
            _more(len(book.held) - len(held), "held review", "held reviews"),
            _ids(held),
        ),
    ]  # fmt: skip


def _ids(places: Sequence[Ranked]) -> tuple[str, ...]:
    return tuple(place.account.customer_id for place in places)


def _more(count: int, thing: str, things: str) -> str:
    return f"And {count} more {thing if count == 1 else things}: see the viewer." if count else ""


def _health(place: Ranked) -> str:
    score = place.account.score
    return place.account.health + (f" {score:.0f}" if score is not None else "")


def _renews(place: Ranked) -> str:
    account = place.account
    assert account.renewal is not None
    return f"{account.renewal.day} {account.renewal:%b}, {renewal_words(account.days or 0)}"


def _change(place: Ranked) -> str:
    account = place.account
    parts = [f"▼ clear fall of {said_of(account.falls)}"] if account.falls else []
    parts += [f"▼ {listed(account.lost)}"] if account.lost else []
    parts += [f"▲ clear rise of {said_of(account.rises)}"] if account.rises else []
    return "; ".join(parts)


def portfolio_html(view: Portfolio, brand: Brand) -> str:
    """``view`` as a page that needs no other file."""
    drawing = ""
    if view.chart is not None:
        drawn = svg(scene(view.chart), brand.colours, view.chart_words, "at_stake")
        drawing = Markup(drawn)  # noqa: S704  all text inside was escaped by ``svg``
    page = environment().get_template("portfolio.html.j2")
    return page.render(view=view, brand=brand, drawing=drawing)
