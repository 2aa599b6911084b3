"""The box for a question in words: an answer of facts, each with its proof."""

import streamlit as st

from cs_assets.answers.model import Answer
from cs_assets.answers.questions import QUESTIONS
from cs_assets.calls.texts import clock
from cs_assets.commands.ask import answered
from cs_assets.desk.session import Visit, settings, warehouse
from cs_assets.desk.showing import html
from cs_assets.desk.showing.frame import put


def box(visit: Visit) -> None:
    """A question and its answer."""
    question = st.text_input(
        "Ask", key="question", max_chars=400, width="stretch",
        placeholder="for example: which customers renew in 90 days",
    )  # fmt: skip
    if not question.strip():
        return
    with st.container(border=True):
        _told(_answered(visit, question.strip()))


def _answered(visit: Visit, question: str) -> Answer:
    """The answer; asked once, however often the page is drawn."""
    kept = st.session_state.get("answered")
    if kept is None or kept[0] != question:
        kept = (
            question,
            answered(question, visit.viewer.asker, "desk", warehouse=warehouse(settings())),
        )
        st.session_state["answered"] = kept
    found: Answer = kept[1]
    return found


def _told(answer: Answer) -> None:
    put(html.paragraphs(answer.text))
    if answer.left_out:
        st.caption(f"{answer.left_out} more are left out.")
    if answer.needs:
        st.caption(f"What would be needed: {answer.needs}")
    for quote in answer.quotes:
        seconds = quote.start_seconds
        at = "" if seconds is None else f" at {clock(int(seconds * 1000))}"
        where = html.link(f"call {quote.source_id}{at}", "calls", call=quote.source_id,
                          at=int(seconds or 0))  # fmt: skip
        put(html.tag("div", html.joined([where, html.muted(quote.speaker or "")]), kind="cs-quote"))
    offered = answer.offered or (
        [one.phrasings[0] for one in QUESTIONS[:4]] if answer.status == "not_understood" else ()
    )
    if offered:
        put(html.muted("You can ask:") + html.bullets([str(one) for one in offered[:6]]))
    refs = list(dict.fromkeys(one.ref for one in answer.facts))
    if refs:
        with st.expander(f"Proof ({len(refs)})"):
            put(html.bullets(refs))
