"""Rows of every kind that quote a call which goes, beside those of a call that stays."""

import datetime as dt
import json
from typing import Any

import pandas as pd

from sql import catalog

GOES, STAYS = "7001", "7002"
NOW = dt.datetime(2026, 11, 16, 9)
DAY, WEEK = dt.date(2026, 11, 10), dt.date(2026, 11, 9)
#: Cut short, with marks that JSON and HTML escape, short, and one that both calls say.
LONG = "We have looked at it for a year now, and nobody of us can say what we would lose, " * 3
SAID = (LONG.strip(), 'Then "the old way" & nothing else it is.', "We are leaving.")
BOTH = "That is what everybody says about the price of it."
_SHOWN = {SAID[0]: SAID[0][:159] + "…"}

_PLAIN = {"STRING": "x", "BIGINT": 1, "DOUBLE": 1.0, "BOOLEAN": False, "DATE": WEEK,
          "TIMESTAMP_NTZ": NOW, "VARIANT": "{}"}  # fmt: skip


def filled(table: str, **values: Any) -> dict[str, Any]:
    """A row with all that its table requires."""
    columns = catalog.table(table).columns
    return {c.name: _PLAIN[c.type] for c in columns if c.required} | values


def quote(words: str) -> str:
    return f"“{_SHOWN.get(words, words)}” (10 November)"


def fact(words: str, call_id: str | None) -> dict[str, Any]:
    named = {} if call_id is None else {"call_id": call_id}
    return {"fact_id": "calls.said.leaving.words", "value": quote(words), "unit": "text", **named}


def passage(words: str, writer: str = "rules") -> dict[str, Any]:
    before = "Seats: 12. Last in these words: "
    if writer != "rules":  # says it in its own words
        return {"filled": "They mean to go soon.", "slotted": "They mean to go soon.",
                "claims": [], "writer": writer}  # fmt: skip
    end = len(before) + len(quote(words))
    return {
        "filled": f"{before}{quote(words)}; 3 of 9.", "writer": writer,
        "slotted": "Seats: {a}. Last in these words: {calls.said.leaving.words}; {b} of {c}.",
        "claims": [["a", 7, 9], ["calls.said.leaving.words", len(before), end],
                   ["b", end + 2, end + 3]],
    }  # fmt: skip


def report(customer: str, words: str, call_id: str | None, writer: str) -> dict[str, Any]:
    section = passage(words, writer)
    return filled(
        "analytics.weekly_reports", customer_id=customer, edition="weekly", writer=writer,
        performance_section=section["filled"], full_report=f"Title\n\n{section['filled']}\n\nEnd",
        sections=json.dumps({"performance": section}, ensure_ascii=False),
        sheet=json.dumps({"facts": [fact(words, call_id)], "quotes": []}, ensure_ascii=False),
    )  # fmt: skip


def insight(customer: str, words: str, call_id: str | None, writer: str) -> dict[str, Any]:
    told = passage(words, writer)["filled"]
    return filled(
        "analytics.customer_insights", customer_id=customer, writer=writer, summary=told,
        summary_slotted=told, facts=json.dumps({"facts": [fact(words, call_id)]}),
    )  # fmt: skip


def rows() -> dict[str, list[dict[str, Any]]]:
    """By table. Customers are named by what is special of them."""
    cases = [("old", SAID[0], None, "rules"), ("new", SAID[1], GOES, "rules"),
             ("model", SAID[2], GOES, "claude"), ("other", BOTH, STAYS, "rules")]  # fmt: skip
    transcript = {"transcript": [{"sentences": [{"text": one} for one in (*SAID, BOTH)]}]}
    payload = json.dumps(transcript)
    review = {"edition": "weekly"}
    return {
        "gong.gong_calls_raw": [
            filled("gong.gong_calls_raw", call_id=one, call_date=DAY, is_private=one == GOES,
                   payload="{}")
            for one in (GOES, STAYS)
        ],
        "gong.gong_call_transcripts_raw": [
            filled("gong.gong_call_transcripts_raw", call_id=GOES, call_date=DAY, payload=payload)
        ],
        "analytics.review_facts": [
            filled("analytics.review_facts", customer_id=customer, **review, fact_id="said",
                   value_text=quote(words), quote_call_id=call_id)
            for customer, words, call_id, _ in cases
        ],
        "analytics.weekly_reports": [report(*case) for case in cases],
        "analytics.weekly_report_revisions": [
            filled("analytics.weekly_report_revisions", customer_id=customer, **review,
                   writer=writer, title="T", full_report=passage(words, writer)["filled"])
            for customer, words, _, writer in cases[:3]
        ],
        "analytics.review_advice": [
            filled("analytics.review_advice", customer_id=customer, **review, title="Call them",
                   action=passage(words, writer)["filled"])
            for customer, words, _, writer in cases[:3]
        ],
        "analytics.customer_insights": [insight(*case) for case in cases],
        "analytics.customer_alerts": [
            filled("analytics.customer_alerts", alert_id="1", words=f"Spoke: {quote(SAID[2])}")
        ],
        "ops.customer_actions": [
            filled("ops.customer_actions", event_id="1", done_at=NOW, note=f"said {SAID[0]}"),
            filled("ops.customer_actions", event_id="2", done_at=NOW, note="I called them"),
        ],
        "ops.desk_drafts": [
            filled("ops.desk_drafts", owner="ann", about=GOES, draft='{"reason": "wrong"}'),
            filled("ops.desk_drafts", owner="ben", about="c", draft=json.dumps({"n": SAID[1]})),
            filled("ops.desk_drafts", owner="eve", about=STAYS, draft='{"reason": "right"}'),
        ],
    }  # fmt: skip


def put(db: Any) -> None:
    for table, one in rows().items():
        db.merge(table, pd.DataFrame(one))


def read(db: Any, table: str) -> pd.DataFrame:
    """All rows of a table, by either engine."""
    names = catalog.table(table).column_names
    text = f"SELECT {', '.join(names)} FROM {table} ORDER BY 1, 2, 3"
    if hasattr(db, "_schemas"):
        found = db._connection.cursor().execute(db._schemas.placed(text)).fetchall()
    else:
        found = db._connection.execute(text).fetchall()
    return pd.DataFrame(found, columns=names)


def left(db: Any) -> list[str]:
    """Tables in which a word of the call that goes is left."""
    beginnings = ["We have looked at it for", "the old way", "We are leaving", "They mean to go"]
    return [
        table
        for table in rows()
        for one in beginnings
        if any(one in str(value) for value in read(db, table).to_numpy().ravel())
    ]
