"""What a model answered about a call, taken only where its quote proves it.

The model is not trusted: an answer of another shape, a criterion named twice or not at all, a
share outside 0 to 1, a quote that nobody said, that the wrong side said or that is no sentence of
its own, and a reason that is more than a plain sentence reject the criterion.
"""

import re
from collections.abc import Mapping, Sequence

from pydantic import BaseModel, ConfigDict, ValidationError

from cs_assets.ai.material import clean
from cs_assets.calls.judging.by_rules import SHOWN
from cs_assets.calls.judging.judges import Case, CriterionToJudge, Judged, JudgeRules, Verdict, side
from cs_assets.calls.scoring.rubric import Dimension
from cs_assets.calls.transcript import lowered

_LONGEST_REASON = 240
#: Words from which a part of a sentence can be told from another.
_PROVING_WORDS = 3
_NO_PLAIN_SENTENCE = re.compile(r"[<>{}|\\`=@#*_]|://|www\.|\w\.\w{2,}/|\d|;\s*--")
_QUOTES = " \t\"'“”„«»‘’"
#: What stands for a person or an address in words that left the warehouse.
_PLACEHOLDER = re.compile(r"\[[A-Z]+_[A-Z]+\]")


class Answered(BaseModel):
    """One criterion as a model answers it."""

    model_config = ConfigDict(extra="forbid", strict=True)

    criterion: str
    applies: bool
    share: float
    reason: str
    sentence: int
    quote: str


class Answer(BaseModel):
    """All of an answer."""

    model_config = ConfigDict(extra="forbid", strict=True)

    criteria: list[Answered]


def proven(answer: str, case: Case, told: Sequence[str], rules: JudgeRules) -> Judged:
    """The verdicts of ``answer`` (JSON); ``told`` are the sentences as the model was given them."""
    try:
        read = Answer.model_validate_json(answer)
    except (ValidationError, ValueError, RecursionError):
        why = "the answer is not the JSON object that was asked for"
        return Judged(tuple(Verdict(d, key, None, "", None, why) for d, key in rules.judged))
    by_key: dict[str, list[Answered]] = {}
    for one in read.criteria:
        by_key.setdefault(one.criterion, []).append(one)
    places = {sentence.index: place for place, sentence in enumerate(case.transcript.sentences)}
    return Judged(
        tuple(
            _verdict(d, key, by_key.get(key, []), rules.criteria[d][key], case, told, places)
            for d, key in rules.judged
        )
    )


def _verdict(
    dimension: Dimension,
    key: str,
    answers: Sequence[Answered],
    asked: CriterionToJudge,
    case: Case,
    told: Sequence[str],
    places: Mapping[int, int],
) -> Verdict:
    def rejected(why: str, position: int | None = None) -> Verdict:
        return Verdict(dimension, key, None, "", position, why)

    if len(answers) != 1:
        return rejected("not answered" if not answers else "answered more than once")
    (one,) = answers
    reason = " ".join(one.reason.split())
    if not _is_plain(reason):
        return rejected("the reason is no plain sentence")
    reason = _PLACEHOLDER.sub("somebody", reason)
    if not one.applies:
        return Verdict(dimension, key, None, reason)
    if not 0 <= one.share <= 1:
        return rejected("the share is not between 0 and 1")
    position = place_of(one.quote, one.sentence, told, places)
    if position is None:
        return rejected("the quote is no sentence of the call")
    allowed = asked.shown_by if one.share >= SHOWN else asked.missed_by
    if side(case.transcript, position) not in allowed:
        return rejected(f"the quote is not of {' or '.join(allowed)}", position)
    return Verdict(dimension, key, round(one.share, 3), reason, position)


def _is_plain(reason: str) -> bool:
    bare = _PLACEHOLDER.sub("", reason)
    return (
        0 < len(bare) <= _LONGEST_REASON
        and clean(bare, _LONGEST_REASON) == bare
        and not _NO_PLAIN_SENTENCE.search(bare)
    )


def place_of(quote: str, number: int, told: Sequence[str], places: Mapping[int, int]) -> int | None:
    """The place of the sentence that holds ``quote``; a wrong number is forgiven if one alone does.

    Case, kind of apostrophe and marks around it do not count; a part counts from three words.
    """
    wanted = lowered(quote).strip(_QUOTES)
    if not wanted:
        return None
    holding = [place for place, said in enumerate(told) if _holds(lowered(said), wanted)]
    if (numbered := places.get(number)) in holding:
        return numbered
    return holding[0] if len(holding) == 1 else None


def _holds(said: str, wanted: str) -> bool:
    if said.strip(_QUOTES) == wanted:
        return True
    if len(wanted.split()) < _PROVING_WORDS or wanted not in said:
        return False
    return re.search(rf"(?<!\w){re.escape(wanted)}(?!\w)", said) is not None
