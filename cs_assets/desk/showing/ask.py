"""The box for a question in words: an answer of facts, each with its proof."""

import re

import streamlit as st
from markupsafe import Markup

from cs_assets.answers.model import Answer, Line, Proven
from cs_assets.answers.proof import Source, sources
from cs_assets.answers.questions import QUESTIONS
from cs_assets.answers.scope import Role
from cs_assets.calls.texts import clock
from cs_assets.commands.ask import answered
from cs_assets.desk.session import Visit, settings, warehouse
from cs_assets.desk.showing import html
from cs_assets.desk.showing.frame import put
from cs_assets.facts.model import Quote
from cs_assets.facts.wording import written

#: In phrasings, capitals stand for what has to be named.
_STANDS_FOR_A_NAME = re.compile(r"\b(CUSTOMER|METRIC|REP|WEEK|ACCOUNT|CALL|NUMBER|SIGNAL)\b")
_MOST_OFFERED = 6
_EXAMPLES: dict[Role, str] = {
    **dict.fromkeys(("csm", "manager", "operations"), "which customers renew in 90 days"),
    "rep": "what should I work on",
}


def box(visit: Visit) -> None:
    """A question and its answer."""
    question = st.text_input(
        "Ask", key="question", max_chars=400, width="stretch",
        placeholder=f"for example: {_EXAMPLES[visit.viewer.asker.role]}",
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
    if answer.understood:
        by = " by a model" if answer.planner == "model" else ""
        put(html.muted(f"Understood{by} as: {answer.understood}"))
    put(_text(answer))
    if answer.needs:
        st.caption(f"What would be needed: {answer.needs}")
    offered = answer.offered or (
        [one.phrasings[0] for one in QUESTIONS[:4]] if answer.status == "not_understood" else ()
    )
    if offered:
        _offer(list(offered[:_MOST_OFFERED]), answer.status == "unclear" and bool(answer.question))
    if proofs := sources(answer):
        told = ", ".join(f"{one.table} ({len(one.facts)})" for one in proofs)
        with st.expander(f"Proof, facts by table: {told}"):
            for one in proofs:
                put(_cells(one))


def _offer(questions: list[str], are_names: bool) -> None:
    """What can be asked instead: with a click, unless somebody has to be named yet."""
    whole = [one for one in questions if not (are_names or _STANDS_FOR_A_NAME.search(one))]
    open_ones = [one for one in questions if one not in whole]
    put(html.muted("You can ask:") + (html.bullets(open_ones) if open_ones else Markup("")))
    with st.container(horizontal=True):
        for at, one in enumerate(whole):
            st.button(one, key=f"offered-{at}", on_click=_ask, args=(one,))


def _ask(question: str) -> None:
    st.session_state["question"] = question


def _text(answer: Answer) -> Markup:
    """The lines, rows as a list; customers, calls and quotes lead to their pages."""
    facts = {one.fact.fact_id: one for one in answer.facts}
    quotes = {one.quote_id: one for one in answer.quotes}
    made: list[Markup] = []
    rows: list[html.Part] = []
    for line in answer.lines:
        told = _line(line, facts, quotes)
        if line.is_row:
            rows.append(told)
            continue
        if rows:
            made.append(html.bullets(rows))
            rows = []
        made.append(html.tag("p", told, kind="cs-told"))
    return Markup("").join([*made, html.bullets(rows)] if rows else made)


def _line(line: Line, facts: dict[str, Proven], quotes: dict[str, Quote]) -> Markup:
    rest, parts = line.text, []
    for one in (facts[fact_id] for fact_id in line.facts):
        words = written(one.fact)
        before, there, after = rest.partition(words)
        link = _link(one, words)
        if there and link is not None:
            parts += [html.text(before), link]
            rest = after
    heard = [_heard(quotes[quote_id]) for quote_id in line.quotes]
    return html.joined([Markup("").join([*parts, html.text(rest)]), *heard])


def _link(one: Proven, words: str) -> Markup | None:
    """To the page of a customer or call that is named."""
    if one.table == "source.customers":
        return html.link(words, "customer", id=one.key[0])
    return html.link(words, "calls", call=one.key[0]) if one.column == "call_id" else None


def _heard(quote: Quote) -> Markup:
    """To the moment at which it was said."""
    seconds = int(quote.start_seconds or 0)
    words = (
        "open the call" if quote.start_seconds is None else f"hear it at {clock(seconds * 1000)}"
    )
    return html.link(words, "calls", call=quote.source_id, at=seconds)


def _cells(source: Source) -> Markup:
    """What one table proves, cell by cell."""
    rows = [
        (one.fact.label, written(one.fact), "" if one.fact.n is None else f"{one.fact.n:,}",
         "/".join(one.key), one.column)
        for one in source.facts
    ]  # fmt: skip
    return html.table(source.table, ("What", "Value", "n", "Row", "Column"), rows, numbers=[2])
