"""Calls: found by meaning, read with what their scores rest on, and disputed."""

import pandas as pd
import streamlit as st

from cs_assets.ai.configuration import load as load_ai
from cs_assets.calls.models import models
from cs_assets.config.deals import DealRules
from cs_assets.desk import configured, decisions
from cs_assets.desk.reading import calls as reading
from cs_assets.desk.session import Visit, settings
from cs_assets.desk.showing import deciding
from cs_assets.desk.showing.call import deal, one
from cs_assets.desk.showing.call import found as lists
from cs_assets.desk.showing.frame import back, framed, page_of, pages_below, put, title
from cs_assets.desk.showing.judgements import called

SECTIONS = ("Scores", "Objections and next steps", "Transcript", "Deal", "Similar calls")
_DAYS = {"90 days": 90, "30 days": 30, "A year": 365, "All": 3650}
_SIZE = 25


def show(visit: Visit) -> None:
    """The call of the address, else a way to find one."""
    wanted = st.query_params.get("call", "")
    if wanted:
        _one(visit, wanted)
    else:
        _find(visit)


def _model() -> str:
    """Which model the stored vectors are of."""
    installation = settings()
    configured_models = load_ai(installation.cs_assets_config_dir).statement_models
    is_local = installation.cs_assets_warehouse == "duckdb"
    return models(configured_models, is_local=is_local)["embedding"]


def _deals() -> DealRules:
    return configured.deals(settings().cs_assets_config_dir)


def _find(visit: Visit) -> None:
    title("Calls")
    columns = st.columns([4, 1, 1, 1])
    text = columns[0].text_input(
        "What was it about", key="text", bind="query-params", max_chars=300,
        placeholder="for example: they worry about the effort of moving their data",
    )  # fmt: skip
    days = columns[1].selectbox("Within", list(_DAYS), key="within", bind="query-params")
    every = visit.remembered("call index", read=reading.index)
    kind = columns[2].selectbox("Kind", [reading.ANY, *reading.kinds(every)], key="kind")
    outcome = columns[3].selectbox("Deal", reading.OUTCOMES, key="outcome", bind="query-params")
    if every.empty:
        st.info(
            "No call of yours is here yet. One stands here a quarter of an hour after it ended."
        )
        return
    asked = reading.Asked(text.strip(), _DAYS[days], kind, outcome)
    if asked.text:
        model = _model()
        found = visit.remembered(
            "calls by meaning", asked, read=lambda db: reading.by_meaning(db, asked, model)
        )
        if not found:
            st.info("No call is near enough to that. Say it in other words, or look further back.")
            return
        put(lists.table("Calls, the nearest first", found, _deals()))
        return
    wanted = reading.narrowed(every, asked)
    if wanted.empty:
        st.info("No call of yours fits. Take a filter back, or look further back.")
        return
    page = wanted[page_of(len(wanted), _SIZE, "page")]
    chosen = tuple(zip(page["call_id"], pd.to_datetime(page["call_date"]).dt.date, strict=True))
    told = visit.remembered("calls of a page", chosen, read=lambda db: reading.listed(db, chosen))
    put(lists.table("Calls, the newest first", told, _deals()))
    pages_below(len(wanted), _SIZE, "page")


def _one(visit: Visit, wanted: str) -> None:
    back("All calls", "calls")
    rules = configured.coaching(settings().cs_assets_config_dir)
    call = visit.remembered("call", wanted, read=lambda db: reading.call_of(db, wanted, rules))
    one.head(call)
    deciding.told()
    at = st.query_params.get("at", "")
    second = int(at) if at.isdecimal() and len(at) < 7 else None
    section = st.segmented_control(
        "Section", SECTIONS, default=SECTIONS[2] if second is not None else SECTIONS[0],
        key="section", required=True, bind="query-params", label_visibility="collapsed",
    )  # fmt: skip
    if section == "Scores":
        one.scores(call)
        _dispute(visit, call)
        _label(visit, call)
    elif section == "Objections and next steps":
        one.heard(call)
    elif section == "Transcript":
        one.transcript(call, second)
    elif section == "Deal":
        of_deal = visit.remembered(
            "deal of a call", wanted, read=lambda db: reading.deal_of(db, call.row, _deals())
        )
        deal.section(of_deal, wanted)
    else:
        model = _model()
        found = visit.remembered(
            "similar calls", wanted, read=lambda db: reading.alike(db, wanted, model)
        )
        put(
            lists.table("Calls like this one, the nearest first", found, _deals())
        ) if found else st.info("No call is near enough to this one.")


def _label(visit: Visit, call: reading.Call) -> None:
    if not call.criteria or visit.viewer.asker.role not in ("operations", "manager"):
        return

    def draw(draft: deciding.Draft) -> None:
        with st.expander("Label a judgement", expanded=draft.is_begun):
            st.caption("How you hear it yourself. No score changes; scorers are measured by it.")
            criterion = draft.one_of(
                "criterion", "What was asked for", call.criteria, first=call.criteria[0],
                called=called,
            )  # fmt: skip
            with st.container(horizontal=True):
                is_done = st.button("It was done")
                is_missing = st.button("It was missing")
        if is_done or is_missing:
            draft.send(
                lambda sent: decisions.label(
                    visit.viewer, sent, call.id, str(criterion), is_missing=is_missing
                )
            )

    deciding.drawn(visit, "label", call.id, draw)


def _dispute(visit: Visit, call: reading.Call) -> None:
    if not call.criteria or visit.viewer.asker.role == "csm":
        return

    def draw(draft: deciding.Draft) -> None:
        with st.expander("Something is judged wrongly", expanded=draft.is_begun):
            criterion = draft.one_of(
                "criterion", "Judgement", call.criteria, first=call.criteria[0], called=called
            )
            reason = draft.text("reason", "What was said in the call, and why that is so", 500)
            asked = st.button("Dispute it", type="primary")
        if asked:
            draft.send(
                lambda sent: decisions.dispute(visit.viewer, sent, call.id, str(criterion), reason)
            )

    deciding.drawn(visit, "dispute", call.id, draw)


if __name__ == "__main__":
    framed(show)
