"""How the customer's side felt in a call: from verdicts on sentences to one category.

Labels are not numbers: the category comes from counted labels, the score only
from engines that give one. Low sentiment is not low skill: the scorer of the rep
does not read it.
"""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

Category = Literal["positive", "neutral", "negative", "mixed", "unknown"]

#: Fewer judged sentences than this say nothing about a call.
MINIMUM_SENTENCES = 3
#: Share of positive minus share of negative sentences from which a call leans to one side.
LEANS = 0.10
#: Mean score that says the same for a smaller lead, where the engine gives scores.
LEANS_BY_SCORE = 0.05
#: Share of sentences of either kind from which a call without a lean is mixed, not neutral.
COLOURED = 0.15
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


def of_call(sentences: Sequence[Judged]) -> CallSentiment:
    """One call's sentiment from its customer sentences."""
    judged = [s for s in sentences if s.label is not None and s.label != "unknown"]
    positive = _strongest(judged, "positive")
    negative = _strongest(judged, "negative")
    scores = [s.score for s in judged if s.score is not None]
    enough = scores and len(judged) >= MINIMUM_SENTENCES
    score = sum(scores) / len(scores) if enough else None
    return CallSentiment(
        category=_category([s.label for s in judged if s.label is not None], score),
        score=score,
        sentences_scored=len(judged),
        positive=tuple(positive[:SEGMENTS]),
        negative=tuple(negative[:SEGMENTS]),
    )


def _category(labels: list[str], score: float | None) -> Category:
    """By the lead of one side; a small lead needs the engine's score to say the same."""
    n = len(labels)
    if n < MINIMUM_SENTENCES:
        return "unknown"
    positive = (labels.count("positive") + 0.5 * labels.count("mixed")) / n
    negative = (labels.count("negative") + 0.5 * labels.count("mixed")) / n
    lead = positive - negative
    if lead >= LEANS or (lead > 0 and (score or 0.0) >= LEANS_BY_SCORE):
        return "positive"
    if lead <= -LEANS or (lead < 0 and (score or 0.0) <= -LEANS_BY_SCORE):
        return "negative"
    return "mixed" if min(positive, negative) >= COLOURED else "neutral"


def _strongest(judged: list[Judged], label: str) -> list[Judged]:
    """Sentences of that label, strongest first; in the order spoken where no score tells."""
    found = [s for s in judged if s.label == label]
    return sorted(found, key=lambda s: (-abs(s.score or 0.0), s.sentence_index))


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
