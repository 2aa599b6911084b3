"""How a sentence of a customer speaks of the matter: blame, praise, both or neither.

Courtesy is taken out first. What is left is judged part by part by facts of the trade (a service
that is down, a contract that is to end) and by fitted words of feeling, which decide only where no
fact does, and only well above what any sentence of talk has.
"""

import math
import re
from collections.abc import Sequence
from functools import cache
from typing import NamedTuple

from cs_assets.ai.sentiment import trade_words
from cs_assets.ai.sentiment.courtesy import matter, speaks_of_the_matter
from cs_assets.ai.sentiment.fitted import log_odds, words
from cs_assets.search.cues import Cues

_STRENGTH = {"severe": -0.8, "bad": -0.5, "good": 0.4, "doubt": -0.25}
#: What a sentence of talk holds; shorter ones may be courtesy from end to end.
_PLAIN, _SHORT = (0.0,), 9
#: From here on a fact gives its sentence a label.
_CLEAR = 0.3
#: Log-odds of a sentence without any word that counts.
_USUAL_BLAME, _USUAL_PRAISE = -1.2, -1.2
#: How far above the usual a part must be for its fitted words to give it a label.
_CLEAR_BLAME, _CLEAR_PRAISE = 1.0, 1.6
_SCALE = 4.0
#: Strength of a part whose fitted words alone are far above the usual.
_FELT = 0.35
#: The most that feeling alone moves a score: to blame, to praise, and in courtesy.
_ILL_SCORE, _WELL_SCORE, _COURTESY_SCORE = 0.6, 0.3, 0.1
#: Praise of a thing says less of how somebody fares than blame does.
_PRAISE_SHARE = 0.5
#: That nothing bad happened is praise when it is said of a long time, else a mere fact.
_LASTING = re.compile(
    r"\b(?:since|so far|single|ever|never|anymore|any more|no more|nobody|not one|at all|fewer|less)\b"
)


class Judgement(NamedTuple):
    """What a sentence says of the matter: a strength for each part, none when all is courtesy.

    ``feeling``: of its fitted words, courtesy and all: -1 to 1, 0 for a sentence of talk. It orders
    sentences and gives none a label: who says thanks is not blaming, that is all.
    """

    facts: tuple[float, ...]
    feeling: float


def is_blame(facts: Sequence[float]) -> bool:
    """Whether one of these strengths is a clear blame."""
    return bool(facts) and min(facts) <= -_CLEAR


def is_praise(facts: Sequence[float]) -> bool:
    """Whether one of them is a clear praise."""
    return bool(facts) and max(facts) >= _CLEAR


def judge(text: str) -> Judgement:
    """One sentence judged."""
    lowered = text.lower() if text.isascii() else text.translate(_APOSTROPHES).lower()
    said = words(lowered)
    blame, praise = log_odds(said)
    more, less = blame - _USUAL_BLAME, praise - _USUAL_PRAISE
    feeling = math.tanh((0.5 * less - more) / _SCALE)
    # Most sentences hold no fact and are far from a clear feeling: no need to take them apart.
    is_felt = more - 0.5 * less >= _CLEAR_BLAME / 2 or less >= _CLEAR_PRAISE / 2
    heard = _cues()(lowered)
    if not heard and not is_felt:
        if len(said) > _SHORT or speaks_of_the_matter(lowered):
            return Judgement(_PLAIN, feeling)
        return Judgement((), feeling)
    mark = "?" if "?" in said[-1:] else ""
    facts = [one for part in matter(lowered) for one in _facts(part + mark, is_felt)]
    return Judgement(tuple(facts), feeling)


def is_told(text: str) -> bool:
    """Whether words say it, of trade or of praise and blame, and not the fitted ones alone."""
    return any(abs(fact) not in (0.0, _FELT) for fact in judge(text).facts)


def is_severe(text: str) -> bool:
    """Whether a sentence says that something stands still, is lost, or that they leave."""
    return any(fact <= _STRENGTH["severe"] for fact in judge(text).facts)


def score(judged: Sequence[Judgement]) -> float:
    """One number for neighbouring sentences, -1 to 1: mean of the facts, moved by the feeling.

    Courtesy alone is all but 0, and above any matter that is not praised.
    """
    feeling = sum([one.feeling for one in judged]) / len(judged)
    facts = [fact for one in judged for fact in one.facts]
    if not facts:
        return _COURTESY_SCORE * abs(feeling)
    weighed = [fact if fact < 0 else _PRAISE_SHARE * fact for fact in facts]
    moved = feeling * (_ILL_SCORE if feeling < 0 else _WELL_SCORE)
    return max(-1.0, min(1.0, sum(weighed) / len(weighed) + moved))


def _facts(part: str, is_felt: bool) -> list[float]:
    """Strengths of what a part says of the matter, 0 where it says neither good nor bad."""
    heard = _cues()(part)
    first, _, second = part.partition(" and ")
    if second and "good" in heard and heard & {"severe", "bad"}:
        return [*_facts(first, is_felt), *_facts(second, is_felt)]
    if "supposed" in heard or ("small talk" in heard and "severe" not in heard):
        return [0.0]
    is_bad = bool(heard & {"severe", "bad"})
    if "relief" in heard and (is_bad or "good" not in heard):
        return [_STRENGTH["good"] if _LASTING.search(part) else 0.0]
    for kind, strength in _STRENGTH.items():
        if kind in heard:
            return [strength]
    return [_strong_feeling(part) if is_felt else 0.0]


def _strong_feeling(part: str) -> float:
    """Fitted words give a label only far above the usual, and never to a question."""
    if part.endswith("?"):
        return 0.0
    blame, praise = log_odds(words(part), without_terms=True)
    blame, praise = blame - _USUAL_BLAME, praise - _USUAL_PRAISE
    if blame - 0.5 * praise >= _CLEAR_BLAME:
        return -_FELT
    return _FELT if praise >= _CLEAR_PRAISE and blame < 0 else 0.0


@cache
def _cues() -> Cues:
    return Cues(
        {
            "severe": trade_words.SEVERE,
            "bad": trade_words.BAD,
            "good": trade_words.GOOD,
            "relief": trade_words.RELIEF,
            "supposed": trade_words.SUPPOSED,
            "doubt": trade_words.DOUBT,
            "small talk": trade_words.SMALL_TALK,
        }
    )


_APOSTROPHES = str.maketrans({"’": "'", "‘": "'", "ʼ": "'"})
