"""Portfolio: all books below who looks, where most is at stake, and how each book stands."""

import streamlit as st
from markupsafe import Markup

from cs_assets.desk.screens.book import book_of
from cs_assets.desk.session import Visit
from cs_assets.desk.showing import ask, html, places, words
from cs_assets.desk.showing.charts import draw
from cs_assets.desk.showing.frame import framed, put, title
from cs_assets.reviews.books.book import Book, money
from cs_assets.reviews.books.mail import counts
from cs_assets.reviews.books.portfolio import where_most


def show(visit: Visit) -> None:
    """The books of who looks."""
    title("Portfolio")
    book = book_of(visit)
    if book is None or not book.ranked:
        st.info("No customer is in your portfolio. Once a book below you has one, it stands here.")
        return
    put(html.tag("p", f"Week to {words.day_of(book.week_end)}. {counts(book)}", kind="cs-lead"))
    ask.box(visit)
    put(_shelves(book))
    chart = where_most(book)
    if chart is not None:
        with st.expander("Where most is at stake, as a picture"):
            draw(chart, "Yearly revenue times urgency, by customer", "at-stake")
    places.shown(book)


def _shelves(book: Book) -> Markup:
    rows = [
        (one.name, words.number(one.customers), money(one.arr), money(one.at_stake), f"{one.red}",
         f"{one.yellow}", f"{one.renewals} ({money(one.renewing_arr)})", f"{one.falls}",
         f"{one.held}")
        for one in book.shelves
    ]  # fmt: skip
    headings = ("CSM", "Customers", "ARR", "At stake", "Red", "Yellow", "Renew in 90 days",
                "Clearly down", "Held")  # fmt: skip
    return html.table("Books", headings, rows, numbers=range(1, 9))


if __name__ == "__main__":
    framed(show)
