"""Owners of accounts: who waits, why somebody was chosen, books before and after, capacity."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
import streamlit as st
from markupsafe import Markup

from cs_assets.desk.reading.routing import Books, Owners, Row
from cs_assets.desk.showing import html, words
from cs_assets.desk.showing.frame import colours, heading, page_of, pages_below, put, title
from cs_assets.facts.wording import counted, listed
from cs_assets.frames import number_or_none, records, text_or_none
from cs_assets.reviews.books.book import money
from cs_assets.routing.books import whose
from cs_assets.routing.explain.terms import WORDS
from cs_assets.routing.placing.eligibility import CALLED, SAYS, how_many
from cs_assets.routing.rehearsal import charts
from cs_assets.routing.rehearsal.capacity_plan import Region
from cs_assets.routing.rehearsal.proposed import Proposed

#: Moves on a page.
_MOVES = 25
_STATES = {
    "held": "held: approve it, or choose somebody else", "needs_person": "a person decides",
    "to_mend": "its row in the source must be mended",
}  # fmt: skip


def waiting(found: Owners, *, are_all: bool) -> None:
    """Accounts that wait for a person, the longest first; ``are_all``: not of one team alone."""
    if not found.waiting:
        st.info(
            "No account waits for a person. New ones come by themselves."
            if are_all
            else "No account that was recommended to your team waits for you. Those for which "
            "nobody is recommended are decided by operations."
        )
        return
    rows = [
        (_account(one), _STATES.get(str(one["status"]), words.plain(one["status"])),
         words.plain(one["worker_name"]), words.plain(one["explanation"]),
         words.moment(one.get("since")))
        for one in found.waiting
    ]  # fmt: skip
    headings = ("Account", "What is asked", "Recommended", "Why", "Since")
    put(html.table("Waiting for a person, the longest first", headings, rows))


def assigned(rows: Sequence[Row]) -> None:
    """Accounts with the owner in force, the newest first."""
    if not rows:
        st.info("No account has an owner by routing yet.")
        return
    told = [
        (_account(one), words.plain(one["worker_name"]), words.plain(one["status"]),
         words.moment(one["assigned_at"]), words.plain(one["decided_by"]),
         words.plain(one["reason_code"]))
        for one in rows
    ]  # fmt: skip
    headings = ("Account", "CSM", "State", "Since", "Decided by", "Reason")
    put(html.table("Owners in force, the newest first", headings, told))


def _account(row: Row) -> html.Part:
    name = words.plain(row["account_name"]) or str(row["account_id"])
    return html.link(name, "routing", account=row["account_id"])


def account(document: Mapping[str, Any]) -> None:
    """One account: its owner, why, the two next best, and what would change it."""
    title(words.plain(document["account_name"], str(document["account_id"])))
    owner = words.plain(document["owner_name"]) or "nobody yet"
    put(
        html.figures(
            {
                "Owner": owner,
                "State": words.plain(document["owner_status"] or document["status"]),
                "Segment": words.plain(document["segment"], words.NO_DATA),
                "Region": words.plain(document["region"], words.NO_DATA),
                "Language": words.plain(document["language"], words.NO_DATA),
                "Health": html.health(words.plain(document["health_segment"], "Unknown")),
                "Waited": f"{words.number(document['waiting_days'], 1)} days",
            }
        )
    )
    told = words.plain(document["explanation"])
    told = f"Recommended: {told}" if document["owner_id"] else f"Nobody is recommended. {told}"
    put(html.tag("p", told, kind="cs-lead"))
    audit = document["audit"]
    if audit is not None:
        _audit(audit)
    if document["verdict"]:
        said = "; ".join(document["reasons"]) or text_or_none(document["why_unreviewed"]) or ""
        told = "Not reviewed by a model" if document["verdict"] == "unreviewed" else (
            f"Review by a model: {words.plain(document['verdict'])}"
        )  # fmt: skip
        put(html.tag("p", f"{told}: {said}." if said else f"{told}.", kind="cs-muted"))


def _audit(audit: Mapping[str, Any]) -> None:
    unit = float(audit["unit"])
    next_best = audit["against"][:2]
    if next_best:
        terms = list(dict.fromkeys(term for one in next_best for term in one["terms"]))
        rows = [
            (WORDS.get(term, words.plain(term)),
             *(f"{one['terms'].get(term, 0) / unit:+.3f}".replace("-", "−") for one in next_best))
            for term in terms if term != "tie_break"
        ]  # fmt: skip
        total = [f"{one['behind'] / unit:+.3f}".replace("-", "−") for one in next_best]
        rows.append(("together", *total))
        headings = ("Costs more by", *(one["worker_name"] for one in next_best))
        note = "1.000 is the cost of an average account on a full book."
        put(html.table("The next best", headings, rows, numbers=range(1, len(headings)), note=note))
    elif not audit.get("follows"):
        put(html.tag("p", "Nobody else may take the account and has room."))
    heading("What would change it")
    changes = [one["words"] for one in audit["would_change"]]
    put(html.bullets(changes) if changes
        else html.muted("No single rule, number or weight would do."))  # fmt: skip
    if audit["out"]:
        shared = audit.get("out_shared", {})
        told = [(SAYS.get(rule, words.plain(rule)), how_many(n, shared.get(rule, 0)))
                for rule, n in audit["out"].items()]  # fmt: skip
        with st.expander("Why nobody else"):
            put(html.table("First rule in the way", ("Rule", "Whom"), told))


def cover(rows: Sequence[Row]) -> None:
    """How many accounts have nobody who is there, and with whom they are."""
    worth = sum(number_or_none(one["revenue"]) or 0 for one in rows)
    owners = Counter(_owner(one) for one in rows).most_common()
    told = f"{counted(len(rows), 'account')} worth {money(worth)} a year: "
    told += listed([f"{n} of {name}" for name, n in owners])
    put(html.tag("p", f"{told}.", kind="cs-lead"))


def orphans(rows: Sequence[Row]) -> None:
    """Accounts whose owner is not there."""
    told = [
        (words.plain(one["account_name"]) or str(one["account_id"]), _owner(one), _gone(one),
         _usd(one["revenue"]))
        for one in rows
    ]  # fmt: skip
    headings = ("Account", "Owner", "Why", "Revenue a year")
    put(html.table("Without an owner who is there, the most revenue first", headings, told,
                   numbers=[3]))  # fmt: skip


def _owner(row: Row) -> str:
    return words.plain(row["worker_name"]) or text_or_none(row["worker_id"]) or "nobody"


def _gone(row: Row) -> str:
    """Why the owner of an account does not look after it."""
    until = words.date(row["until"])
    return {
        "left": f"left on {until}" if until else "has left",
        "leaving": f"leaves on {until}" if until else "leaves soon",
        "leave": f"is on leave until {until}" if until else "is on leave, no return is known",
        "no_csm": "is no CSM any more",
        "unknown": "is not in Workday",
    }.get(str(row["why"]), words.plain(row["why"]))


def hand_off(rows: Sequence[Row]) -> None:
    """Who would take which of them, and when."""
    moves = [
        (words.plain(one["account_name"]) or str(one["account_id"]),
         words.plain(one["health_segment"]) or "unknown", _usd(one["revenue"]),
         words.plain(one["from_worker_name"]) or str(one["from_worker_id"]),
         _taker(one), words.date(one["begins"]), words.date(one["ends"], "for good"),
         words.date(one["introduce_by"]), words.plain(one["note"]))
        for one in rows
    ]  # fmt: skip
    headings = ("Account", "Health", "ARR", "From", "To", "Begins", "Ends", "Meet by", "Note")
    caption = "Who would take them: a plan, nothing is stored"
    put(html.table(caption, headings, moves, numbers=(2,)))


def settled(rows: Sequence[Row]) -> None:
    """How much of a hand-off plan is settled."""
    count = Counter(str(one["status"]) for one in rows)
    told = [f"{count['planned']} of {counted(len(rows), 'account')} are settled"]
    if count["needs_person"]:
        told.append(f"for {count['needs_person']} a person must agree first")
    if count["nobody"]:
        told.append(f"for {count['nobody']} there is nobody")
    put(html.tag("p", f"{'; '.join(told)}.", kind="cs-lead"))
    _takers([one for one in rows if one["status"] == "planned"])


def _takers(planned: Sequence[Row]) -> None:
    """How full the books of those who take accounts become."""
    of: dict[str, list[Row]] = {}
    for one in planned:
        of.setdefault(str(one["to_worker_id"]), []).append(one)
    rows = [
        (words.plain(mine[0]["to_worker_name"]) or who, f"{len(mine)}",
         _usd(sum(number_or_none(one["revenue"]) or 0 for one in mine)),
         *(f"{mine[0][name]}" for name in ("to_accounts", "to_accounts_after", "to_max_accounts")))
        for who, mine in sorted(of.items())
    ]  # fmt: skip
    if rows:
        headings = ("CSM", "Takes", "ARR of these", "Accounts now", "Then", "Allowed")
        put(html.table("Books of those who take them", headings, rows, numbers=range(1, 6)))


def _taker(row: Row) -> str:
    """Who would take an account, and who must agree first."""
    to = words.plain(row["to_worker_name"]) or "nobody"
    if row["status"] != "needs_person":
        return to
    return f"{to}, only if {words.plain(row['agreed_by'])} agrees"


def books(found: Books) -> None:
    """Accounts by CSM."""
    if found.status.books.empty:
        st.info("There is no CSM yet. Those of Workday stand here with their books.")
        return
    rows = [
        (words.plain(one["worker_name"]) or str(one["worker_id"]), f"{one['accounts']}",
         f"{one['red']}", f"{one['yellow']}", f"{one['green']}", f"{one['health_unknown']}",
         words.percent(one["utilisation"], missing="no room"), _takes(str(one["takes"])))
        for one in records(found.status.books)
    ]  # fmt: skip
    columns = ("Accounts", "Red", "Yellow", "Green", "Unknown", "Full", "Takes new ones")
    headings = (whose(found.status.books), *columns)
    put(html.table("Books as they are", headings, rows, numbers=range(1, 7)))
    if found.wrong:
        wrong = [(one["account_name"], one["worker_name"] or "nobody", one["why"])
                 for one in found.wrong]  # fmt: skip
        put(html.table("Owners that cannot stay", ("Account", "Owner", "Why"), wrong))


def _takes(why: str) -> str:
    return "yes" if why == "accounts" else f"no: {SAYS.get(why, words.plain(why))}"


def proposed(found: Proposed) -> None:
    """What a scenario would do: the picture, the moves with reasons, the books."""
    if not found.points:
        st.info("There is nothing that could move.")
        return
    last = found.points[-1]
    told = (
        f"{counted(len(last.moves), 'account')} would move"
        + (f", {last.forced} of them because their owner is gone" if last.forced else "")
        + f". Imbalance {last.before:,.3f} now, {last.balance:,.3f} then (0 is all alike). "
        "Nothing is stored."
    )
    put(html.tag("p", told, kind="cs-lead"))
    st.image(
        charts.balance(found.books, found.moved(), _look()),
        alt="Capacity points of each book before and after", width=720,
    )  # fmt: skip
    put(_before_after(found.by_csm(), found.whose()))
    names = found.owned.set_index("account_id")["account_name"].to_dict()
    reasons = found.reasons()
    moves = [
        (names.get(account) or account, found.names.get(source, source),
         found.names.get(target, target), reasons.get(account, ""))
        for account, source, target in last.moves
    ]  # fmt: skip
    if moves:
        put(html.table("Moves", ("Account", "From", "To", "Why"),
                       moves[page_of(len(moves), _MOVES, "moved")]))  # fmt: skip
        pages_below(len(moves), _MOVES, "moved")
    if last.asked:
        asked = [(names.get(one) or one, " and ".join(CALLED.get(rule, rule) for rule in rules))
                 for one, rules in last.asked.items()]  # fmt: skip
        put(html.table("A person must agree first", ("Account", "For"), asked))
    if last.split:
        apart = [(names.get(one) or one, why) for one, why in last.split.items()]
        put(html.table("These leave their family", ("Account", "Why"), apart))
    if last.unplaced:
        lost = [(names.get(one) or one, why) for one, why in last.unplaced.items()]
        put(html.table("These find no owner", ("Account", "Why"), lost))


def _before_after(rows: pd.DataFrame, whom: str) -> Markup:
    told = [
        (str(one["csm"]), *(f"{one[f'{name} before']:,.{d}f} → {one[f'{name} after']:,.{d}f}"
         for name, d in (("accounts", 0), ("points", 1), ("revenue", 0), ("red", 0))))
        for one in records(rows)
    ]  # fmt: skip
    headings = (whom, "Accounts", "Points", "Revenue (USD)", "Red")
    return html.table("Books before and after", headings, told, numbers=range(1, 5))


def capacity(regions: Sequence[Region]) -> None:
    """CSMs needed by region and quarter, and what that rests on."""
    if not regions:
        st.info("There are neither CSMs nor accounts.")
        return
    for one in regions:
        rows = [
            (words.date(row.ends), _between(row.accounts, row.low, row.high),
             words.number(row.room), _between(row.needed, None, row.needed_high),
             words.number(row.staying, 1), _between(row.hires, None, row.hires_high or None),
             words.date(row.hire_by) if row.hires or row.hires_high else "")
            for row in one.plan
        ]  # fmt: skip
        headings = ("By", "Accounts", "Room", "CSMs needed", "There then", "To hire", "Begin by")
        note = (
            f"{one.arrivals:g} accounts came a quarter (n={one.quarters} quarters); "
            f"{words.percent(one.losses, 1)} of the accounts are lost a year, "
            f"{words.percent(one.attrition, 1)} of all CSMs leave (n={one.left} in two years). "
            f"By the last day: {one.one_hire}; {one.ten_more}."
        )
        put(html.table(one.heading, headings, rows, numbers=range(1, 6), note=note))
    with st.expander("As a picture"):
        told = "Accounts and room by region and quarter"
        st.image(charts.capacity(regions, _look()), alt=told, width=640)


def _look() -> charts.Look:
    """Pictures in the colours of the page, with letters that can be read on a narrow one."""
    seen = colours()
    return charts.Look(
        seen.paper, seen.ink, seen.context, seen.accent, seen.contrast, seen.muted, 6.0, 180
    )


def _between(value: float, low: float | None, high: float | None) -> str:
    if high is None or (words.number(high) == words.number(value) and low is None):
        return words.number(value)
    if low is None:
        return f"{words.number(value)} (up to {words.number(high)})"
    return f"{words.number(value)} ({words.number(low)} to {words.number(high)})"


def _usd(value: object) -> str:
    return "" if text_or_none(value) is None else f"${float(str(value)):,.0f}"
