"""What a customer said: signals as quotes that open the call at the second, and its calls."""

from collections.abc import Sequence

import streamlit as st
from markupsafe import Markup

from cs_assets.calls.texts import clock
from cs_assets.desk.reading.customer import SIGNAL_DAYS, Row
from cs_assets.desk.showing import html, words
from cs_assets.desk.showing.call.one import SIGNALS
from cs_assets.desk.showing.frame import heading, put


def body(signals: Sequence[Row], calls: Sequence[Row]) -> None:
    """Both, the newest first."""
    heading("Signals")
    if not signals:
        st.caption(f"Nothing of the kind was said in the last {SIGNAL_DAYS} days.")
    put(Markup("").join(_signal(one) for one in signals[:40]))
    put(_calls(calls))


def _signal(row: Row) -> Markup:
    kind, tone = SIGNALS.get(str(row["kind"]), (words.plain(row["kind"]), ""))
    call, start = str(row["call_id"]), int(row["start_ms"])
    where = html.link(
        f"{words.date(row['call_date'])}, at {clock(start)}", "calls", call=call, at=start // 1000
    )
    said = html.tag("q", " ".join(str(row["sentence"]).split()))
    told = html.joined([html.badge(kind, tone), where])
    return html.tag("div", html.lines([told, said]), kind="cs-quote")


def _calls(calls: Sequence[Row]) -> Markup:
    rows = [
        (html.link(words.plain(one["title"]) or str(one["call_id"]), "calls", call=one["call_id"]),
         words.date(one["call_date"]), words.plain(one["rep_name"]), words.plain(one["call_type"]),
         words.plain(one["sentiment_category"]), words.plain(one["priority"]),
         words.plain(one["next_step"]))
        for one in calls[:40]
    ]  # fmt: skip
    if not rows:
        return html.muted(f"No call of the last {SIGNAL_DAYS} days is on record.")
    headings = ("Call", "Day", "Led by", "Kind", "Tone", "Priority", "Next step")
    return html.table("Calls, the newest first", headings, rows)
