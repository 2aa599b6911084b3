"""The places of a book: filters, the table, and one click to each customer."""

import streamlit as st
from markupsafe import Markup

from cs_assets.desk.reading import book as reading
from cs_assets.desk.showing import html, words
from cs_assets.desk.showing.frame import page_of, pages_below, put
from cs_assets.facts.wording import counted
from cs_assets.facts.wording import listed as in_a_row
from cs_assets.reviews.books.book import Book, worth
from cs_assets.reviews.books.ranking import Ranked, renewal_words

_SIZE = 25
_STATES = {"ready": "", "held": "red", "missing": "yellow", "no data": ""}
_SAID = {"ready": "ready", "held": "held", "missing": "not made yet", "no data": "no data"}


def shown(book: Book) -> None:
    """The filters and the places that they leave, a page at a time."""
    found = reading.narrowed(book, _chosen(book))
    if not found:
        st.info("No customer fits these filters. Take one of them back.")
        return
    page = page_of(len(found), _SIZE, "page")
    note = f"{counted(len(found), 'customer')}, the most at stake first."
    put(_table(found[page], book, note))
    pages_below(len(found), _SIZE, "page")


def _chosen(book: Book) -> reading.Chosen:
    names = reading.csms(book) if book.is_team else []
    columns = st.columns([2, 1, 2, 2] if book.is_team else [2, 1, 2])
    view = columns[0].selectbox(
        "Show", list(reading.VIEWS), key="view", bind="query-params", on_change=_from_the_start
    )
    health = columns[1].selectbox(
        "Health", reading.HEALTHS, key="health", bind="query-params", on_change=_from_the_start
    )
    name = columns[2].text_input(
        "Name or id", key="name", bind="query-params", on_change=_from_the_start, max_chars=100
    )
    csm = reading.ANY
    if book.is_team:
        csm = columns[3].selectbox(
            "CSM", [reading.ANY, *names], key="csm", bind="query-params", on_change=_from_the_start
        )
    return reading.Chosen(view, health, csm, name)


def _from_the_start() -> None:
    st.session_state["page"] = 1


def _table(found: list[Ranked], book: Book, note: str) -> Markup:
    headings = ["Customer", *(["CSM"] if book.is_team else []), "Why", "Health", "ARR", "Renews",
                "Clear changes", "Review"]  # fmt: skip
    rows = [_row(place, book) for place in found]
    return html.table("Customers", headings, rows, numbers=[headings.index("ARR")], note=note)


def listed(found: list[Ranked], every: int) -> Markup:
    """Customers by name for who looks for one of them."""
    rows = [
        (html.link(one.account.name, "customer", id=one.account.customer_id),
         one.account.csm_name or "No CSM", html.health(one.account.health, one.account.score),
         worth(one.account), words.date(one.account.renewal))
        for one in found
    ]  # fmt: skip
    note = f"{counted(every, 'customer')}, the most at stake first"
    note += "." if every == len(found) else f"; the first {len(found)} are shown."
    headings = ("Customer", "CSM", "Health", "ARR", "Renews")
    return html.table("Customers", headings, rows, numbers=[3], note=note)


def _row(place: Ranked, book: Book) -> list[html.Part]:
    account = place.account
    name = html.link(account.name, "customer", id=account.customer_id)
    renews: html.Part = ""
    if account.renewal is not None:
        renews = html.lines([html.unbroken(words.date(account.renewal)), _soon(account.days or 0)])
    return [
        name,
        *([account.csm_name or "No CSM"] if book.is_team else []),
        _why(place),
        html.health(account.health, account.score),
        worth(account),
        renews,
        _changes(place),
        _review(place),
    ]


def _soon(days: int) -> html.Part:
    return html.muted(html.unbroken(renewal_words(days).removeprefix("renews ")))


def _why(place: Ranked) -> html.Part:
    why = place.why or place.account.headline
    do = place.account.actions[0][0] if place.account.actions and place.stake > 0 else ""
    return html.lines([why, html.muted(f"Do: {do}")]) if do else why


def _changes(place: Ranked) -> html.Part:
    account = place.account
    told = [f"▼ {in_a_row(account.falls)}"] if account.falls else []
    told += [f"▼ {in_a_row(account.lost)}"] if account.lost else []
    told += [f"▲ {in_a_row(account.rises)}"] if account.rises else []
    return html.lines(told) if told else html.muted("no clear change")


def _review(place: Ranked) -> html.Part:
    account = place.account
    state = html.badge(_SAID[account.status], _STATES[account.status])
    return html.lines([state, *account.held]) if account.held else state
