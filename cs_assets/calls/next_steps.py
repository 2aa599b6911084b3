"""Next steps at the end of a conversation: who does what by when, in the speaker's words."""

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from cs_assets.calls.due_dates import due_date
from cs_assets.calls.scoring import questions
from cs_assets.calls.scoring.rubric import Rubric
from cs_assets.calls.scoring.wording import content_words
from cs_assets.calls.transcript import Side, Transcript

#: Turns after a proposal in which a yes accepts it, or a sentence completes it with a day.
_ACCEPTED_WITHIN = 2
_YES = re.compile(
    r"^(?:oh,? |well,? |and,? |then,? )*(?:yes|yeah|yep|sure|okay|ok|agreed|perfect|great|good|"
    r"fine|please do|please|sounds good|absolutely|definitely|deal|done|gladly|let's do (?:that|it)"
    r"|it would|it does|that works|works for me)\b"
)


@dataclass(frozen=True, slots=True)
class Commitment:
    """A sentence in which somebody takes on a step; ``is_dated`` when it names a day or time."""

    position: int
    is_dated: bool
    dates: int
    """How many days or times it names: 'by Wednesday, and we meet on Thursday' is the plan."""
    side: Side = "rep"
    due: dt.date | None = None
    """The day it names, as a date; empty without one or without the day of the call."""


def find(
    transcript: Transcript,
    rubric: Rubric,
    cues: Sequence[frozenset[str]],
    called: dt.date | None = None,
) -> list[Commitment]:
    """Commitments of either known side in the later part of a call, in order.

    ``cues`` are the rubric's of each sentence; ``called`` is the call's day, against which
    relative dates are resolved. A bare yes is no step: the proposal that it accepts is, with the
    day named in either.
    """
    found: list[Commitment] = []
    earliest = rubric.next_step_from * len(transcript)
    for position in transcript.positions("rep", "colleague", "customer"):
        if position < earliest or not _commits(transcript, cues, position):
            continue
        text = transcript.lowered[position]
        due = due_date(text, called) if called else None
        is_dated = ("dated" in cues[position] or due is not None) and (
            "vague_time" not in cues[position] or due is not None
        )
        if called and due is None and _ONLY_A_WEEK.search(text):
            is_dated = False
        dates = max(1, rubric.dates_in(text)) if is_dated else 0
        found.append(Commitment(position, is_dated, dates, transcript.sides[position], due))
    return [_completed(transcript, one, cues, called) for one in found]


_ONLY_A_WEEK = re.compile(r"\b(?:this|next|the following) (?:week|month|quarter|year)\b")


def _commits(transcript: Transcript, cues: Sequence[frozenset[str]], position: int) -> bool:
    """Whether a sentence takes on or proposes a step.

    A customer's question is none unless it asks us to do something by its form; a word of yes
    that names nothing is none.
    """
    heard, text = cues[position], transcript.lowered[position]
    if "no_step" in heard:
        return False
    is_ours = transcript.sides[position] != "customer"
    if not ("commitment" in heard or (is_ours and "plan" in heard)):
        return False
    asks = questions.is_question(text, punctuated=transcript.marks_questions)
    if asks and not is_ours and not _ASKS_US.search(text):
        return False
    return not (_YES.search(text) and len(content_words(text)) < 1)


#: A customer's question that is a request for a step.
_ASKS_US = re.compile(
    r"\b(?:can|could|would|will) (?:you|we) (?:please |also |maybe )?(?:send|mail|email|call|ring|"
    r"meet|book|set|schedule|do|share|forward|put|write|arrange)\b|\bshall we\b"
)


def _completed(
    transcript: Transcript,
    step: Commitment,
    cues: Sequence[frozenset[str]],
    called: dt.date | None,
) -> Commitment:
    """A step without a day takes the day that the next turns agree on."""
    if step.is_dated or called is None:
        return step
    turn = transcript.turn_of[step.position]
    for position in range(step.position + 1, len(transcript)):
        if transcript.turn_of[position] > turn + _ACCEPTED_WITHIN:
            break
        text = transcript.lowered[position]
        if "no_step" in cues[position] or transcript.words[position] > _AGREEING_WORDS:
            continue
        due = due_date(text, called)
        if due is not None:
            return replace(step, is_dated=True, dates=1, due=due)
    return step


#: A sentence that only settles the day is short.
_AGREEING_WORDS = 10


def best(commitments: list[Commitment]) -> Commitment | None:
    """The next step of the call: the commitment with most dates, of equals the last; or none."""
    if not commitments:
        return None
    return max(commitments, key=lambda commitment: (commitment.dates, commitment.position))
