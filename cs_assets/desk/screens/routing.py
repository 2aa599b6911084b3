"""Routing: who waits and why, decisions on owners, and what would be if."""

import datetime as dt
from collections.abc import Callable, Sequence
from typing import Literal, TypeVar

import pandas as pd
import streamlit as st

from cs_assets.desk import configured, decisions, session
from cs_assets.desk.guards import ScopedSession
from cs_assets.desk.reading import routing as reading
from cs_assets.desk.session import Visit, settings
from cs_assets.desk.showing import deciding
from cs_assets.desk.showing import routing as showing
from cs_assets.desk.showing.frame import back, framed, heading, page_of, pages_below, title
from cs_assets.routing.decisions.people import REASON_CODES
from cs_assets.routing.policy import Policy
from cs_assets.routing.rehearsal.what_if import Hire, Scenario

_TEAM = ("Waiting", "Owners")
_ALL = (*_TEAM, "Books", "Orphans and hand-offs", "What if", "Capacity plan")
_SIZE = 25
#: How long what depends on the moment may be shown again.
_SECONDS = 600
#: So many accounts are planned for without being asked.
_AT_ONCE = 200
Result = TypeVar("Result")


def show(visit: Visit) -> None:
    """The account of the address, else a section."""
    if account := st.query_params.get("account", ""):
        _account(visit, account)
        return
    title("Routing")
    deciding.told()
    section = st.segmented_control(
        "Section", _ALL if visit.viewer.asker.role == "operations" else _TEAM, default=_TEAM[0],
        key="section", required=True, bind="query-params", label_visibility="collapsed",
    )  # fmt: skip
    if section in _TEAM:
        found = visit.remembered("owners", read=reading.owners)
        if section == "Waiting":
            showing.waiting(found, are_all=visit.viewer.asker.role == "operations")
        else:
            showing.assigned(found.assigned[page_of(len(found.assigned), _SIZE, "page")])
            pages_below(len(found.assigned), _SIZE, "page")
        return
    policy = configured.routing(settings().cs_assets_config_dir)
    now = session.now()
    if section == "Books":
        showing.books(_asked(visit, "books", now, lambda db: reading.standing(db, now, policy)))
    elif section == "Orphans and hand-offs":
        _covered(visit, now, policy)
    elif section == "Capacity plan":
        ahead = st.slider("Quarters ahead", 1, 12, 4)
        showing.capacity(
            _asked(visit, f"capacity {ahead}", now,
                   lambda db: reading.capacity(db, now, ahead, policy))
        )  # fmt: skip
    else:
        _what_if(visit, now, policy)


def _asked(
    visit: Visit, what: str, now: dt.datetime, read: Callable[[ScopedSession], Result]
) -> Result:
    """What books as of now say: of the same data once in some minutes."""
    return visit.remembered(what, _period(now), read=read)


