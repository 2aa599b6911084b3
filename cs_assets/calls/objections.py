"""Objections: found in the customer's words, followed to their outcome in the turns after.

An objection is a stated obstacle; a brush-off (a reflex to end the talk) is
reported apart and never scored. One objection is one kind within a few turns,
however often it is repeated there.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from cs_assets.calls.scoring import questions
from cs_assets.calls.scoring.rubric import ObjectionCues, ObjectionGroup, OutcomeCue, Taxonomy
from cs_assets.calls.transcript import Transcript, Turn

#: Who signs and what they may spend is an objection when it is held against us, and an answer
#: when we asked for it.
_ANSWERS_WHO = frozenset({"authority", "budget"})
_ASKS_WHO = re.compile(
    r"\b(who|whom|whose|anybody|anyone|somebody|someone|people|sign|signs|decides?|decision|approv\w+|"
    r"say in|opinion|involved|budget)\b"
)
#: What waits for somebody else or for a day is put off, not settled, when a day is named.
_WAITS = frozenset({"authority", "timing"})
#: A refusal without a reason.
_OTHER = "other"
#: After such a question a short yes of the customer answers nothing.
_ASKS_FOR_A_WORD = re.compile(
    r"^(?:and |so |but |okay,? )*(?:who|whose|what|which|where|when|how|why)\b"
)
#: A customer's turn this short may say that something is settled.
_SETTLED_WORDS = 14

Outcome = Literal["resolved", "deferred", "unresolved", "lost"]


@dataclass(frozen=True, slots=True)
class Objection:
    """One objection.

    ``position`` is the customer's sentence, ``replies`` our turns that dealt with
    it (empty when it was ignored), ``outcome_position`` the sentence that shows
    the outcome, if one does.
    """

    kind: str
    group: ObjectionGroup
    is_brush_off: bool
    position: int
    replies: tuple[Turn, ...]
    outcome: Outcome
    outcome_position: int | None

    @property
    def reply_position(self) -> int | None:
        return self.replies[0].first if self.replies else None


def find(
    transcript: Transcript, taxonomy: Taxonomy, cues: Sequence[frozenset[str]]
) -> list[Objection]:
    """The objections of a call in the order raised.

    ``cues`` are the rubric's of each sentence: those of a date, of our question
    whether something is settled and of our question how they decide are read.
    """
    said = [taxonomy.heard_in(text) for text in transcript.lowered]
    raised = _raised(transcript, taxonomy, said, cues)
    objections: list[Objection] = []
    for number, (kind, position) in enumerate(raised):
        turn = transcript.turn_of[position]
        others = [transcript.turn_of[p] for _, p in raised[number + 1 :]]
        last = min(
            [turn + taxonomy.outcome_within_turns, len(transcript.turns) - 1]
            + [other for other in others if other > turn + 1]
        )
        window = transcript.turns[turn + 1 : last + 1]
        replies = _replies(window, taxonomy.reply_within_turns)
        near = turn + taxonomy.agreement_within_turns
        outcome, shown_at = _outcome(transcript, position, window, replies, near, said, cues)
        objections.append(
            Objection(
                kind=kind,
                group=taxonomy.kinds[kind].group,
                is_brush_off=taxonomy.kinds[kind].is_brush_off,
                position=position,
                replies=replies,
                outcome=outcome,
                outcome_position=shown_at,
            )
        )
    return objections


def _raised(
    transcript: Transcript,
    taxonomy: Taxonomy,
    said: Sequence[ObjectionCues],
    cues: Sequence[frozenset[str]],
) -> list[tuple[str, int]]:
    """Kind and sentence of each objection; repeated mentions nearby are dropped."""
    raised: list[tuple[str, int]] = []
    nearby = taxonomy.same_within_turns
    last_turn: dict[str, int] = {}
    for position in transcript.positions("customer"):
        kind = said[position].kind
        turn = transcript.turn_of[position]
        if kind is None or not _said_to_us(transcript, turn, taxonomy):
            continue
        if kind in _ANSWERS_WHO and _answers_how_they_decide(transcript, turn, cues):
            continue
        if kind == _OTHER and raised and turn - transcript.turn_of[raised[-1][1]] <= nearby:
            continue  # the end of an objection whose reason is known
        if raised and _clarifies(transcript, taxonomy, turn, transcript.turn_of[raised[-1][1]]):
            continue
        if turn - last_turn.get(kind, -1000) > taxonomy.same_within_turns:
            raised.append((kind, position))
        last_turn[kind] = turn
    return raised


def _said_to_us(transcript: Transcript, turn: int, taxonomy: Taxonomy) -> bool:
    """Whether a customer's turn is part of a talk with us: no presentation, and we speak next.

    The last words of a call count, too; outsiders who talk among themselves do not.
    """
    if transcript.turns[turn].words > taxonomy.maximum_turn_words:
        return False
    following = transcript.turns[turn + 1 : turn + 1 + taxonomy.reply_within_turns]
    return not following or any(t.side in ("rep", "colleague") for t in following)


def _answers_how_they_decide(
    transcript: Transcript, turn: int, cues: Sequence[frozenset[str]]
) -> bool:
    """Whether the turn answers our question on their way to a decision."""
    if not turn or transcript.turns[turn - 1].side not in ("rep", "colleague"):
        return False
    before = transcript.turns[turn - 1]
    return any(
        _asks(transcript, p)
        and ("decision" in cues[p] or bool(_ASKS_WHO.search(transcript.lowered[p])))
        for p in range(before.first, before.last + 1)
    )


def _asks(transcript: Transcript, position: int) -> bool:
    return questions.is_question(
        transcript.lowered[position], punctuated=transcript.marks_questions
    )


def _clarifies(transcript: Transcript, taxonomy: Taxonomy, turn: int, objection: int) -> bool:
    """Whether the turn only answers what we asked about the objection before it."""
    if not 0 < turn - objection <= taxonomy.reply_within_turns:
        return False
    before = transcript.turns[turn - 1]
    return before.side in ("rep", "colleague") and any(
        _asks(transcript, p) for p in range(before.first, before.last + 1)
    )


def _replies(window: tuple[Turn, ...], within: int) -> tuple[Turn, ...]:
    ours = tuple(turn for turn in window if turn.side in ("rep", "colleague"))
    answered_in_time = any(turn in window[:within] for turn in ours)
    return ours if answered_in_time else ()


def _outcome(
    transcript: Transcript,
    raised_at: int,
    window: tuple[Turn, ...],
    replies: tuple[Turn, ...],
    near: int,
    said: Sequence[ObjectionCues],
    cues: Sequence[frozenset[str]],
) -> tuple[Outcome, int | None]:
    """Lost beats resolved beats deferred; a deferral needs a date."""
    reply_at = replies[0].first if replies else None
    lost = resolved = deferred = None
    dated = False
    asked = False  # whether our last sentence was a question, so that a yes can mean something
    if "lost" in said[raised_at].outcomes:
        lost = raised_at
    for turn in window:
        for position in range(turn.first, turn.last + 1):
            outcomes = said[position].outcomes
            if turn.side != "customer":
                asked = _asks(transcript, position) and (
                    "check" in cues[position]
                    or not _ASKS_FOR_A_WORD.search(transcript.lowered[position])
                )
                dated = dated or "dated" in cues[position]
            elif "lost" in outcomes:
                lost = position
            elif (
                resolved is None
                and reply_at is not None
                and position > reply_at
                and _agrees(outcomes, asked and turn.words <= _SETTLED_WORDS, turn.number <= near)
            ):
                resolved = position
            if "deferred" in outcomes and "dated" in cues[position] and deferred is None:
                deferred = position
    if lost is not None:
        return "lost", lost
    if resolved is not None:
        waits = said[raised_at].kind in _WAITS and dated
        return ("deferred" if waits else "resolved"), resolved
    if deferred is not None:
        return "deferred", deferred
    return "unresolved", None


def _agrees(outcomes: frozenset[OutcomeCue], asked: bool, near: bool) -> bool:
    """Whether the customer is content: in words that say so, or by a yes to our question."""
    if "not_resolved" in outcomes:
        return False
    return (near and "resolved" in outcomes) or (asked and "agrees" in outcomes)
