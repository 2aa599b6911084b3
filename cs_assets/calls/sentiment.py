"""How the customer's side spoke of the matter in a call: from verdicts on sentences to a category.

Courtesy does not count, whoever judged it. Labels are not numbers: the category comes from counted
labels, the score only from engines that give one. Low sentiment is not low skill: the scorer of the
rep does not read it.
"""

import hashlib
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from cs_assets.ai.sentiment.courtesy import matter
from cs_assets.ai.sentiment.judging import is_severe, is_told
from cs_assets.calls.transcript import lowered

Category = Literal["positive", "neutral", "negative", "mixed", "unknown"]

#: Fewer judged sentences than this say nothing about a call.
MINIMUM_SENTENCES = 3
#: Lead of one side, as a share of the sentences, from which a call leans to it. Praise is said in
#: passing in every fourth sentence of friendly talk, blame in every twentieth.
LEANS_TO_PRAISE, LEANS_TO_BLAME = 0.15, 0.08
#: Share of sentences on either side from which a call is mixed, unless the lead is this clear.
COLOURED, CLEAR_LEAD = 0.12, 0.20
#: Strength from which a sentence is shown.
_SHOWN_FROM = 0.2
#: Praise of what others have is none of ours.
_OF_OTHERS = re.compile(
    r"\b(?:their|they have|theirs|his|her) (?:\w+ )?(?:portal|tool|price|prices|app|"
    r"system|product|demo|offer|support|reports?|screens?|interface|team)\b"
    r"|\bquite happy with (?:it|them)\b"
)
#: In a call of so many judged sentences one that can be shown is a moment; two make it negative.
_LONG, _SAID_TWICE = 15, 2
#: The first seconds of a call of some length are of weather and trains.
_SMALL_TALK_MS, _LONG_CALL_MS = 25_000, 120_000
#: Segments kept as evidence on each side.
SEGMENTS = 3


@dataclass(frozen=True, slots=True)
class Judged:
    """One customer sentence; no ``label`` when it was not judged; ``score`` is -1 to 1 or none."""

    sentence_index: int
    start_ms: int
    text: str
    label: str | None
    score: float | None


@dataclass(frozen=True, slots=True)
class CallSentiment:
    """A call's verdict and the segments behind it, strongest first."""

    category: Category
    score: float | None
    sentences_scored: int
    positive: tuple[Judged, ...]
    negative: tuple[Judged, ...]


def of_call(sentences: Sequence[Judged], *, in_english: bool = True) -> CallSentiment:
    """One call's sentiment from its customer sentences; courtesy alone is left out.

    What can be shown is known of English only: a call in another language goes by its labels.
    """
    told = [s for s in sentences if s.label is not None and s.label != "unknown"]
    small_talk = _SMALL_TALK_MS if told and told[-1].start_ms > _LONG_CALL_MS else 0
    judged = [s for s in told if s.start_ms >= small_talk and matter(lowered(s.text))]
    positive = _strongest(judged, "positive")
    negative = _strongest(judged, "negative")
    scores = [s.score for s in judged if s.score is not None]
    enough = scores and len(judged) >= MINIMUM_SENTENCES
    category = _category([s.label for s in judged if s.label is not None])
    if category == "positive" and any(is_severe(s.text) for s in negative):
        category = "mixed"
    is_lone = in_english and len(judged) >= _LONG and len(negative) < _SAID_TWICE
    if category == "negative" and is_lone:
        category = "neutral"
    return CallSentiment(
        # Thanks from end to end are a judged call, too: nothing was said against the matter.
        category="neutral" if len(judged) < MINIMUM_SENTENCES <= len(told) else category,
        score=sum(scores) / len(scores) if enough else None,
        sentences_scored=len(judged),
        positive=tuple(positive[:SEGMENTS]),
        negative=tuple(negative[:SEGMENTS]),
    )


def _category(labels: list[str]) -> Category:
    """By the lead of one side, each against what friendly talk has of it anyway."""
    n = len(labels)
    if n < MINIMUM_SENTENCES:
        return "unknown"
    positive = (labels.count("positive") + 0.5 * labels.count("mixed")) / n
    negative = (labels.count("negative") + 0.5 * labels.count("mixed")) / n
    lead = positive - negative
    if min(positive, negative) >= COLOURED and abs(lead) < CLEAR_LEAD:
        return "mixed"
    if lead >= LEANS_TO_PRAISE:
        return "positive"
    return "negative" if -lead >= LEANS_TO_BLAME else "neutral"


def _strongest(judged: list[Judged], label: str) -> list[Judged]:
    """Sentences of that label that can be shown, strongest first, else in the order spoken.

    One that only the fitted words lean to counts; as the proof of a verdict it would amaze.
    """
    found = [s for s in judged if s.label == label and (s.score is None or _is_plain(s))]
    return sorted(found, key=lambda s: (-abs(s.score or 0.0), s.sentence_index))


def _is_plain(sentence: Judged) -> bool:
    clear = abs(sentence.score or 0.0) >= _SHOWN_FROM
    is_theirs = _OF_OTHERS.search(lowered(sentence.text)) and (sentence.score or 0.0) > 0
    return clear and is_told(sentence.text) and not is_theirs


def segments_json(segments: Sequence[Judged]) -> str:
    """Segments as the table keeps them."""
    rows: list[dict[str, Any]] = [
        {
            "sentence_index": s.sentence_index,
            "start_ms": s.start_ms,
            "text": s.text,
            "score": s.score,
        }
        for s in segments
    ]
    return json.dumps(rows, ensure_ascii=False)


def words_hash(sentences: Sequence[Judged]) -> str:
    """SHA-256 of the words judged."""
    return hashlib.sha256("\n".join(s.text for s in sentences).encode()).hexdigest()
