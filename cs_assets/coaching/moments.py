"""Moments worth listening to again: a win, and where a focus area shows."""

import datetime as dt
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import pandas as pd

from cs_assets.coaching.policy import DIMENSIONS, CoachingPolicy
from cs_assets.coaching.quotes import Transcripts, Words

Call = Mapping[str, Any]

#: Shorter sentences say nothing, longer ones are not read.
_LEAST_WORDS, _MOST_WORDS = 5, 60


@dataclass(frozen=True)
class Moment:
    """A place in a call with the exact words said there."""

    call_id: str
    title: str
    date: dt.date
    url: str | None
    words: Words
    seen: str | None = None
    """What was observed in the call, by whoever scored it."""


@dataclass(frozen=True)
class Win:
    """What went well: ``subject`` is a dimension or an objection type."""

    kind: Literal["improved_focus", "improving", "objection_resolved", "strong_moment", "none"]
    subject: str = ""
    moment: Moment | None = None


def moment(call: Call, words: Words, seen: str | None = None) -> Moment:
    """The moment of ``words`` in ``call`` (a row of ``evidence.readable``)."""
    title, url = call["title"], call["url"]
    return Moment(
        call_id=str(call["call_id"]),
        title=str(title) if not pd.isna(title) and str(title).strip() else "call without a title",
        date=call["call_date"],
        url=None if pd.isna(url) else str(url),
        words=words,
        seen=seen,
    )


def focus_moment(
    calls: Sequence[Call], dimension: str, criteria: Collection[str], transcripts: Transcripts
) -> Moment | None:
    """Where the advice would have helped most: the weakest call that lacked what it mends.

    Only an insight proves that it was lacking: calls that lacked something else of the dimension,
    and calls without an insight, illustrate nothing.
    """
    ordered = sorted(
        (call for call in calls if not pd.isna(call[dimension])),
        key=lambda call: (call[dimension], -call["call_date"].toordinal(), call["call_id"]),
    )
    for call in ordered:
        for insight in call["coaching_insights"]:
            if insight.dimension != dimension or insight.criterion not in criteria:
                continue
            if insight.sentence_index is None:
                continue
            words = transcripts.at(str(call["call_id"]), insight.sentence_index)
            if words is not None and _tells(words):
                return moment(call, words, insight.observation.strip().rstrip(".") or None)
    return None


def win(
    this_week: Sequence[Call],
    improved: Sequence[str],
    improving: Sequence[str],
    transcripts: Transcripts,
    policy: CoachingPolicy,
) -> Win:
    """The best that can be shown, strongest evidence first.

    A focus area that reached its target (``improved``, focus ids), a dimension that
    improves (``improving``), an objection resolved this week, a call of this week at its
    target with words to prove it. Else nothing: praise without evidence is noise.
    """
    for focus_id in improved:
        return Win("improved_focus", focus_id)
    for dimension in improving:
        return Win("improving", dimension, _best_moment(this_week, dimension, transcripts))
    newest = sorted(this_week, key=lambda c: (-c["call_date"].toordinal(), c["call_id"]))
    for call in newest:
        for objection in call["objections"]:
            if objection.outcome != "resolved" or objection.reply_index is None:
                continue
            words = transcripts.at(str(call["call_id"]), objection.reply_index)
            if words is not None and words.affiliation == "Internal" and _tells(words):
                return Win("objection_resolved", objection.type, moment(call, words))
    return _strong_moment(this_week, transcripts, policy)


def _strong_moment(calls: Sequence[Call], transcripts: Transcripts, policy: CoachingPolicy) -> Win:
    found = sorted(
        (
            (-float(call[name]), name, str(call["call_id"]), call)
            for call in calls
            for name in DIMENSIONS[1:]
            if not pd.isna(call[name]) and call[name] >= policy.dimensions[name].target
        ),
        key=lambda item: item[:3],
    )
    for _, name, _, call in found:
        for words in _evidence_words(call, name, transcripts):
            return Win("strong_moment", name, moment(call, words))
    return Win("none")


def _best_moment(calls: Sequence[Call], dimension: str, transcripts: Transcripts) -> Moment | None:
    ordered = sorted(
        (call for call in calls if not pd.isna(call[dimension])),
        key=lambda call: (-call[dimension], call["call_id"]),
    )
    for call in ordered:
        for words in _evidence_words(call, dimension, transcripts):
            return moment(call, words)
    return None


def _evidence_words(call: Call, dimension: str, transcripts: Transcripts) -> Iterable[Words]:
    """The quotes of the evidence that stand in the transcript and were said by our side."""
    evidence = call["evidence"].get(dimension)
    for quote in evidence.quotes if evidence else ():
        words = transcripts.find(str(call["call_id"]), quote.sentence_index, quote.text)
        if words is not None and _tells(words) and words.affiliation == "Internal":
            yield words


def _tells(words: Words) -> bool:
    """Whether a sentence is worth quoting: neither a courtesy nor a speech."""
    return _LEAST_WORDS <= len(words.text.split()) <= _MOST_WORDS
