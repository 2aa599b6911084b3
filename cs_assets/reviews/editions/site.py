"""The viewer: one HTML file with all reports and digests, search and filters; needs no server."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from markupsafe import Markup

from cs_assets.paper.brand import Brand
from cs_assets.reviews.books.book import Book
from cs_assets.reviews.books.portfolio import portfolio
from cs_assets.reviews.editions.templating import environment


@dataclass(frozen=True)
class Entry:
    """One report or digest in the viewer."""

    kind: str
    """``Review``, ``Digest`` or ``Team summary``."""
    week: str
    name: str
    owner: str
    title: str
    status: str
    """``ready``, ``held``, ``failed`` or ``no data``."""
    reasons: tuple[str, ...]
    text: str
    links: Mapping[str, str]
    """Words to paths relative to the viewer."""
    id: str = ""
    """Of the customer or rep: what an address in the viewer names."""
    page: str = ""
    """What it looks like as sent: a page's path relative to the viewer."""
    notes: tuple[str, ...] = ()
    """What a CSM wrote about it."""


def site(entries: Sequence[Entry], brand: Brand, book: Book | None = None) -> str:
    """The viewer as one document; entries travel inside as JSON and are shown as text only.

    It opens on the portfolio of ``book``, all customers of the newest week.
    """
    data = json.dumps([asdict(entry) for entry in entries], ensure_ascii=False, sort_keys=True)
    told = json.dumps(_portfolio(book) if book else None, ensure_ascii=False, sort_keys=True)
    page = environment().get_template("site.html.j2")
    return page.render(brand=brand, data=_inside_a_script(data), portfolio=_inside_a_script(told))


def _portfolio(book: Book) -> dict[str, Any]:
    """The portfolio without the limits of two pages, and a dot for each customer."""
    view = portfolio(book, whole=True)
    return {
        "title": view.title,
        "period": view.period,
        "headline": view.headline,
        "lines": view.lines,
        "sheets": [
            {"title": s.title, "headings": s.headings, "rows": s.rows, "note": s.note, "ids": s.ids}
            for s in view.sheets
        ],
        "customers": [
            {
                "id": place.account.customer_id,
                "name": place.account.name,
                "arr": place.account.arr,
                "urgency": place.urgency,
                "health": place.account.health,
                "rank": rank,
            }
            for rank, place in enumerate(book.ranked, start=1)
        ],
    }


def _inside_a_script(text: str) -> Markup:
    """JSON that cannot end its script element or start a comment in it."""
    for character, escaped in (("<", "\\u003c"), (">", "\\u003e"), ("&", "\\u0026"),
                               ("\u2028", "\\u2028"), ("\u2029", "\\u2029")):  # fmt: skip
        text = text.replace(character, escaped)
    return Markup(text)  # noqa: S704  nothing in it can be read as markup now
