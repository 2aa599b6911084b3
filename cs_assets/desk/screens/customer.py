"""Customer: all of one, from why it is on the list to a review made now."""

import streamlit as st

from cs_assets.customers.policy import CustomerPolicy
from cs_assets.desk import configured, decisions
from cs_assets.desk.reading import book as books
from cs_assets.desk.reading import customer as reading
from cs_assets.desk.reading import report
from cs_assets.desk.screens.book import book_of
from cs_assets.desk.session import Visit, settings, warehouse
from cs_assets.desk.showing import deciding, places
from cs_assets.desk.showing.customer import actions, calls, overview, reviews, use
from cs_assets.desk.showing.frame import back, framed, guarded, heading, put, title

SECTIONS = ("Overview", "Use and results", "Calls and signals", "Actions", "Reviews")
#: Customers that a name finds, at most.
_MOST = 50


def show(visit: Visit) -> None:
    """The customer of the address, else a way to find one."""
    wanted = st.query_params.get("id", "")
    if not wanted:
        _find(visit)
        return
    back("All customers", "customer")
    folder = settings().cs_assets_config_dir
    policy = configured.customer_policy(folder)
    found = visit.remembered(
        "customer", wanted, read=lambda db: reading.customer_of(db, wanted, policy)
    )
    title(found.name)
    overview.head(found)
    deciding.told()
    _next_action(visit, found, policy)
    section = st.segmented_control(
        "Section", SECTIONS, default=SECTIONS[0], key="section", required=True,
        bind="query-params", label_visibility="collapsed",
    )  # fmt: skip
    if section == "Overview":
        overview.body(found, policy)
    elif section == "Use and results":
        use.body(found, configured.review_settings(folder).modules)
    elif section == "Calls and signals":
        told = visit.remembered("signals", wanted, read=lambda db: reading.signals_of(db, wanted))
        heard = visit.remembered("calls", wanted, read=lambda db: reading.calls_of(db, wanted))
        calls.body(told, heard)
    elif section == "Actions":
        put(actions.life(found, policy.playbooks))
    else:
        _reviews(visit, found)


def _next_action(visit: Visit, found: reading.Customer, policy: CustomerPolicy) -> None:
    def draw(draft: deciding.Draft) -> None:
        decided = actions.next_one(found, draft, policy.playbooks)
        if decided is not None:
            state, note = decided
            draft.send(
                lambda sent: decisions.act(
                    visit.viewer, sent, found.id, found.week, state, words=note
                )
            )

    deciding.drawn(visit, "action", found.id, draw)


def _reviews(visit: Visit, found: reading.Customer) -> None:
    heading("A review made now")
    with guarded():  # what was made before stays in sight
        _made_now(visit, found)
    every = visit.remembered("reviews", found.id, read=lambda db: reading.reviews_of(db, found.id))
    reviews.listed(every)
    reviews.opened(every, settings().home.root)
    _by_hand(visit, found)
    with st.expander("What was written, sent and done by hand"):
        told = visit.remembered(
            "history", found.id, read=lambda db: reading.history_of(db, found.id)
        )
        put(reviews.history(told))


def _made_now(visit: Visit, found: reading.Customer) -> None:
    asked = reviews.order(found.id, found.week)
    if asked is not None:
        installation = settings()
        folder = installation.cs_assets_config_dir
        with visit.reading("report") as db:
            scope = db.scope
        st.session_state["made"] = asked, report.made_now(
            asked, scope, installation, warehouse(installation),
            configured.review_settings(folder), configured.brand(folder), reviews.progress(),
        )  # fmt: skip
    made = st.session_state.get("made")
    if made is not None and made[0].customer == found.id:
        reviews.files(made[1])


def _by_hand(visit: Visit, found: reading.Customer) -> None:
    advice = visit.remembered(
        "advice", found.id, found.week,
        read=lambda db: reading.advice_of(db, found.id, found.week),
    )  # fmt: skip

    def draw(draft: deciding.Draft) -> None:
        decided = reviews.by_hand(advice, draft)
        if decided is not None:
            kind, number, said = decided
            draft.send(
                lambda sent: decisions.review(
                    visit.viewer, sent, found.id, kind, words=said, number=number
                )
            )

    deciding.drawn(visit, "review", found.id, draw)


def _find(visit: Visit) -> None:
    title("Customer")
    book = book_of(visit)
    if book is None or not book.ranked:
        st.info("No customer is yours yet. Once one is assigned to you, it can be found here.")
        return
    name = st.text_input("Name or id", key="name", max_chars=100)
    found = books.narrowed(book, books.Chosen(name=name))
    if not found:
        st.info(f"No customer of yours is called “{name}”.")
        return
    put(places.listed(found[:_MOST], len(found)))


if __name__ == "__main__":
    framed(show)
