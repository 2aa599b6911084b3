"""The review of recommendations by a model. It comments or flags; it can change nothing.

The model sees ids and cost tables, never names, and answers by row. An answer that
leaves out or invents a row, or cites an id or a number that it was not given, is
rejected as a whole: then the batch is unreviewed, and the run goes on.
"""

import json
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any, Literal

import pandas as pd
from pydantic import BaseModel, ConfigDict, Field

from cs_assets import config
from cs_assets.ai.prompting import prompts
from cs_assets.ai.writing import Prompt
from cs_assets.names import shown
from cs_assets.routing.rows import Row, known, rows_of
from cs_assets.routing.solver.problem import COST_UNIT

#: The instructions; a file of the same name in the configuration folder replaces it.
PROMPT_FILE = "routing_review.md"

#: Accounts of one question: its answer must fit, and one that is refused leaves few unreviewed.
_AT_ONCE = 80
#: Characters that are kept of a reason.
_LONGEST_REASON = 300

_NUMBER = re.compile(r"(?<![\w.])\d+(?:[.,]\d+)*")
_ACCOUNT = (
    "segment", "account_level", "health_segment", "neediness", "points", "tad_score", "churn_risk",
    "lifecycle_stage", "waiting_days", "revenue", "missing",
)  # fmt: skip
_BOOK = (
    "tenure_category", "accounts", "max_accounts", "points", "red", "yellow", "green", "ramp",
    "revenue",
)  # fmt: skip


_OUTCOMES = ("retained", "churned", "escalated")


class RowVerdict(BaseModel):
    """What is said of one row."""

    model_config = ConfigDict(extra="forbid")

    row: str
    verdict: Literal["approve", "flag"]
    reasons: list[str] = Field(max_length=3)


class ReviewAnswer(BaseModel):
    """The whole answer, one verdict a row."""

    model_config = ConfigDict(extra="forbid")

    verdicts: list[RowVerdict]


def instructions(folder: Path | None = None) -> Prompt:
    """The prompt with its version; raises ``BadConfiguration`` when it cannot be read.

    It lies apart from the writers' prompts: its answer is a structure, not text with slots.
    """
    own = folder / PROMPT_FILE if folder else None
    path = own if own is not None and own.is_file() else Path(config.__file__).parent / PROMPT_FILE
    try:
        content = path.read_text(encoding="utf-8")
    except OSError as error:
        raise config.BadConfiguration(f"{path}: {error.strerror}") from error
    return prompts.parse("routing/review", content, str(path)).prompt


@dataclass(frozen=True)
class Rejected:
    """Why an answer is not used."""

    reason: str


def parts(recommendations: pd.DataFrame) -> list[pd.DataFrame]:
    """The rows of the recommended accounts, in parts that are asked about one by one."""
    chosen = recommendations[recommendations["status"] == "recommended"]
    ids = sorted(set(chosen["account_id"]))
    return [
        recommendations[recommendations["account_id"].isin(ids[first : first + _AT_ONCE])]
        for first in range(0, len(ids), _AT_ONCE)
    ]


def document(
    recommendations: pd.DataFrame,
    accounts: pd.DataFrame,
    books: pd.DataFrame,
    history: pd.DataFrame | None = None,
) -> dict[str, Any]:
    """What the model sees of a batch; accounts that have a recommendation, by account id.

    ``history`` as of `sql/routing/history.sql`: what became of past accounts, with n.
    """
    past = _Past(history)
    described = {row["account_id"]: row for row in rows_of(accounts)}
    ranked: dict[str, list[Row]] = {}
    for row in rows_of(recommendations.sort_values(["account_id", "rank"])):
        if row["status"] in ("recommended", "alternative"):
            ranked.setdefault(row["account_id"], []).append(row)
    return {
        "accounts": [
            {
                "row": account,
                "account": _only(described[account], _ACCOUNT),
                "relaxed_rules": json.loads(rows[0]["relaxed_rules"]),
                "recommended": rows[0]["worker_id"],
                "candidates": [
                    _candidate(row) | past.of(row["worker_id"], described[account]["segment"])
                    for row in rows[:3]
                ],
            }
            for account, rows in ranked.items()
        ],
        "books": [{"csm": row["worker_id"], **_only(row, _BOOK)} for row in rows_of(books)],
    }


