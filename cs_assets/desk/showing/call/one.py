"""One call: its head, scores, what was said that matters, and its transcript."""

from collections.abc import Mapping

import pandas as pd
import streamlit as st
from markupsafe import Markup

from cs_assets.calls.texts import clock
from cs_assets.calls.told import ASIDE, lines, outcome
from cs_assets.desk.reading.calls import Call, Row, Said
from cs_assets.desk.showing import html, words
from cs_assets.desk.showing.frame import heading, put, title
from cs_assets.desk.showing.judgements import called
from cs_assets.frames import number_or_none, text_or_none

#: Kinds of signals in words, with the tone of their sign.
SIGNALS = {
    "churn": ("speaks of leaving", "red"), "expansion": ("asks for more", "green"),
    "competitor": ("another vendor", "yellow"), "outage": ("an outage", "yellow"),
    "people_changed": ("people changed", "yellow"),
}  # fmt: skip
#: Moves the page to the sentence that the address names; constant, and all that runs.
_TO_HERE = (
    "<script>setTimeout(() => document.getElementById('cs-here')"
    "?.scrollIntoView({block: 'center'}), 50)</script>"
)


def head(call: Call) -> None:
    """Title, whom it was with, and the summary."""
    row = call.row
    title(words.plain(row["title"], "Untitled call"))
    account = words.plain(row["account_name"], "account not known")
    customer = text_or_none(row["customer_id"])
    amount = number_or_none(row["deal_amount"])
    deal = words.plain(row["deal_stage"], "none linked")
    put(
        html.figures(
            {
                "When": words.moment(row["started"]),
                "Length": _length(row["duration_seconds"]),
                "Account": html.link(account, "customer", id=customer) if customer else account,
                "Deal": deal if amount is None else f"{deal}, ${amount:,.0f}",
                "Led by": words.plain(row["rep_name"], "not known"),
                "Tone": words.plain(row["sentiment_category"], words.NO_DATA),
            }
        )
    )
    if summary := text_or_none(row["summary"]):
        put(html.tag("div", html.paragraphs(summary), kind="cs-lead"))


def _length(seconds: object) -> str:
    found = number_or_none(seconds)
    return words.NO_DATA if found is None else f"{found / 60:.0f} min"


def scores(call: Call) -> None:
    """Each score with its reason and the sentences that it rests on."""
    row = call.row
    if not call.dimensions:
        status = words.plain(row["status"])
        if status and status != "scored":
            st.info(f"This call is not scored ({status}): {words.plain(row['status_reason'])}.")
        elif status:
            st.info("The scores of this call are for the rep and who leads them.")
        else:
            st.info("This call is not analysed yet; the next run does it.")
        return
    told = f"Overall {words.score(row['overall_score'])} of 100; priority {row['priority']}."
    put(html.tag("p", told, kind="cs-lead"))
    why = words.plain(row["priority_reason"]).replace(" x ", " × ")
    said = (
        "Priority is how much there is to go by, times what is at stake, times how much a better "
    )
    put(html.tag("p", f"{said}conversation could change: {why}.", kind="cs-muted"))
    rows = [
        (
            one.name,
            "not judged" if one.score is None else f"{one.score:.0f}",
            html.lines(one.reason.split("; ")),
            html.lines(
                [html.joined([label.strip(), _quote(call.id, q)]) for label, q in lines(one.quotes)]
            ),
        )
        for one in call.dimensions
    ]
    aside = [name for one in call.dimensions for name in one.statistics_only]
    note = f"{ASIDE}: {', '.join(aside)}." if aside else ""
    headings = ("Dimension", "Score", "Why", "In the call")
    put(html.table("Scores", headings, rows, numbers=[1], note=note))
    disputed = [
        (called(one.focus_id), one.raised_by, one.reason,
         one.decision or "open", html.joined([one.decided_by or "", one.decision_reason or ""]))
        for one in call.disputes
    ]  # fmt: skip
    if disputed:
        headings_of = ("Judgement", "Disputed by", "Because", "Decision", "By and why")
        put(html.table("Disputes", headings_of, disputed))
    put(_labels(call))


def _labels(call: Call) -> Markup:
    rows = [
        (called(one["focus_id"]),
         "missing" if one["is_missing"] else "done", words.plain(one["labelled_by"]),
         words.moment(one["labelled_at"]), words.plain(one["origin"]))
        for one in call.labels
    ]  # fmt: skip
    headings = ("Judgement", "As a person hears it", "Who", "When", "By way of")
    return html.table("Labelled by people", headings, rows) if rows else Markup("")


