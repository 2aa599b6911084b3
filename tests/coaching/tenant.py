"""A small made-up team whose calls a test can shape: rows for the tables that coaching reads."""

import datetime as dt
import json
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from resources.warehouse import Warehouse

MONDAY = dt.date(2026, 11, 9)
#: A criterion of each dimension that may be quoted; missing in a call that scores below half.
CRITERIA = {
    "product_knowledge": "answers_questions",
    "discovery": "open_questions",
    "objection_handling": "clarifies",
    "engagement": "checks_interest",
}
SCORES = ("product_knowledge", "discovery", "objection_handling", "engagement")
_STAGED = ("title", "url", "is_private", "call_type")
_ANALYSED = ("rubric_version", "model", "evidence", "coaching_insights")


@dataclass
class Tenant:
    """Calls and users, put into a warehouse by ``store``."""

    users: list[dict[str, Any]] = field(default_factory=list)
    staged: list[dict[str, Any]] = field(default_factory=list)
    analysis: list[dict[str, Any]] = field(default_factory=list)
    sentences: list[dict[str, Any]] = field(default_factory=list)

    def rep(self, user_id: str, name: str = "Ann Lee", manager: str | None = "boss", **more) -> str:
        self.users.append(
            {
                "user_id": user_id,
                "email": f"{user_id}@team.example",
                "full_name": name,
                "manager_id": manager,
                "is_active": True,
                "fetched_at": dt.datetime(2026, 11, 16),
                **more,
            }
        )
        return user_id

    def call(
        self,
        rep: str,
        day: dt.date,
        score: float | dict[str, float | None] = 50.0,
        *,
        account: str | None = "acme",
        status: str = "scored",
        objections: tuple[tuple[str, str, str], ...] = (),
        said: str | None = None,
        **more: Any,
    ) -> str:
        """One call; ``objections``: type, outcome and the customer's words each."""
        call_id = f"c{len(self.staged) + 1}"
        by_dimension = score if isinstance(score, dict) else dict.fromkeys(SCORES, score)
        shown = [value for value in by_dimension.values() if value is not None]
        if said is None:  # a question shows no miss of what is done by asking
            said = _EXPLAINS if min(shown, default=50) < 50 else _ASKS
        self.staged.append(
            {
                "call_id": call_id,
                "call_date": day,
                "title": f"Call with {account}",
                "started": dt.datetime.combine(day, dt.time(15)),
                "primary_user_id": rep,
                "is_private": False,
                "url": f"https://gong.example/call?id={call_id}",
                "call_type": "discovery",
                "hubspot_company_id": account,
                "content_hash": "x",
                **{
                    k: v
                    for k, v in more.items()
                    if k in ("title", "url", "is_private", "call_type")
                },
            }
        )
        lines = [said, *(text for _, _, text in objections)]
        for index, text in enumerate(lines):
            self.sentences.append(
                {
                    "call_id": call_id,
                    "call_date": day,
                    "sentence_index": index,
                    "turn_index": index,
                    "affiliation": "Internal" if index == 0 else "External",
                    "user_id": rep if index == 0 else None,
                    "start_ms": index * 61_000,
                    "end_ms": index * 61_000 + 4_000,
                    "sentence": text,
                }
            )
        quote = {"sentence_index": 0, "start_ms": 0, "speaker": "rep", "text": said}
        self.analysis.append(
            {
                "call_id": call_id,
                "call_date": day,
                "rep_user_id": rep,
                "status": status,
                "overall_score": sum(shown) / len(shown) if shown and status == "scored" else None,
                **{f"{name}_score": by_dimension.get(name) for name in SCORES},
                "evidence": json.dumps(
                    {n: evidence_of(n, by_dimension.get(n), quote) for n in SCORES}
                ),
                "objections": json.dumps(
                    [
                        {
                            "type": kind,
                            "outcome": outcome,
                            "sentence_index": place,
                            "start_ms": place * 61_000,
                            "text": text,
                            "reply_index": 0,
                        }
                        for place, (kind, outcome, text) in enumerate(objections, start=1)
                    ]
                ),
                "talk_ratio": 0.5,
                "longest_monologue_seconds": 60.0,
                "question_count": 8,
                "priority": "Low",
                "business_impact": "{}",
                "coaching_insights": "[]",
                "rubric_version": "1",
                "model": "rules",
                **{k: v for k, v in more.items() if k in _ANALYSED},
            }
        )
        return call_id

    def scores_of_calls(self) -> pd.DataFrame:
        """As ``sql/coaching/scores_of_calls`` gives them, dates as dates."""
        staged = {call["call_id"]: call for call in self.staged}
        rows = [
            {
                "call_id": row["call_id"],
                "call_date": row["call_date"],
                "rep_user_id": row["rep_user_id"],
                "call_type": staged[row["call_id"]]["call_type"],
                "account_key": staged[row["call_id"]]["hubspot_company_id"],
                "overall": row["overall_score"],
                **{name: row[f"{name}_score"] for name in SCORES},
                "rubric_version": row["rubric_version"],
                "model": row["model"],
            }
            for row in self.analysis
            if row["status"] == "scored"
        ]
        return pd.DataFrame(rows)

    def store(self, warehouse: Warehouse) -> "Tenant":
        """Replace the tables that coaching reads."""
        tables = {
            "gong.gong_users": self.users,
            "gong.stg_gong_calls": self.staged,
            "gong.stg_gong_call_transcripts": self.sentences,
            "analytics.call_analysis": self.analysis,
        }
        with warehouse.session("tenant") as db:
            for table, rows in tables.items():
                db.replace(table, pd.DataFrame(rows), {})
        return self


_ASKS = "What would that change for your team?"
_EXPLAINS = (
    "Let me show you how the approval works, from the first screen with its colours to the last, "
    "on which the money leaves the house for good."
)


def evidence_of(dimension: str, score: float | None, quote: dict[str, Any]) -> dict[str, Any]:
    """Why a call has its score, with one criterion that was shown or missed at its first line."""
    key = CRITERIA[dimension]
    share = None if score is None else score / 100
    place = {} if share is None else {"missed" if share < 0.5 else "shown": {key: [0]}}
    return {
        "score": score, "reason": "r", "quotes": [quote], "criteria": {key: share}, **place,
    }  # fmt: skip


def no_sentences() -> pd.DataFrame:
    """Of calls that nobody quotes: ``sql/coaching/sentences_of_window`` without a row."""
    columns = ["call_id", "sentence_index", "start_ms", "affiliation", "user_id", "sentence"]
    return pd.DataFrame(columns=columns)


def weeks_ago(weeks: int, day: int = 0) -> dt.date:
    """A day of the week that many weeks before the reported one."""
    return MONDAY - dt.timedelta(weeks=weeks) + dt.timedelta(days=day)


def small_team() -> Tenant:
    """Two reps under one lead: one improves clearly, one hears of price from several accounts."""
    tenant = Tenant()
    tenant.rep("boss", "Olga Boss", None)
    tenant.rep("ann", "Ann Lee")
    tenant.rep("bob", "Bob Ray")
    for week in range(8):
        for day in range(3):
            wobble = (week * 3 + day) % 5
            tenant.call("ann", weeks_ago(week, day), (80.0 if week < 4 else 40.0) + wobble)
            price = (("price", "unresolved", "That is too expensive for us."),)
            tenant.call(
                "bob",
                weeks_ago(week, day),
                45.0 + wobble,
                account=f"account {day}",
                objections=price if day < 2 else (),
            )
    return tenant
