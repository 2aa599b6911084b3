"""One call from transcript to the row of ``analytics.call_analysis``.

The rule-based scorer put together: same transcript, rubric and deal, same row.
"""

import datetime as dt
import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from cs_assets.calls import hearing, impact, next_steps, objections
from cs_assets.calls.impact import Deal
from cs_assets.calls.scoring import dimensions, eligibility, insights
from cs_assets.calls.scoring.rubric import DIMENSIONS, Dimension, Rubric, Taxonomy, rules_version
from cs_assets.calls.scoring.shown import Shown
from cs_assets.calls.transcript import Transcript, text_hash

MODEL = "rules"


@dataclass(frozen=True, slots=True)
class Call:
    """What is known of a call besides its transcript."""

    call_id: str
    call_date: dt.date
    call_type: str | None
    scope: str | None
    is_private: bool
    deal: Deal
    sentiment: str | None = None
    speaks_of_leaving: bool = False
    """Whether a signal of churn was heard in it."""
    language: str | None = None
    """As Gong has it, ISO 639-2; words that plainly are of another outweigh it."""


def analyse(
    call: Call, transcript: Transcript | None, rubric: Rubric, taxonomy: Taxonomy
) -> dict[str, Any]:
    """The row of one call, scored or with the status that says why not."""
    verdict = eligibility.judge(
        transcript,
        scope=call.scope,
        is_private=call.is_private,
        rules=rubric.eligibility,
        told_language=call.language,
    )
    row = _blank(call, verdict, rubric, taxonomy, transcript)
    if verdict.status != "scored" or transcript is None:
        return row
    heard = hearing.hear(
        transcript, rubric, taxonomy, call_type=call.call_type, called=call.call_date
    )
    talked, raised = heard.talk, heard.objections
    scores = hearing.judge(heard, taxonomy)
    step = next_steps.best(list(heard.commitments))
    labels = {kind: rules.label for kind, rules in taxonomy.kinds.items()}
    told = impact.Told(raised, call.sentiment, call.speaks_of_leaving, step is not None)
    found = impact.impact(call.deal, told, rubric.risk, labels)
    rep_turns = sum(turn.side == "rep" for turn in transcript.turns)
    urgency = impact.urgency(scores, rep_turns, found, rubric)
    total = dimensions.overall(scores, rubric)
    return row | {
        "overall_score": None if total is None else round(total, 1),
        **{f"{dimension}_score": scores[dimension].score for dimension in DIMENSIONS},
        "evidence": _json(_evidence(scores, transcript, rubric)),
        "objections": _json([_objection(one, transcript) for one in raised]),
        "talk_ratio": talked.talk_ratio,
        "longest_monologue_seconds": (
            talked.longest_monologue.seconds if talked.longest_monologue else None
        ),
        "patience_seconds": talked.patience_seconds,
        "question_count": talked.question_count,
        "next_step": transcript.sentences[step.position].text if step else None,
        "next_step_sentence": transcript.sentences[step.position].index if step else None,
        "next_step_is_dated": step.is_dated if step else None,
        "next_step_due": step.due if step else None,
        "next_step_owner": step.owner if step else None,
        "priority": urgency.priority,
        "priority_reason": urgency.reason,
        "business_impact": _json(found.as_dict()),
        "coaching_insights": _json(
            [_insight(one, transcript) for one in insights.find(scores, rubric)]
        ),
    }


def _blank(
    call: Call,
    verdict: eligibility.Verdict,
    rubric: Rubric,
    taxonomy: Taxonomy,
    transcript: Transcript | None,
) -> dict[str, Any]:
    """The row of a call that is not scored: every list empty, every figure missing."""
    readable = transcript is not None and not call.is_private
    return {
        "call_id": call.call_id,
        "call_date": call.call_date,
        "rep_user_id": transcript.rep_user_id if readable and transcript else None,
        "status": verdict.status,
        "status_reason": verdict.reason or None,
        "overall_score": None,
        **{f"{dimension}_score": None for dimension in DIMENSIONS},
        "evidence": "{}",
        "objections": "[]",
        "talk_ratio": None,
        "longest_monologue_seconds": None,
        "patience_seconds": None,
        "question_count": None,
        "next_step": None,
        "next_step_sentence": None,
        "next_step_is_dated": None,
        "next_step_due": None,
        "next_step_owner": None,
        "priority": "Low",
        "priority_reason": "not scored",
        "business_impact": _json(impact.unknown_impact(call.deal).as_dict()),
        "coaching_insights": "[]",
        "rubric_version": rules_version(rubric, taxonomy),
        "model": MODEL,
        "text_hash": text_hash(transcript.sentences) if readable and transcript else None,
        "input_hash": input_hash(call, transcript),
    }