def _quote(call_id: str, quote: Mapping[str, object]) -> Markup:
    start = int(str(quote["start_ms"]))
    where = html.link(clock(start), "calls", call=call_id, at=start // 1000)
    return html.joined([where, f"{quote['speaker']}: “{quote['text']}”"])


def heard(call: Call) -> None:
    """Objections, the next step, and signals."""
    rows = [
        (words.plain(one["type"]), html.badge(outcome(one), _tone(outcome(one))),
         _quote(call.id, {**one, "speaker": "customer"}))
        for one in call.objections
    ]  # fmt: skip
    if rows:
        put(html.table("Objections", ("Objection", "Outcome", "In the call"), rows))
    else:
        st.caption("No objection was heard.")
    heading("Next step")
    put(html.tag("p", _next_step(call.row)))
    if call.signals:
        heading("Signals")
        put(Markup("").join(_signal(call.id, one) for one in call.signals))
    if call.insights:
        told = [
            (words.plain(one["dimension"]), one["action"], one["observation"],
             html.link(clock(int(one["start_ms"])), "calls", call=call.id,
                       at=int(one["start_ms"]) // 1000))
            for one in call.insights
        ]  # fmt: skip
        put(html.table("To practise", ("Dimension", "Try", "Seen", "At"), told))


def _tone(outcome: object) -> str:
    return {"resolved": "green", "unresolved": "red"}.get(str(outcome), "yellow")


def _next_step(row: Row) -> str:
    step = text_or_none(row["next_step"])
    if step is None:
        return "None was agreed."
    who = {"us": "ours", "customer": "the customer's", "both": "both sides'"}
    due = row["next_step_due"]
    parts = [who.get(str(row["next_step_owner"]), "")]
    parts.append("no day named" if due is None or pd.isna(due) else f"by {words.long_date(due)}")
    return f"“{step}” ({', '.join(part for part in parts if part)})"


def _signal(call_id: str, row: Row) -> Markup:
    kind, tone = SIGNALS.get(str(row["kind"]), (words.plain(row["kind"]), ""))
    start = int(row["start_ms"])
    where = html.link(f"at {clock(start)}", "calls", call=call_id, at=start // 1000)
    said = html.tag("q", " ".join(str(row["sentence"]).split()))
    return html.tag("div", html.lines([html.joined([html.badge(kind, tone), where]), said]),
                    kind="cs-quote")  # fmt: skip


def transcript(call: Call, at: int | None) -> None:
    """Who said what when; sentences that scores rest on are marked with what they show."""
    if not call.sentences:
        st.info("There is no transcript to show: it is private, or has not come yet.")
        return
    marks: dict[int, list[str]] = {}
    for dimension in call.dimensions:
        for quote in dimension.quotes:
            shows = str(quote.get("shows") or dimension.name)
            marks.setdefault(int(quote["sentence_index"]), []).append(shows)
    for one in call.objections:
        marks.setdefault(int(one["sentence_index"]), []).append(f"objection: {one['type']}")
    for one in call.signals:
        marks.setdefault(int(one["sentence_index"]), []).append(words.plain(one["kind"]))
    here = _here(call.sentences, at)
    drawn, before = [], ""
    for said in call.sentences:
        drawn.append(
            _said(said, marks.get(said.index, []), said.index == here, said.speaker == before)
        )
        before = said.speaker
    page = html.tag("div", Markup("").join(drawn), kind="cs-transcript")
    st.html(str(page) + (_TO_HERE if here is not None else ""), unsafe_allow_javascript=True)


def _here(sentences: tuple[Said, ...], at: int | None) -> int | None:
    """The sentence that is spoken at a second."""
    if at is None:
        return None
    return next((s.index for s in reversed(sentences) if s.start_ms // 1000 <= at), None)


def _said(said: Said, marks: list[str], is_here: bool, goes_on: bool) -> Markup:
    told: html.Part = said.text
    if marks:
        shown = ", ".join(dict.fromkeys(marks))
        told = html.tag("mark", said.text, kind="cs-mark") + " " + html.muted(f"({shown})")
    who = "" if goes_on else said.speaker
    cells = html.tag("span", clock(said.start_ms), kind="cs-muted")
    cells += html.tag("span", who, kind="cs-ours" if said.is_ours else "cs-theirs")
    cells += html.tag("span", told)
    kind = "cs-said cs-here" if is_here else "cs-said"
    return html.tag("div", cells, kind=kind, id="cs-here" if is_here else "")