def _period(now: dt.datetime) -> int:
    return int(now.timestamp() // _SECONDS)


def _covered(visit: Visit, now: dt.datetime, policy: Policy) -> None:
    found = visit.reckoned(
        "orphans", _period(now), read=lambda db: reading.people_and_accounts(db, now, policy),
        reckon=lambda read: reading.orphans(read, now, policy),
    )  # fmt: skip
    if not found:
        st.info("Every account has an owner who is there.")
        return
    showing.cover(found)
    showing.orphans(found[page_of(len(found), _SIZE, "page")])
    pages_below(len(found), _SIZE, "page")
    moves = _plan(visit, found, now, policy)
    if moves:
        showing.settled(moves)
        showing.hand_off(moves[page_of(len(moves), _SIZE, "moves")])
        pages_below(len(moves), _SIZE, "moves")


def _plan(
    visit: Visit, found: Sequence[reading.Row], now: dt.datetime, policy: Policy
) -> list[reading.Row]:
    """Who takes these accounts; for many of them only when it is asked for."""
    version = [(one["account_id"], one["worker_id"]) for one in found]
    kept = st.session_state.get("handed off")
    if kept is None or kept[0] != version:
        if len(found) > _AT_ONCE:
            st.caption("For so many accounts the plan takes minutes. Nothing is stored.")
            if not st.button("Plan who takes them", type="primary"):
                return []
        with st.spinner("Planning who takes them"):
            kept = version, reading.handed_off(_read(visit, now, policy), now, policy)
        st.session_state["handed off"] = kept
    moves: list[reading.Row] = kept[1]
    return moves


def _read(visit: Visit, now: dt.datetime, policy: Policy) -> tuple[pd.DataFrame, pd.DataFrame]:
    return _asked(visit, "what if", now, lambda db: reading.people_and_accounts(db, now, policy))


def _account(visit: Visit, account: str) -> None:
    back("All of routing", "routing")
    document = visit.remembered("account", account, read=lambda db: reading.explained(db, account))
    showing.account(document)
    deciding.told()
    found = visit.remembered("owners", read=reading.owners)
    heading("Decide")
    others = [one for one in found.workers if one != document["owner_id"]]
    has_owner = bool(document["owner_id"])

    def draw(draft: deciding.Draft) -> None:
        columns = st.columns(3)
        with columns[0]:
            worker = draft.one_of(
                "worker", "Another CSM, for an override" if has_owner else "The CSM who gets it",
                others, first=None,
                called=lambda one: f"{found.workers[one]} ({one})",
            )  # fmt: skip
        with columns[1]:
            reason = draft.one_of(
                "reason", "Reason", REASON_CODES, first="other",
                called=lambda one: one.replace("_", " "),
            )  # fmt: skip
        with columns[2]:
            note = draft.line("note", "In words", 300)
        kind = _asked_for() if has_owner else _given()
        if kind == "override" and not worker:
            st.warning("Choose the CSM who gets the account instead.")
        elif kind is not None:
            chosen = str(worker) if kind == "override" else ""
            draft.send(
                lambda sent: decisions.route(
                    visit.viewer, sent, account, kind, str(reason), worker=chosen, note=note
                )
            )

    deciding.drawn(visit, "routing", account, draw)


def _asked_for() -> Literal["approve", "override", "reject"] | None:
    with st.container(horizontal=True):
        approves = st.button("Approve", type="primary")
        overrides = st.button("Override")
        rejects = st.button("Reject")
    return "approve" if approves else "override" if overrides else "reject" if rejects else None


def _given() -> Literal["override"] | None:
    """Of an account for which nobody is recommended there is nothing to approve or reject."""
    return "override" if st.button("Give it to this CSM", type="primary") else None


def _what_if(visit: Visit, now: dt.datetime, policy: Policy) -> None:
    read = _read(visit, now, policy)
    people = read[0].dropna(subset=["worker_name"])
    names = dict(zip(people["worker_id"], people["worker_name"], strict=True))

    def named(worker: str) -> str:
        return str(names[worker])

    with st.form("what-if"):
        # A row of columns each: on a narrow screen what belongs together stays so.
        left, right = st.columns(2)
        leavers = left.multiselect("Leaves", list(names), format_func=named)
        away = right.multiselect("Is on leave", list(names), format_func=named)
        left, right = st.columns(2)
        regions = ["any", *sorted(people["region"].dropna().unique())]
        hires = left.slider("Hires", 0, 5, 0)
        region = right.selectbox("Region of the hires", regions)
        left, right = st.columns(2)
        capped = left.selectbox(
            "Another cap for", list(names), index=None, format_func=named, placeholder="nobody"
        )
        cap = right.slider("Accounts at most", 1, 200, 60)
        most = st.slider("Moves at most, beside those that must be", 0, 50, 10)
        asked = st.form_submit_button("Play it", type="primary")
    if asked:
        scenario = Scenario(
            leavers=leavers, on_leave=away, max_moves=most,
            max_accounts={capped: cap} if capped else {},
            hires=[
                Hire(worker_id=f"New hire {n}", region=None if region == "any" else region)
                for n in range(1, hires + 1)
            ],
        )  # fmt: skip
        with st.spinner("Playing it: some seconds at most"):
            st.session_state["played"] = reading.what_if(read, scenario, now, policy)
    if played := st.session_state.get("played"):
        showing.proposed(played)


if __name__ == "__main__":
    framed(show)
