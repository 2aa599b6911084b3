"""Calls at the desk: found by meaning and words, and all of one with what its scores rest on."""

import datetime as dt
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from cs_assets.calls import search, transcript
from cs_assets.calls.deals import stages
from cs_assets.calls.deals.outlook import Backtest, Outlook, outlooks
from cs_assets.calls.scoring.rubric import DIMENSIONS
from cs_assets.calls.told import aside
from cs_assets.coaching import disputing
from cs_assets.coaching.disputes import Dispute
from cs_assets.coaching.policy import CoachingPolicy
from cs_assets.config.deals import DealRules
from cs_assets.desk.guards import ScopedSession
from cs_assets.errors import UsageError
from cs_assets.frames import number_or_none, records, text_or_none

Row = dict[str, Any]
#: Passages that a question is ranked over; within filters there are rarely more.
_MOST_PASSAGES = 200_000
ANY = "Any"
OUTCOMES = (ANY, "won", "lost", "open")


class NoCall(UsageError):
    """A call that the viewer may not hear of, or that is not there (any more)."""


@dataclass(frozen=True)
class Asked:
    """What somebody looks for."""

    text: str = ""
    days: int = 90
    kind: str = ANY
    outcome: str = ANY


@dataclass(frozen=True)
class Found:
    """A call with the sentence that matched best, if it was looked for by words."""

    call_id: str
    day: Any
    title: str
    account: str
    customer_id: str | None
    rep: str
    kind: str
    score: float | None
    """Empty where the viewer may not see it."""
    priority: str
    stage: str
    """Of its deal at the call."""
    stage_now: str | None
    similarity: float | None = None
    start_ms: int | None = None
    sentence: str = ""


def span_of(db: ScopedSession, days: int) -> tuple[dt.date, dt.date] | None:
    """The last days that have analysed calls; ``None`` without any call."""
    span = db.query("calls/span_of_calls").iloc[0]
    if not int(span["calls"]):
        return None
    last = pd.Timestamp(span["last_day"]).date()
    return last - dt.timedelta(days=days - 1), last


def index(db: ScopedSession) -> pd.DataFrame:
    """All calls, the newest first, with what they are narrowed by: years of calls fit in memory."""
    return db.query("desk/call_index")


def narrowed(every: pd.DataFrame, asked: Asked) -> pd.DataFrame:
    """The calls of an index that are wanted, whatever their words are."""
    if every.empty:
        return every
    days = pd.to_datetime(every["call_date"])
    wanted = days > days.max() - pd.Timedelta(days=asked.days)
    for column, value in (("call_type", asked.kind), ("outcome", asked.outcome)):
        if value != ANY:
            wanted &= every[column] == value
    return every[wanted]


def listed(db: ScopedSession, chosen: Sequence[tuple[str, dt.date]]) -> list[Found]:
    """Some calls of an index, by id and day, in their order."""
    if not chosen:
        return []
    days = [day for _, day in chosen]
    rows = records(db.query("calls/list_calls", [min(days), max(days), *[None] * 6]))
    by_id = {str(row["call_id"]): row for row in rows}
    return [_found(_in_scope(db, by_id[one])) for one, _ in chosen if one in by_id]


def kinds(every: pd.DataFrame) -> list[str]:
    """Kinds of calls that there are."""
    return sorted(every["call_type"].dropna().unique())


def by_meaning(db: ScopedSession, asked: Asked, model: str, most: int = 20) -> list[Found]:
    """Calls whose words are nearest to a text, by words, synonyms and vector together."""
    span = span_of(db, asked.days)
    if span is None:
        return []
    search.refuse_other_models(db.query("calls/embedding_models", list(span)), model)
    kind, outcome = (None if one == ANY else one for one in (asked.kind, asked.outcome))
    filters = [*span, None, None, kind, None, outcome, -1.0, _MOST_PASSAGES]
    every = db.query("calls/similar_to_text", [model, asked.text, model, *filters])
    rows = search.joined(every, asked.text, search.threshold(model), 20 * most)
    return _with_quotes(db, search.matches(rows, most), asked.text)


def alike(db: ScopedSession, call_id: str, model: str, most: int = 8) -> list[Found]:
    """Calls that are most like one call."""
    span = span_of(db, 3650)
    if span is None:
        return []
    search.refuse_other_models(db.query("calls/embedding_models", list(span)), model)
    # The scope cuts afterwards, so all are asked for.
    asked = [model, call_id, *span, *[None] * 5, search.threshold(model), _MOST_PASSAGES]
    return _with_quotes(db, search.matches(db.query("calls/similar_to_call", asked), most), "")


def _with_quotes(db: ScopedSession, found: Sequence[search.Match], text: str) -> list[Found]:
    told = []
    for match in found:
        rows = records(db.query("calls/one_call", [match.call_id]))
        if not rows:
            continue
        best = None
        if text:
            sentences = db.query("calls/sentences_of_call", [match.call_id])
            best = search.matched(sentences, match, text)
        told.append(_found(_in_scope(db, rows[0]), match.similarity, best))
    return told