def checked(answer: ReviewAnswer, seen: Mapping[str, Any]) -> dict[str, RowVerdict] | Rejected:
    """The verdicts by row, or why the answer is rejected."""
    rows = [verdict.row for verdict in answer.verdicts]
    wanted = [entry["row"] for entry in seen["accounts"]]
    if unknown := sorted(set(rows) - set(wanted)):
        return Rejected(f"it speaks of {len(unknown)} rows that it was not given")
    if len(rows) != len(set(rows)) or set(rows) != set(wanted):
        return Rejected("it does not answer each row once")
    text = json.dumps(seen)
    allowed = set(_NUMBER.findall(text)) | set(
        re.findall(r"[A-Za-z0-9_.-]*\d[A-Za-z0-9_.-]*", text)
    )
    for verdict in answer.verdicts:
        if verdict.verdict == "flag" and not any(reason.strip() for reason in verdict.reasons):
            return Rejected("it flags a row without a reason")
        for reason in verdict.reasons:
            for token in re.findall(r"[A-Za-z0-9_.,-]*\d[A-Za-z0-9_.,-]*", reason):
                if token.strip(".,-") not in allowed:
                    return Rejected("it cites an id or a number that it was not given")
    return {verdict.row: verdict for verdict in answer.verdicts}


def reviewed(
    recommendations: pd.DataFrame,
    verdicts: Mapping[str, RowVerdict],
    *,
    model: str,
    prompt_version: str,
    on_flag: Literal["hold", "note"],
) -> pd.DataFrame:
    """Rows of analytics.routing_reviews (without batch) for checked verdicts."""
    chosen = recommendations[recommendations["status"] == "recommended"]
    said = [verdicts[account] for account in chosen["account_id"]]
    return pd.DataFrame(
        {
            "account_id": list(chosen["account_id"]),
            "verdict": [one.verdict for one in said],
            "reasons": [json.dumps([_plain(reason) for reason in one.reasons]) for one in said],
            "opens_hold": [one.verdict == "flag" and on_flag == "hold" for one in said],
            "reviewer": model,
            "prompt_version": prompt_version,
            "why_unreviewed": None,
            "feedback": [one.model_dump_json() for one in said],
            "reviewed_for": list(chosen["recommended_at"]),
        }
    )


def unreviewed(recommendations: pd.DataFrame, why: str, prompt_version: str) -> pd.DataFrame:
    """Rows of analytics.routing_reviews (without batch) that say there was no review, and why."""
    chosen = recommendations[recommendations["status"] == "recommended"]
    return pd.DataFrame(
        {
            "account_id": chosen["account_id"],
            "verdict": "unreviewed",
            "reasons": "[]",
            "opens_hold": False,
            "reviewer": "none",
            "prompt_version": prompt_version,
            "why_unreviewed": why,
            "reviewed_for": chosen["recommended_at"],
        }
    )


def _plain(reason: str) -> str:
    """A reason without control and direction characters, on one line, cut where it is too long."""
    return " ".join(shown(reason).split())[:_LONGEST_REASON]


class _Past:
    """What became of past accounts, by CSM and segment."""

    def __init__(self, history: pd.DataFrame | None) -> None:
        self._counts: Counter[tuple[str, str | None, str]] = Counter()
        self._all: Counter[tuple[str, str | None]] = Counter()
        for row in rows_of(history) if history is not None else ():
            segment = row["segment"] if known(row["segment"]) else None
            for where in {None, segment}:
                self._counts[row["worker_id"], where, row["outcome"]] += 1
                self._all[row["worker_id"], where] += 1

    def of(self, worker: str, segment: Any) -> dict[str, Any]:
        told = {"past": self._told(worker, None)}
        if known(segment):
            told["past_in_segment"] = self._told(worker, segment)
        return told

    def _told(self, worker: str, segment: str | None) -> dict[str, int]:
        counts = {name: self._counts[worker, segment, name] for name in _OUTCOMES}
        return {"n": self._all[worker, segment], **counts}


def _candidate(row: Row) -> dict[str, Any]:
    terms = json.loads(row["terms"])
    if known(row["cost"]):
        terms = {name: round(value / COST_UNIT, 3) for name, value in terms.items()}
        return {"csm": row["worker_id"], "cost": round(row["cost"] / COST_UNIT, 3), "terms": terms}
    return {"csm": row["worker_id"], "terms": terms}


def _only(row: Row, names: Sequence[str]) -> dict[str, Any]:
    return {name: _of_json(row[name]) if known(row[name]) else None for name in names}


def _of_json(value: Any) -> Any:
    return float(value) if isinstance(value, Decimal) else value
