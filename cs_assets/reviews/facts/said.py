"""What was said in calls of a quarter that bears on the contract: how many calls, and the words.

Counts are of calls that say it. What goes back is told apart from who leaves, and both from trust
that is lost: ``analytics.call_signals`` has what each sentence is of.
"""

from typing import Any

import pandas as pd

from cs_assets.feeds.coverage import CALLS
from cs_assets.names import shown
from cs_assets.reviews.facts.rows import Absent, FactRows, Of

#: What is told of each, in the order told.
ABOUT = {
    "leaving": "Leaving",
    "giving_back": "Giving something back",
    "stopping": "Use that stops",
    "trust": "Trust that is lost",
    "person": "A person who is gone",
    "answer": "A low mark in a survey",
    "vendor": "Another vendor",
    "more": "A wish for more",
    "written": "Words in writing of leaving or of another vendor",
}
_OF_KIND = {"competitor": "vendor", "expansion": "more", "written": "written"}
#: Letters of a quote at most.
_LONGEST = 160


def add_said(facts: FactRows, customers: pd.DataFrame, said: pd.DataFrame) -> None:
    """``calls.said.<about>.calls`` and ``.words``; ``said``: rows of ``reviews/said``."""
    about = said["kind"].map(_OF_KIND).astype(object).fillna(said["about"])
    rows = said.assign(about=about)[about.isin(list(ABOUT))]
    ids = customers["customer_id"]
    for name, label in ABOUT.items():
        mine = rows[rows["about"] == name]
        calls = ids.map(mine.groupby("customer_id")["call_id"].nunique()).astype(float)
        newest = mine.drop_duplicates("customer_id")  # sorted so
        quoted = pd.Series([_quoted(row) for row in newest.itertuples(index=False)], dtype=object)
        words = ids.map(dict(zip(newest["customer_id"], quoted, strict=True))).astype(object)
        spoken = newest[newest["kind"] != "written"]
        whose = ids.map(dict(zip(spoken["customer_id"], spoken["call_id"], strict=True)))
        told: dict[str, Any] = {
            "window": None, "visibility": "internal", "source": "said",
            "of": None if name == "written" else Of(CALLS, ("current",)),
            "absent": [Absent(calls.isna(), "not_applicable", "no call says it")],
        }  # fmt: skip
        facts.add(
            ids, f"calls.said.{name}.calls", f"{label}, calls of 13 weeks", calls, "count",
            n=calls, **told,
        )  # fmt: skip
        facts.add(
            ids, f"calls.said.{name}.words", f"{label}, newest words", words, "text",
            call_id=whose.astype(object), **told,
        )  # fmt: skip


def _quoted(row: Any) -> str:
    words = shown(" ".join(str(row.sentence).split()))
    if len(words) > _LONGEST:
        words = words[: _LONGEST - 1].rstrip() + "…"
    day = pd.Timestamp(row.said_on).date()
    return f"“{words}” ({day.day} {day:%B})"
