"""Routing: who waits and why, decisions on owners, and what would be if."""

import datetime as dt
from typing import Literal

import streamlit as st

from cs_assets.desk import configured, decisions, session
from cs_assets.desk.reading import routing as reading
from cs_assets.desk.session import Visit, settings, warehouse
from cs_assets.desk.showing import deciding
from cs_assets.desk.showing import routing as showing
from cs_assets.desk.showing.frame import framed, page_of, pages_below
from cs_assets.routing.decisions.people import REASON_CODES
from cs_assets.routing.rehearsal.what_if import Hire, Scenario

_TEAM = ("Waiting", "Owners")
_ALL = (*_TEAM, "Books", "Orphans and hand-offs", "What if", "Capacity plan")
_SIZE = 25


def show(visit: Visit) -> None:
    """The account of the address, else a section."""
    if account := st.query_params.get("account", ""):
        _account(visit, account)
        return
    st.title("Routing")
    deciding.told()
    section = st.segmented_control(
        "Section", _ALL if visit.viewer.asker.role == "operations" else _TEAM, default=_TEAM[0],
        key="section", required=True, bind="query-params", label_visibility="collapsed",
    )  # fmt: skip
    if section in _TEAM:
        found = visit.remembered("owners", read=reading.owners)
        if section == "Waiting":
            showing.waiting(found)
        else:
            showing.assigned(found.assigned[page_of(len(found.assigned), _SIZE, "page")])
            pages_below(len(found.assigned), _SIZE, "page")
        return
    installation = settings()
    policy = configured.routing(installation.cs_assets_config_dir)
    with visit.reading("routing") as db:
        scope = db.scope
    asked = (scope, warehouse(installation), session.now())
    if section == "Books":
        showing.books(reading.standing(*asked, policy))
    elif section == "Orphans and hand-offs":
        _covered(reading.cover(*asked, policy))
    elif section == "Capacity plan":
        quarters = st.slider("Quarters ahead", 1, 12, 4)
        showing.capacity(reading.capacity(*asked, quarters, policy))
    else:
        _what_if(visit, asked[2])


def _covered(found: reading.Cover) -> None:
    if not found.orphans:
        st.info("Every account has an owner who is there.")
    for rows, show, key in (
        (found.orphans, showing.orphans, "page"),
        (found.hand_off, showing.hand_off, "moves"),
    ):
        if rows:
            show(rows[page_of(len(rows), _SIZE, key)])
            pages_below(len(rows), _SIZE, key)


def _account(visit: Visit, account: str) -> None:
    document = visit.remembered("account", account, read=lambda db: reading.explained(db, account))
    showing.account(document)
    deciding.told()
    found = visit.remembered("owners", read=reading.owners)
    form = deciding.begun(visit, "routing", account)
    draft = form.fields
    st.subheader("Decide")
    with st.form("decide"):
        columns = st.columns(3)
        others = [one for one in found.workers if one != document["owner_id"]]
        worker = columns[0].selectbox(
            "Another CSM, for an override", others, index=None,
            format_func=lambda one: f"{found.workers[one]} ({one})", placeholder="Choose",
        )  # fmt: skip
        reason = columns[1].selectbox(
            "Reason", REASON_CODES, format_func=lambda one: one.replace("_", " ")
        )
        note = columns[2].text_input("In words", str(draft.get("note", "")), max_chars=300)
        with st.container(horizontal=True):
            approves = st.form_submit_button("Approve", type="primary")
            overrides = st.form_submit_button("Override")
            rejects = st.form_submit_button("Reject")
    kind: Literal["approve", "override", "reject"] | None = (
        "approve" if approves else "override" if overrides else "reject" if rejects else None
    )
    if kind is None:
        return
    if kind == "override" and not worker:
        st.warning("Choose the CSM who gets the account instead.")
        return
    chosen = str(worker) if kind == "override" else ""
    deciding.send(
        visit, "routing", account, {"note": note, "reason": reason},
        lambda sent: decisions.route(
            visit.viewer, sent, account, kind, reason, worker=chosen, note=note
        ),
    )  # fmt: skip


def _what_if(visit: Visit, as_of: dt.datetime) -> None:
    installation = settings()
    policy = configured.routing(installation.cs_assets_config_dir)
    with visit.reading("what if") as db:
        scope = db.scope
    read = reading.people_and_accounts(scope, warehouse(installation), as_of, policy)
    people = read[0].dropna(subset=["worker_name"])
    names = dict(zip(people["worker_id"], people["worker_name"], strict=True))

    def named(worker: str) -> str:
        return str(names[worker])

    with st.form("what-if"):
        left, right = st.columns(2)
        leavers = left.multiselect("Leaves", list(names), format_func=named)
        away = right.multiselect("Is on leave", list(names), format_func=named)
        regions = ["any", *sorted(people["region"].dropna().unique())]
        hires = left.slider("Hires", 0, 5, 0)
        region = right.selectbox("Region of the hires", regions)
        capped = left.selectbox(
            "Another cap for", list(names), index=None, format_func=named, placeholder="nobody"
        )
        cap = right.slider("Accounts at most", 1, 200, 60)
        most = left.slider("Moves at most, beside those that must be", 0, 50, 10)
        asked = st.form_submit_button("Play it", type="primary")
    if asked:
        scenario = Scenario(
            leavers=leavers, on_leave=away, max_moves=most,
            max_accounts={capped: cap} if capped else {},
            hires=[
                Hire(worker_id=f"NEW{n}", region=None if region == "any" else region)
                for n in range(1, hires + 1)
            ],
        )  # fmt: skip
        with st.spinner("Playing it: some seconds at most"):
            st.session_state["played"] = reading.what_if(read, scenario, as_of, policy)
    if played := st.session_state.get("played"):
        showing.proposed(played)


if __name__ == "__main__":
    framed(show)
