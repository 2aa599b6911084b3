"""Reviews of all weeks, and a review made now."""

import datetime as dt
from collections.abc import Sequence
from pathlib import Path
from typing import get_args

import streamlit as st
from markupsafe import Markup

from cs_assets.desk.reading.customer import Review, Row
from cs_assets.desk.reading.report import FORMATS, File, Order, Progress
from cs_assets.desk.showing import html, words
from cs_assets.desk.showing.deciding import Draft
from cs_assets.desk.showing.frame import put
from cs_assets.paper.brand import Audience, Paper
from cs_assets.reviews.configuration import Edition
from cs_assets.reviews.hands import Kind as HandKind

_TONES = {"ready": "green", "held": "red", "failed": "red"}


def listed(found: Sequence[Review]) -> None:
    """Every review with how it stands; the one that is chosen, with its text and file."""
    if not found:
        st.info("No review of this customer has been made yet. Monday's run makes the first.")
        return
    rows = [
        (words.date(one.week), one.edition, html.badge(one.status, _TONES.get(one.status, "")),
         html.lines([one.title, *one.why]) if one.why else one.title,
         words.plain(one.writer), words.moment(one.made_at), words.number(one.revision, 0, ""))
        for one in found
    ]  # fmt: skip
    headings = ("Week of", "Edition", "State", "What it says", "Writer", "Written", "Revision")
    put(html.table("Reviews of all weeks", headings, rows, numbers=[6]))


def opened(found: Sequence[Review], root: Path) -> Review | None:
    """The review that the reader chose, as text and as a file."""
    kept = [one for one in found if one.text]
    if not kept:
        return None
    chosen = st.selectbox(
        "Read the review of", kept, format_func=lambda one: f"{words.date(one.week)}, {one.edition}"
    )
    with st.container(border=True):
        put(html.passage(chosen.text))
    path = root / chosen.pdf_path if chosen.pdf_path else None
    if path is not None and path.is_file():
        st.download_button(
            "Download the PDF", path.read_bytes(), path.name, "application/pdf",
            key="kept-pdf", on_click="ignore",
        )  # fmt: skip
    return chosen


def history(rows: Sequence[Row]) -> Markup:
    """What was written, sent, and done by hand."""
    told = [
        (words.date(one["week_start"]), words.plain(one["what"]), words.moment(one["done_at"]),
         words.plain(one["done_by"]), words.plain(one["words"]))
        for one in rows
    ]  # fmt: skip
    headings = ("Week of", "What", "When", "By", "Words")
    return html.table("What became of the reviews", headings, told)


def order(customer: str, week: dt.date) -> Order | None:
    """The form of a review made now; the order once somebody has asked for it."""
    with st.form("report"):
        columns = st.columns(4)
        edition = columns[0].selectbox("Edition", get_args(Edition))
        audience = columns[1].selectbox("For", get_args(Audience))
        paper = columns[2].selectbox("Paper", get_args(Paper))
        formats = columns[3].multiselect("Files", FORMATS, default=["PDF"])
        asked = st.form_submit_button("Make the review now", type="primary")
    if not asked:
        return None
    if not formats:
        st.warning("Choose at least one kind of file.")
        return None
    return Order(customer, week, edition, audience, paper, tuple(formats))


def progress() -> Progress:
    """A bar that tells how far the review is."""
    bar = st.progress(0.0, text="Starting")

    def tell(share: float, what: str) -> None:
        bar.progress(share, text=what)

    return tell


def files(made: Sequence[File]) -> None:
    """The files of a review made now."""
    st.success("The review is made. It is yours alone: nothing was stored or sent.")
    with st.container(horizontal=True):
        for one in made:
            st.download_button(
                f"Download {one.name} ({max(1, len(one.content) // 1024)} KB)", one.content,
                one.name, one.kind, key=f"file-{one.name}", on_click="ignore",
            )  # fmt: skip


def by_hand(advice: Sequence[str], draft: Draft) -> tuple[HandKind, int, str] | None:
    """A note on the review, or advice that is struck: what, which, and the words."""
    titles = [f"Strike: {title}" for title in advice]
    note = "A note on page one"
    with st.expander("Note something, or strike advice", expanded=draft.is_begun):
        what = draft.one_of("what", "What", [note, *titles], first=note)
        said = draft.text("words", "The note, or why the advice does not fit", 300)
        asked = st.button("Keep it")
    if not asked:
        return None
    number = titles.index(what) + 1 if what in titles else 0
    return ("struck" if number else "note"), number, said
