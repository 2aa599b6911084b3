"""What was heard in a call, as the criteria of all dimensions read it."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from cs_assets.calls.next_steps import Commitment
from cs_assets.calls.objections import Objection
from cs_assets.calls.scoring import questions
from cs_assets.calls.scoring.rubric import Dimension, Rubric
from cs_assets.calls.talk import Talk, words_on_the_matter
from cs_assets.calls.transcript import Transcript, Turn

#: A reply or statement shorter than this says nothing that can be judged.
SUBSTANCE_WORDS = 8
#: A statement this short is a nod.
_NOD_WORDS = 3
#: Words of a statement after which a question can ask how it arrived.
_TOLD_WORDS = 4
#: Turns in which nothing was shown that a question could check.
_FIRST_WORDS_TURNS = 2
#: Turns at the head of a call that may say hello.
_GREETING_TURNS = 3
_GREETING = re.compile(
    r"^(?:oh,? |well,? |and )?(?:hi|hello|hey|good (?:morning|afternoon|evening))\b|"
    r"^[^ ]+,? (?:hi|hello|hey)\b|\b(?:nice|good|great|lovely) to (?:see|hear|meet) you\b"
)
#: Asks which of two it is: what is behind something, not whether it is settled.
_EITHER_OR = re.compile(r",? or would (?:something|somebody|they|the|he|she|another)\b")


@dataclass(frozen=True, slots=True)
class Criterion:
    """What one criterion came to.

    ``share`` is 0 to 1 of its points, ``None`` when the call gave no chance;
    ``heard`` are sentence positions that show it, ``moment`` the position where
    it was missing first, ``missed`` every one where it can be told by place.
    """

    key: str
    share: float | None
    reason: str
    heard: tuple[int, ...] = ()
    moment: int | None = None
    missed: tuple[int, ...] = ()


@dataclass(frozen=True)
class Heard:
    """What the criteria read: the transcript and all that was found in it."""

    transcript: Transcript
    talk: Talk
    objections: Sequence[Objection]
    commitments: Sequence[Commitment]
    call_type: str | None
    rubric: Rubric
    cues: Sequence[frozenset[str]]
    """The rubric's cues of each sentence."""

    def rep(self, *cues: str, question: bool | None = None) -> list[int]:
        """Positions of the rep's sentences with all ``cues``; ``question``: asked or not."""
        wanted = frozenset(cues)
        return [
            position
            for position in self.transcript.positions("rep")
            if wanted <= self.cues[position]
            and (question is None or self.is_question(position) == question)
        ]

    def is_question(self, position: int) -> bool:
        """Asked, by its mark or, where nothing is marked, by its form."""
        return questions.is_question(
            self.transcript.lowered[position], punctuated=self.transcript.marks_questions
        )

    def is_open_question(self, position: int) -> bool:
        """A question that wants an account rather than a word, a name or a number."""
        return (
            self.is_question(position)
            and "courtesy_question" not in self.cues[position]
            and not self._greets(position)
            and questions.kind(self.transcript.lowered[position]) == "open"
        )

    def is_in_greeting(self, position: int) -> bool:
        """Whether a sentence stands in one of the first turns, where people ask after boxes."""
        return self.transcript.turn_of[position] < _FIRST_WORDS_TURNS

    def _greets(self, position: int) -> bool:
        """Whether a sentence of ours belongs to the turn that says hello: "how was the play?"."""
        turn = self.transcript.turns[self.transcript.turn_of[position]]
        return turn.number < _GREETING_TURNS and bool(
            _GREETING.search(self.transcript.lowered_turn(turn))
        )

    def is_rhetorical(self, position: int) -> bool:
        """Waits for applause only: a tag, or a question that its own turn closes with a tag."""
        texts, turn = self.transcript.lowered, self.transcript.turn_of[position]
        after = position + 1
        return questions.is_tag(texts[position]) or (
            after < len(texts)
            and self.transcript.turn_of[after] == turn
            and texts[after].endswith("?")
            and questions.is_tag(texts[after])
        )

    def is_check(self, position: int) -> bool:
        """Asks how something arrived: by its words, or by its form after a statement of ours."""
        text, marked = self.transcript.lowered[position], self.transcript.marks_questions
        turn = self.transcript.turns[self.transcript.turn_of[position]]
        if self.is_rhetorical(position) or "small_talk" in self.cues[position]:
            return False
        if "check" in self.cues[position] and self.is_question(position):
            return not _EITHER_OR.search(text)
        has_told = any(
            self.transcript.words[p] >= _TOLD_WORDS and not self.is_question(p)
            for p in range(turn.first, position)
        )
        has_told = has_told or (not marked and questions.tells_and_asks(text))
        asks = questions.asks_whether_it_will_do(text, punctuated=marked)
        return has_told and asks and self.is_question(position)

    def words(self, turn: Turn) -> int:
        """Words of a turn on the matter: a sentence of courtesy in it makes it no longer."""
        return words_on_the_matter(self.transcript, self.cues, turn)

    def is_nod(self, turn: Turn) -> bool:
        """At most three words that ask nothing: the other side still has the floor."""
        return self.words(turn) <= _NOD_WORDS and not any(
            self.is_question(p) for p in range(turn.first, turn.last + 1)
        )

    def is_in_speech(self, position: int) -> bool:
        """Whether a sentence is part of a turn so long that nobody asked for all of it."""
        turn = self.transcript.turns[self.transcript.turn_of[position]]
        return self.words(turn) >= self.rubric.speech_words and not self.answers_a_question(turn)

    def answers_a_question(self, turn: Turn) -> bool:
        """Whether the customer's last words before a turn were a question."""
        before = self.transcript.turns[turn.number - 1] if turn.number else None
        return before is not None and before.side == "customer" and self.is_question(before.last)

    def cues_of(self, turn: Turn) -> frozenset[str]:
        """All cues of a turn."""
        return frozenset().union(*self.cues[turn.first : turn.last + 1])

    def real_questions(self) -> list[int]:
        """The rep's questions that are more than courtesy or a check."""
        return [p for p in self.rep(question=True) if "courtesy_question" not in self.cues[p]]

    def enough(self, dimension: Dimension, key: str, positions: Sequence[int]) -> Criterion:
        """A criterion that counts: share = heard / asked for at this length, at most 1."""
        rules = self.rubric.criterion(dimension, key)
        asked = rules.asked_for(self.transcript.minutes)
        share = min(1.0, len(positions) / asked)
        return Criterion(key, share, f"{rules.label}: {len(positions)} heard", tuple(positions))

    @property
    def first_rep_position(self) -> int:
        return next(self.transcript.positions("rep"))


def first_pitch(heard: Heard) -> int | None:
    """Where the rep first describes the product at length."""
    for turn in heard.transcript.turns:
        if turn.side == "rep" and heard.words(turn) >= heard.rubric.speech_words:
            for position in range(turn.first, turn.last + 1):
                if "pitch" in heard.cues[position]:
                    return position
    return None


def last_question(heard: Heard, turn: Turn) -> int | None:
    """The question that a turn ends with, a word of courtesy after it aside."""
    said = [p for p in range(turn.first, turn.last + 1) if says_something(heard, p)]
    if said and heard.is_question(said[-1]) and "courtesy_question" not in heard.cues[said[-1]]:
        return said[-1]
    return None


def says_something(heard: Heard, position: int) -> bool:
    """Whether a sentence is more than a nod or a courtesy."""
    is_nod = heard.transcript.words[position] <= _NOD_WORDS and not heard.is_question(position)
    return not is_nod and "courtesy" not in heard.cues[position]


def with_moment(criterion: Criterion, moment: int | None) -> Criterion:
    """The criterion with the place where it was missing, unless it has one or misses nothing."""
    if criterion.share is None or criterion.share >= 1 or criterion.moment is not None:
        return criterion
    return replace(criterion, moment=moment)
