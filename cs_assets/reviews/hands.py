"""What a CSM did to a review by hand: a note, advice struck with a reason, approval to send.

Struck advice is not given again for ``STRUCK_WEEKS`` weeks and stays visible with its reason; a
note stands on page one of the reviews of its week and the next.
"""

import datetime as dt
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import pandas as pd

from cs_assets.facts import slots
from cs_assets.facts.model import Fact, FactSheet

Kind = Literal["note", "struck", "approved"]

#: How long struck advice stays away, and how many weeks a note is shown.
STRUCK_WEEKS, NOTE_WEEKS = 13, 2
_LETTERS = "abcdefgh"


@dataclass(frozen=True)
class Hand:
    """One thing done by hand."""

    customer_id: str
    week: dt.date
    kind: Kind
    title: str
    words: str
    done_by: str

    def row(self, at: dt.datetime) -> dict[str, Any]:
        """The row of ``ops.review_hands``; the same thing done twice is one row."""
        parts = (self.customer_id, self.week.isoformat(), self.kind, self.title, self.words)
        return {
            "hand_id": hashlib.sha256("\0".join(parts).encode()).hexdigest()[:32],
            "customer_id": self.customer_id,
            "week_start": self.week,
            "kind": self.kind,
            "title": self.title or None,
            "words": self.words or None,
            "done_by": self.done_by,
            "done_at": at,
        }


def hands_of(rows: pd.DataFrame) -> dict[str, list[Hand]]:
    """Rows of ``reviews/hands`` by customer."""
    found: dict[str, list[Hand]] = {}
    row: Any
    for row in rows.itertuples(index=False):
        title, words = (value if isinstance(value, str) else "" for value in (row.title, row.words))
        week = pd.Timestamp(row.week_start).date()
        hand = Hand(row.customer_id, week, row.kind, title, words, row.done_by)
        found.setdefault(hand.customer_id, []).append(hand)
    return found


def first_week(week: dt.date) -> dt.date:
    """The earliest week whose hands a review of ``week`` respects."""
    return week - dt.timedelta(weeks=STRUCK_WEEKS)


def facts_of(hands: Sequence[Hand], week: dt.date) -> list[Fact]:
    """What was done as facts for the writers; for internal readers only.

    A strike of this very week or of one before counts; a note while it is fresh.
    """
    since = week - dt.timedelta(weeks=NOTE_WEEKS - 1)
    notes = [h for h in hands if h.kind == "note" and h.week >= since]
    struck = {h.title: h for h in hands if h.kind == "struck"}
    facts = [
        Fact(f"hand.note.{letter}.words", "Note", f"{h.words} ({h.done_by})", "text",
             visibility="internal", source="ops.review_hands")
        for letter, h in zip(_LETTERS, notes, strict=False)
    ]  # fmt: skip
    for letter, h in zip(_LETTERS, struck.values(), strict=False):
        facts += [
            Fact(f"hand.struck.{letter}.{part}", label, words, "text", visibility="internal",
                 source="ops.review_hands")
            for part, label, words in (("title", "Advice struck", h.title), ("why", "Why", h.words))
        ]  # fmt: skip
    return facts


def is_struck(title: str, sheet: FactSheet) -> bool:
    """Whether advice of this title (with slots) was struck by hand."""
    struck = {fact.value for fact in sheet.under("hand.struck") if fact.fact_id.endswith(".title")}
    return bool(struck) and slots.fill(title, sheet).text in struck


def approved(hands: Mapping[str, Sequence[Hand]], week: dt.date) -> frozenset[str]:
    """Customers whose review of the week somebody has approved."""
    return frozenset(
        customer
        for customer, done in hands.items()
        if any(h.kind == "approved" and h.week == week for h in done)
    )
