"""My book: whom to open first and why, renewals, clear changes, what is held."""

import streamlit as st

from cs_assets.desk import configured
from cs_assets.desk.reading import book as reading
from cs_assets.desk.session import Visit, settings
from cs_assets.desk.showing import ask, html, places, words
from cs_assets.desk.showing.frame import framed, put, title
from cs_assets.reviews.books.book import Book
from cs_assets.reviews.books.mail import counts


def show(visit: Visit) -> None:
    """The book of who looks."""
    title("My book")
    book = book_of(visit)
    if book is None or not book.ranked:
        st.info("No customer is yours yet. Once one is assigned to you, it stands here.")
        return
    put(html.tag("p", f"Week to {words.day_of(book.week_end)}. {counts(book)}", kind="cs-lead"))
    ask.box(visit)
    places.shown(book)


def book_of(visit: Visit) -> Book | None:
    """The book, read anew only when the data have changed."""
    policy = configured.review_settings(settings().cs_assets_config_dir)
    return visit.remembered("book", read=lambda db: reading.book_of(db, policy))


if __name__ == "__main__":
    framed(show)
