"""Coaching: a rep's weeks, focus and plan; the team for who leads it, with disputes to decide."""

from collections.abc import Mapping

import streamlit as st

from cs_assets.coaching.disputes import Dispute
from cs_assets.desk import configured, decisions
from cs_assets.desk.reading import coaching as reading
from cs_assets.desk.session import Visit, settings, warehouse
from cs_assets.desk.showing import ask, deciding, html, words
from cs_assets.desk.showing import coaching as showing
from cs_assets.desk.showing.frame import back, framed, heading, put, title
from cs_assets.desk.showing.judgements import called

SECTIONS = ("This week", "Plan of 30 days")
_NOTHING = "No digest has been made yet. The first comes on Monday after the first scored calls."


def show(visit: Visit) -> None:
    """The rep of the address or who looks; else the team."""
    asker = visit.viewer.asker
    if asker.role == "rep":
        _rep(visit, _own(visit))
    elif wanted := st.query_params.get("rep", ""):
        _rep(visit, wanted)
    else:
        _team(visit)


def _own(visit: Visit) -> str:
    mine = visit.remembered("people", read=lambda db: list(reading.people(db)))
    return mine[0] if len(mine) == 1 else visit.viewer.asker.identity


def _rep(visit: Visit, rep: str) -> None:
    found = visit.remembered("rep", rep, read=lambda db: reading.rep_weeks(db, rep))
    if found is None:
        title("Coaching")
        st.info(_NOTHING)
        return
    if visit.viewer.asker.role != "rep":
        back("All reps", "coaching")
    title(found.person.name)
    if visit.viewer.asker.role == "rep":
        ask.box(visit)
    section = st.segmented_control(
        "Section", SECTIONS, default=SECTIONS[0], key="part", required=True,
        bind="query-params", label_visibility="collapsed",
    )  # fmt: skip
    if section == SECTIONS[0]:
        put(html.muted(f"Week of {words.long_date(found.week)}"))
        showing.week(found)
        return
    installation = settings()
    rules = configured.coaching(installation.cs_assets_config_dir)
    made = visit.remembered(
        "plan", rep, read=lambda db: reading.plan(rep, db.scope, warehouse(installation), rules)
    )
    if made is None:
        st.info("No call has been analysed yet, so there is nothing to plan on.")
    else:
        showing.plan(made)


def _team(visit: Visit) -> None:
    title("Coaching")
    found = visit.remembered("team", read=reading.team)
    if found is None:
        st.info(_NOTHING)
        return
    deciding.told()
    put(html.muted(f"Week of {words.long_date(found.week)}"))
    if found.disputes:
        heading("Disputes that wait for a decision")
    for one in found.disputes:
        _decide(visit, one, found.names)
    if not found.lines:
        st.info("Nobody of your team has a digest this week.")
    else:
        showing.team(found)


def _decide(visit: Visit, one: Dispute, names: Mapping[str, str]) -> None:
    was = "missing" if one.was_missing else "done"
    call = html.link(f"call of {words.date(one.call_date)}", "calls", call=one.call_id)
    judged = called(one.focus_id)
    who = names.get(one.rep_user_id, one.raised_by)

    def draw(draft: deciding.Draft) -> None:
        with st.container(border=True):
            put(html.tag("p", html.joined([html.tag("strong", f"{who}: {judged}"), call])))
            put(
                html.tag("p", f"Scored as {was} by {one.model}. {one.raised_by} says: {one.reason}")
            )
            reason = draft.line("reason", "Why, in a sentence", 500)
            with st.container(horizontal=True):
                is_upheld = st.button("The score stands", key=f"stands {one.dispute_id}")
                is_overturned = st.button(
                    "The rep is right", key=f"right {one.dispute_id}", type="primary"
                )
        if is_upheld or is_overturned:
            draft.send(
                lambda sent: decisions.decide_dispute(
                    visit.viewer, sent, one.dispute_id, reason, is_upheld=is_upheld
                )
            )

    deciding.drawn(visit, "dispute_decision", one.dispute_id, draw)


if __name__ == "__main__":
    framed(show)
