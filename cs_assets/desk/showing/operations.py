"""Feeds, gate, deliveries, spending and checks in words."""

import datetime as dt
from collections.abc import Sequence
from typing import TYPE_CHECKING

import streamlit as st

from cs_assets.delivery.model import Delivery
from cs_assets.desk.reading.operations import Deliveries, Feeds, Row, Spending
from cs_assets.desk.showing import html, words
from cs_assets.desk.showing.frame import heading, put

if TYPE_CHECKING:
    from cs_assets.commands.doctor import Finding

_TONES = {
    "unknown": "red", "failed": "red", "pending": "yellow", "sending": "yellow",
    "ok": "green", "warning": "yellow",
}  # fmt: skip
_ERROR_LETTERS = 160


def feeds(found: Feeds, today: dt.date) -> None:
    """Freshness, what is not known, and the gate."""
    if not found.fresh:
        st.info("Nothing has come yet. The first run of each feed shows here how fresh it is.")
        return
    oldest_first = sorted(found.fresh, key=lambda one: str(one["newest"]))
    rows = [
        (one["feed"], words.date(one["newest"]), _age(one["newest"], today),
         words.number(one["rows_of_week"]))
        for one in oldest_first
    ]  # fmt: skip
    headings: tuple[str, ...] = ("Feed", "Newest day", "Days old", "Rows of its last 7 days")
    note = "What is made by week is named by its Monday, and is there on the Monday after."
    put(html.table("Freshness of every feed, the oldest first", headings, rows, numbers=[2, 3],
                   note=note))  # fmt: skip
    if found.not_known:
        missing = [
            (words.plain(one["feed"]), words.plain(one["name"]), words.plain(one["state"]),
             words.date(one["first_day"]), words.date(one["last_day"]))
            for one in found.not_known
        ]  # fmt: skip
        headings = ("Feed", "Of", "State", "From", "To")
        put(html.table("Days that the newest week's comparisons lack", headings, missing))
    gate = [
        (words.plain(kind), words.date(period), f"{sent}", f"{held}")
        for kind, period, sent, held in found.gate
    ]
    if gate:
        headings = ("Kind", "Period", "May be sent", "Held")
        put(html.table("Gate of the newest period", headings, gate, numbers=[2, 3]))
    if found.held:
        put(html.table("Held, and why", ("Kind", "What", "Why"),
                       [(words.plain(k), a, why) for k, a, why in found.held]))  # fmt: skip
    elif gate:
        st.caption("Nothing is held.")


def _age(newest: object, today: dt.date) -> str:
    day = words.day(newest)
    return "" if day is None else words.number((today - day).days)


def dead_letters(found: Sequence[Row]) -> None:
    """Records that could not be read."""
    if not found:
        st.info("Every record that came could be read.")
        return
    rows = [
        (words.plain(one["kind"]), words.plain(one["reason"]), words.number(one["records"]),
         words.plain(one["first_origin"]))
        for one in found
    ]  # fmt: skip
    note = "Once the cause is mended: cs-assets gong retry-dead-letters."
    headings = ("Kind", "Reason", "Records", "First seen in")
    put(html.table("Could not be read", headings, rows, numbers=[2], note=note))


def deliveries(found: Deliveries) -> None:
    """How many are in which state, and those that wait."""
    if not found.counts:
        st.info("Nothing has been sent yet.")
        return
    put(html.figures({words.plain(s).capitalize(): f"{n:,}" for s, n in found.counts.items()}))
    if not found.open:
        st.info("Nothing waits: every delivery is settled.")
        return
    headings = (*_ABOUT, "Attempts", "Last error")
    rows = [
        (*_about(one), f"{one.attempts}", (one.last_error_text or "")[:_ERROR_LETTERS])
        for one in found.open
    ]
    put(html.table("Not settled, what needs a person first", headings, rows, numbers=[6]))


def sent(rows: Sequence[Delivery], every: int) -> None:
    """What has gone out."""
    if not rows:
        st.info("Nothing that was sent fits. Take a word back.")
        return
    note = f"{every:,} in all"
    note += "." if every == len(rows) else f"; the first {len(rows)} are shown."
    told = [(*_about(one), words.moment(one.settled_at)) for one in rows]
    put(html.table("Sent, the latest period first", (*_ABOUT, "When"), told, note=note))


_ABOUT = ("Delivery", "State", "Kind", "What", "To", "Period")


def _about(one: Delivery) -> tuple[html.Part, ...]:
    return (
        one.delivery_key[:12], html.badge(str(one.state), _TONES.get(str(one.state), "")),
        words.plain(one.identity.report_kind), one.identity.artefact_id, one.identity.recipient,
        words.date(one.identity.period_start),
    )  # fmt: skip


def labelled(one: Delivery) -> str:
    """A delivery in one line."""
    about = one.identity
    return (
        f"{one.delivery_key[:12]} {one.state}: {words.plain(about.report_kind)} "
        f"{about.artefact_id} to {about.recipient}"
    )


def spending(found: Spending) -> None:
    """What model calls cost, against the month's ceilings."""
    told = {
        name: f"{words.percent(share)} of "
        + (f"${found.ceilings[name]:,.0f}" if name == "dollars" else f"{found.ceilings[name]:,.0f}")
        for name, share in found.used.items()
    }
    heading(f"{found.month} against its ceilings")
    put(html.figures({name.capitalize(): words_of for name, words_of in told.items()}))
    if not found.by_asset:
        st.info("No model has been called: all texts are by rules.")
        return
    rows = [
        (words.plain(one["asset"]),
         *(words.number(one[name]) for name in ("calls", "failed", "reused", "input_tokens",
                                                "output_tokens")),
         f"${one['cost_usd']:,.4f}")
        for one in found.by_asset
    ]  # fmt: skip
    headings = ("Asset", "Calls", "Failed", "Reused", "Tokens in", "Tokens out", "Cost")
    note = f"Prices as of {words.long_date(found.prices_as_of)}"
    note += "; some are assumed." if found.is_assumed else "."
    put(html.table("Model calls", headings, rows, numbers=range(1, 7), note=note))


def findings(found: Sequence["Finding"]) -> None:
    """One line a check."""
    rows = [
        (one.check, html.badge(one.verdict, _TONES.get(one.verdict, "red")), one.detail, one.mend)
        for one in found
    ]
    put(html.table("Checks", ("Check", "Verdict", "Found", "How to mend it"), rows))
