"""How a text feels, judged on this machine by the VADER lexicon.

Source of the scores: C. Hutto and E. Gilbert, "VADER: A Parsimonious Rule-based
Model for Sentiment Analysis of Social Media Text" (2014); its ``compound`` value
lies in -1 to 1, and 0.05 either side of zero counts as neutral there.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal

Category = Literal["positive", "neutral", "negative", "mixed", "unknown"]

MODEL = "local-vader"

_NEUTRAL = 0.05
#: A sentence speaks clearly from here on; a text with clear sentences of both kinds is mixed.
_CLEAR = 0.3
#: Share of a text's sentences that each side needs for it to be mixed.
_MIXED_SHARE = 0.2

#: Words of this trade that the lexicon takes for praise or blame.
_TRADE_WORDS = (
    "support supports supported supporting value values share shares shared sharing security "
    "secure secured credit credits demand demands interest engage engaged engages engagement "
    "opportunity opportunities challenge challenges objection objections chance top lead free"
)

_SENTENCE_END = re.compile(r"(?<=[.!?…])\s+|\n+")


@dataclass(frozen=True, slots=True)
class Sentiment:
    """Category of a text and its score from -1 to 1; no score when nothing could be judged."""

    category: Category
    score: float | None


UNKNOWN = Sentiment("unknown", None)


def sentiment(text: str | None) -> Sentiment:
    """How ``text`` feels: the mean over its sentences, ``unknown`` without any letter.

    Not the compound of the whole text: that runs to -1 or 1 with length alone.
    """
    if not text or not any(character.isalpha() for character in text):
        return UNKNOWN
    scores = [_sentence_score(part) for part in _SENTENCE_END.split(text) if part.strip()]
    mean = sum(scores) / len(scores)
    needed = _MIXED_SHARE * len(scores)
    clear_positive = sum(score >= _CLEAR for score in scores)
    clear_negative = sum(score <= -_CLEAR for score in scores)
    if min(clear_positive, clear_negative) >= max(1.0, needed):
        return Sentiment("mixed", round(mean, 4))
    return Sentiment(category_of(mean), round(mean, 4))


def category_of(score: float) -> Category:
    """The category of one score: VADER's own thresholds of 0.05 either side of zero."""
    if score >= _NEUTRAL:
        return "positive"
    return "negative" if score <= -_NEUTRAL else "neutral"


def sentiments(texts: Sequence[str | None]) -> list[Sentiment]:
    """``sentiment`` of each text; the same text is judged once."""
    known: dict[str | None, Sentiment] = {}
    for text in texts:
        if text not in known:
            known[text] = sentiment(text)
    return [known[text] for text in texts]


def _sentence_score(sentence: str) -> float:
    return float(_analyzer().polarity_scores(sentence)["compound"])


@cache
def _analyzer() -> Any:
    # Reading the lexicon costs tens of milliseconds, so only who asks for it pays.
    from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer

    analyzer = SentimentIntensityAnalyzer()
    for word in _TRADE_WORDS.split():
        analyzer.lexicon.pop(word, None)
    return analyzer