def _in_scope(db: ScopedSession, row: Row) -> Row:
    """The call without the customer whose page the viewer may not open."""
    is_theirs = db.scope.allows("customer", row["customer_id"])
    return row if is_theirs else {**row, "customer_id": None}


def _found(row: Row, similarity: float | None = None, best: Row | None = None) -> Found:
    return Found(
        call_id=str(row["call_id"]),
        day=row["call_date"],
        title=text_or_none(row["title"]) or "untitled",
        account=text_or_none(row["account_name"]) or "account not known",
        customer_id=text_or_none(row["customer_id"]),
        rep=text_or_none(row["rep_name"]) or "not known",
        kind=text_or_none(row["call_type"]) or "",
        score=number_or_none(row["overall_score"]),
        priority=text_or_none(row["priority"]) or "",
        stage=text_or_none(row["deal_stage_at_call"]) or "",
        stage_now=text_or_none(row["deal_stage_now"]),
        similarity=similarity,
        start_ms=best["start_ms"] if best else None,
        sentence=best["sentence"] if best else "",
    )


@dataclass(frozen=True)
class Said:
    """One sentence of a transcript."""

    index: int
    start_ms: int
    speaker: str
    is_ours: bool
    text: str


@dataclass(frozen=True)
class Dimension:
    """A score of a call with what it rests on."""

    name: str
    score: float | None
    reason: str
    quotes: tuple[Row, ...]
    statistics_only: tuple[str, ...]
    """Names of criteria whose misses are right too seldom to be said to a person."""


@dataclass(frozen=True)
class Call:
    """All of one call."""

    row: Row
    sentences: tuple[Said, ...]
    dimensions: tuple[Dimension, ...]
    """Empty where the call was not scored, or its scores are not the viewer's to see."""
    objections: tuple[Row, ...]
    insights: tuple[Row, ...]
    signals: tuple[Row, ...]
    criteria: tuple[str, ...]
    """What can be disputed."""
    disputes: tuple[Dispute, ...]
    labels: tuple[Row, ...] = ()
    """How people hear what was judged."""

    @property
    def id(self) -> str:
        return str(self.row["call_id"])


def call_of(db: ScopedSession, call_id: str, rules: CoachingPolicy) -> Call:
    """All of the call with this id; raises ``NoCall``."""
    rows = db.query("calls/one_call", [call_id])
    if rows.empty:
        raise NoCall("no such call is among those that you may hear of")
    row = _in_scope(db, records(rows)[0])
    evidence = _json(row["evidence"], {})
    seen = bool(evidence) and row["status"] == "scored"
    every = disputing.of_all_time(db).values() if seen else ()
    return Call(
        row=row,
        sentences=_sentences(db, call_id),
        dimensions=_dimensions(evidence) if seen else (),
        objections=tuple(_json(row["objections"], [])),
        insights=tuple(_json(row["coaching_insights"], [])) if seen else (),
        signals=tuple(records(db.query("desk/signals_of_call", [call_id]))),
        criteria=tuple(disputing.criteria(rows, rules)) if seen else (),
        disputes=tuple(one for one in every if one.call_id == call_id),
        labels=tuple(records(db.query("coaching/labels_of_call", [call_id]))) if seen else (),
    )  # fmt: skip


@dataclass(frozen=True)
class Deal:
    """The deal of a call: at each of its calls, and what is to be expected."""

    path: stages.DealPath
    outlook: Outlook | None
    """Empty where it has ended."""
    tried: Backtest


def deal_of(db: ScopedSession, call: Row, rules: DealRules) -> Deal | None:
    """The deal of a call that the viewer may hear of; learned is from everybody's deals."""
    deal, span = text_or_none(call["hubspot_deal_id"]), span_of(db, 1)
    if deal is None or span is None:
        return None
    rows = db.query("calls/deal_calls", [span[1]])
    path = stages.paths(rows[rows["deal_id"] == deal], span[1], rules).get(deal)
    if path is None:
        return None
    told, tried = outlooks(rows, span[1], rules)
    return Deal(path, told.get(deal), tried)


def _json(text: Any, nothing: Any) -> Any:
    told = text_or_none(text)
    return json.loads(told) if told else nothing


def _dimensions(evidence: Mapping[str, Any]) -> tuple[Dimension, ...]:
    return tuple(_dimension(name, evidence[name]) for name in DIMENSIONS if name in evidence)


def _dimension(name: str, part: Mapping[str, Any]) -> Dimension:
    return Dimension(
        name.replace("_", " "), part["score"], part["reason"], tuple(part["quotes"]),
        aside([part]),
    )  # fmt: skip


def _sentences(db: ScopedSession, call_id: str) -> tuple[Said, ...]:
    names = {
        str(one["speaker_id"]): text_or_none(one["full_name"])
        for one in records(db.query("desk/people_of_call", [call_id]))
    }
    found = transcript.by_call(db.query("calls/sentences_of_call", [call_id])).get(call_id)
    if found is None:
        return ()
    told = []
    for turn in found.turns:
        name = names.get(str(turn.speaker_id)) or turn.side
        told += [
            Said(s.index, s.start_ms, name, turn.side == "rep", s.text)
            for s in found.sentences[turn.first : turn.last + 1]
        ]
    return tuple(told)