def input_hash(call: Call, transcript: Transcript | None) -> str:
    """Changes with anything a row depends on besides the rubric: words, deal, sentiment, flags."""
    words = text_hash(transcript.sentences) if transcript is not None else ""
    felt = (call.sentiment, call.speaks_of_leaving)
    known = (call.call_type, call.scope, call.is_private, *felt, call.language)
    facts = [*known, asdict(call.deal), words]
    return hashlib.sha256(_json(facts).encode()).hexdigest()


def _evidence(
    scores: Mapping[Dimension, dimensions.DimensionScore], transcript: Transcript, rubric: Rubric
) -> dict[str, dict[str, Any]]:
    return {
        dimension: {
            "score": scored.score,
            "reason": scored.reason,
            "statistics_only": [
                c.key
                for c in scored.criteria
                if c.share is not None and not rubric.criterion(dimension, c.key).is_quotable
            ],
            "criteria": {
                c.key: None if c.share is None else round(c.share, 3) for c in scored.criteria
            },
            **_places(dimension, scored, transcript, rubric),
            "names": {c.key: rubric.criterion(dimension, c.key).label for c in scored.criteria},
            "quotes": [_shown(transcript, one) for one in scored.quotes],
        }
        for dimension, scored in scores.items()
    }


def _places(
    dimension: Dimension,
    scored: dimensions.DimensionScore,
    transcript: Transcript,
    rubric: Rubric,
) -> dict[str, dict[str, list[int]]]:
    """Sentences at which a criterion was missed or heard, of criteria that may be quoted."""

    def at(positions: Sequence[int]) -> list[int]:
        return [transcript.sentences[position].index for position in positions]

    quotable = [c for c in scored.criteria if rubric.criterion(dimension, c.key).is_quotable]
    return {
        "missed": {
            c.key: at(c.missed or (c.moment,))
            for c in quotable
            if c.moment is not None and insights.is_missed(c)
        },
        "shown": {c.key: at(c.heard) for c in quotable if c.heard and c.share == 1},
    }


def quote(transcript: Transcript, position: int) -> dict[str, Any]:
    """The exact words at a position, bound to sentence, time and side."""
    sentence = transcript.sentences[position]
    return {
        "sentence_index": sentence.index,
        "start_ms": sentence.start_ms,
        "speaker": transcript.sides[position],
        "text": sentence.text,
    }


def _shown(transcript: Transcript, one: Shown) -> dict[str, Any]:
    before = None if one.before is None else quote(transcript, one.before)
    told = {"criterion": one.criterion, "shows": one.shows, "before": before}
    return quote(transcript, one.position) | told


def _objection(one: objections.Objection, transcript: Transcript) -> dict[str, Any]:
    at = quote(transcript, one.position)
    reply, shown = one.reply_position, one.outcome_position
    return {
        "type": one.kind,
        "group": one.group,
        "outcome": one.outcome,
        "is_brush_off": one.is_brush_off,
        "is_certain": one.is_certain,
        "sentence_index": at["sentence_index"],
        "start_ms": at["start_ms"],
        "text": at["text"],
        "reply_index": None if reply is None else transcript.sentences[reply].index,
        "outcome_index": None if shown is None else transcript.sentences[shown].index,
    }


def _insight(one: insights.Insight, transcript: Transcript) -> dict[str, Any]:
    sentence = transcript.sentences[one.position]
    return {
        "dimension": one.dimension,
        "criterion": one.criterion,
        "observation": one.observation,
        "action": one.action,
        "sentence_index": sentence.index,
        "start_ms": sentence.start_ms,
        "points": one.points,
    }


def _json(value: Sequence[Any] | Mapping[str, Any]) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True)
