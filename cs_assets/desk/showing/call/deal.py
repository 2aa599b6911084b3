"""The deal of a call: its stages from call to call, and how likely it closes."""

import streamlit as st

from cs_assets.calls.deals import outlook, stages
from cs_assets.desk.reading.calls import Deal
from cs_assets.desk.showing import html, words
from cs_assets.desk.showing.frame import put


def section(deal: Deal | None, call_id: str) -> None:
    """The deal at each of its calls, newest first; the call that is open is not linked."""
    if deal is None:
        st.info("No deal is linked to this call.")
        return
    path = deal.path
    if path.ended is None:
        chance = outlook.chance(deal.outlook)
        put(html.tag("p", f"Likely to be won within the horizon: {chance}.", kind="cs-lead"))
        st.caption(outlook.about(deal.tried))
    rows = [
        (
            html.unbroken(words.date(one.day)) if one.call_id == call_id
            else html.link(str(words.date(one.day)), "calls", call=one.call_id),
            one.stage or "not known",
            "" if one.amount is None else f"${one.amount:,.0f}",
            "" if one.days_in_stage is None else str(one.days_in_stage),
            stages.in_words(one, path),
        )
        for one in reversed(path.calls)
    ]  # fmt: skip
    now = "not known" if path.amount is None else f"${path.amount:,.0f}"
    headings = ("Call of", "Stage then", "Amount then", "Days in stage", "Since")
    note = (
        f"Today in {path.stage}, {now}. Days are counted from the first call that found the deal "
        "in the stage."
    )
    put(html.table("The deal at its calls", headings, rows, numbers=[2, 3], note=note))
