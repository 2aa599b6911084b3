"""Whether a call can be scored fairly at all, and if not, why."""

from dataclasses import dataclass
from typing import Literal

from cs_assets.calls import language
from cs_assets.calls.scoring.rubric import Eligibility
from cs_assets.calls.transcript import Transcript

Status = Literal[
    "scored", "too_short", "internal", "private", "no_transcript", "unclear_speakers", "language"
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Verdict:
    """``scored`` when the call may be scored; otherwise what stands against it, in words."""

    status: Status
    reason: str


def judge(
    transcript: Transcript | None,
    *,
    scope: str | None,
    is_private: bool,
    rules: Eligibility,
    told_language: str | None = None,
) -> Verdict:
    """The first reason that stands against scoring the call."""
    if is_private:
        return Verdict("private", "the call is private in Gong")
    if scope == "Internal":
        return Verdict("internal", "only our own people took part")
    if transcript is None or not len(transcript):
        return Verdict("no_transcript", "there is no transcript (yet)")
    spoken = language.of_words(told_language, [s.text for s in transcript.sentences])
    if not language.is_english(spoken):
        return Verdict("language", f"not judged: language ({spoken})")
    if transcript.seconds < rules.minimum_seconds:
        return Verdict("too_short", f"{transcript.seconds:.0f} s of talk are too few to judge")
    return _speakers(transcript, rules)


def _speakers(transcript: Transcript, rules: Eligibility) -> Verdict:
    total = sum(transcript.words)
    unknown = transcript.words_of("unknown")
    if total and unknown / total > rules.maximum_unknown_share:
        return Verdict("unclear_speakers", f"{unknown / total:.0%} of the words have no known side")
    if transcript.rep_user_id is None:
        return Verdict("unclear_speakers", "nobody of our side could be told by name")
    if not transcript.words_of("customer"):
        return Verdict("unclear_speakers", "no words of the customer could be told apart")
    if transcript.words_of("rep") < rules.minimum_rep_words:
        return Verdict("too_short", "the rep said too little to judge")
    if transcript.words_of("customer") < rules.minimum_customer_words:
        return Verdict("too_short", "the customer said too little to judge")
    return Verdict("scored", "")
