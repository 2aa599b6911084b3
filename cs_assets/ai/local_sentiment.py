"""How a text of a customer speaks of the matter, judged on this machine: ``ai.sentiment``.

The bare VADER lexicon stood here before: it called 96 % of 2,000 service dialogues positive,
since courtesy has warm words and a broken service none.
"""

import re
from collections.abc import Sequence
from typing import Literal, NamedTuple

from cs_assets.ai.sentiment.judging import is_blame, is_praise, judge, score

Category = Literal["positive", "neutral", "negative", "mixed", "unknown"]

MODEL = "local-matter-1"

_LETTER = re.compile(r"[^\W\d_]")
_SENTENCE_END = re.compile(r"(?<=[.!?…])\s+|\n+")
_SEVERAL = re.compile(r"[.!?…]\s|\n")


class Sentiment(NamedTuple):
    """Category of a text and its score from -1 to 1; no score when nothing could be judged."""

    category: Category
    score: float | None


UNKNOWN = Sentiment("unknown", None)


def sentiment(text: str | None) -> Sentiment:
    """How ``text`` speaks of the matter: the mean of its sentences, ``unknown`` without a letter.

    What is blamed and praised in clear words is ``mixed``; courtesy alone is neutral and 0.
    """
    if not text or not _LETTER.search(text):
        return UNKNOWN
    found = [judge(said) for said in sentences_of(text)]
    number = round(score(found), 4)
    facts = [fact for one in found for fact in one.facts]
    blames, praises = is_blame(facts), is_praise(facts)
    if blames and praises:
        return Sentiment("mixed", number)
    return Sentiment("negative" if blames else "positive" if praises else "neutral", number)


def sentences_of(text: str) -> list[str]:
    """The sentences of a text; most texts are one."""
    inside = text[:-1]
    if not ("." in inside or "?" in inside or "!" in inside or "…" in inside or "\n" in text):
        return [text]  # as most are
    if not _SEVERAL.search(text):
        return [text]
    return [said for said in _SENTENCE_END.split(text) if said.strip()]


def sentiments(texts: Sequence[str | None]) -> list[Sentiment]:
    """``sentiment`` of each text; the same text is judged once."""
    known: dict[str | None, Sentiment] = {}
    for text in texts:
        if text not in known:
            known[text] = sentiment(text)
    return [known[text] for text in texts]
