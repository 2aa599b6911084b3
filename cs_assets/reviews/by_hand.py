"""Keeps what a person does to a review: a note, advice struck, an approval."""

import datetime as dt
from typing import Any

import pandas as pd

from cs_assets.decided import DecidedAlready, Ledger
from cs_assets.errors import UsageError
from cs_assets.names import shown
from cs_assets.reviews.hands import Hand, Kind, hands_of
from cs_assets.reviews.writing.report import passages_from_json
from cs_assets.reviews.writing.text_blocks import recommendations

TABLE = "ops.review_hands"
_LONGEST = 300


def week_of(db: Any, customer: str, week: str | None) -> dt.date:
    """The Monday asked for, else of the customer's newest report; that report must be there."""
    rows = db.query("reports/weeks_of_customer", [customer])
    known = [str(day)[:10] for day in rows["week_start"]]
    if not known:
        raise UsageError(f"no report of {customer} has been made: see cs-assets report list")
    if week is not None and week not in known:
        raise UsageError(f"--week {week}: {customer} has reports of {', '.join(known[:6])}")
    return dt.date.fromisoformat(week or known[0])


def advice(db: Any, customer: str, week: dt.date) -> list[str]:
    """Titles of the advice in a review, in its order."""
    rows = db.query("reports/sections", [customer, week])
    passage = passages_from_json(rows["sections"].iloc[0] or "{}").get("recommendations")
    made = recommendations(passage.filled, passage.claims)[1] if passage else []
    return [one.title for one in made]


def keep(
    db: Ledger,
    customer: str,
    week: str | None,
    kind: Kind,
    *,
    words: str = "",
    number: int = 0,
    by: str,
    at: dt.datetime,
) -> Hand:
    """Keep a note, a strike of advice ``number`` (from 1) or an approval; what was kept.

    Raises ``UsageError`` for what makes no sense, ``DecidedAlready`` for what another has struck
    or approved.
    """
    said = shown(words).strip()
    if kind != "approved" and not said:
        raise UsageError("say something: the words are empty")
    if len(said) > _LONGEST:
        raise UsageError(f"the words have {len(said)} letters; shorten them to {_LONGEST}")
    with db.transaction(TABLE):
        monday = week_of(db, customer, week)
        title = _title(db, customer, monday, number) if kind == "struck" else ""
        hand = Hand(customer, monday, kind, title, said, by)
        _refuse_if_done(db, hand)
        db.merge(TABLE, pd.DataFrame([hand.row(at)]))
    return hand


def _title(db: Any, customer: str, week: dt.date, number: int) -> str:
    titles = advice(db, customer, week)
    if not 1 <= number <= len(titles):
        listed = "; ".join(f"{n}. {title}" for n, title in enumerate(titles, start=1))
        raise UsageError(f"advice {number}: the review has {listed or 'no advice'}")
    return titles[number - 1]


def _refuse_if_done(db: Any, hand: Hand) -> None:
    """Who was first stays on record."""
    rows = db.query("reviews/hands", [hand.customer_id, hand.customer_id, hand.week, hand.week])
    for done, when in zip(hands_of(rows).get(hand.customer_id, ()), rows["done_at"], strict=True):
        is_same = (done.kind, done.title) == (hand.kind, hand.title)
        if hand.kind == "note":
            is_same = is_same and done.words == hand.words
        if is_same and done.done_by != hand.done_by:
            what = {"approved": "the review was approved", "struck": f'"{hand.title}" was struck'}
            raise DecidedAlready(what.get(hand.kind, "the same was noted"), done.done_by, when)
