"""A call's transcript as the scorer sees it: sentences, turns, who speaks for whom.

Built from rows of ``gong.stg_gong_call_transcripts``. Nothing here judges.
"""

import hashlib
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import pandas as pd

from cs_assets.calls.scoring import questions

Side = Literal["rep", "colleague", "customer", "unknown"]

_APOSTROPHES = str.maketrans({"’": "'", "‘": "'", "ʼ": "'"})
_WORD = re.compile(r"[^\W_]+(?:'[^\W_]+)?")

#: How a written sentence ends, and the share of sentences that must for a text to be punctuated.
_STOPS = (".", "?", "!", "\N{HORIZONTAL ELLIPSIS}", '"')
_MARKED_SHARE = 0.5


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence: exact words, who said them when (milliseconds from the call's start)."""

    index: int
    speaker_id: str | None
    affiliation: str
    user_id: str | None
    start_ms: int
    end_ms: int
    text: str


@dataclass(frozen=True, slots=True)
class Turn:
    """Neighbouring sentences of one speaker: ``sentences[first:last + 1]`` of the transcript."""

    number: int
    side: Side
    speaker_id: str | None
    first: int
    last: int
    start_ms: int
    end_ms: int
    words: int

    @property
    def seconds(self) -> float:
        return max(0, self.end_ms - self.start_ms) / 1000


class Transcript:
    """The sentences of one call in the order spoken, and what follows from them.

    ``positions`` in this class and in ``Turn`` count sentences from 0; the
    ``index`` of a sentence is its key in the table (they agree when no row is missing).
    """

    def __init__(self, sentences: Iterable[Sentence], *, lenient: bool = False) -> None:
        """``lenient``: unmarked sentences that may be questions are heard as such."""
        self.sentences = tuple(sorted(sentences, key=lambda sentence: sentence.index))
        self._lenient = lenient

    def leniently(self) -> "Transcript":
        """The same words, with every sentence a question that could be one."""
        return Transcript(self.sentences, lenient=True)

    def __len__(self) -> int:
        return len(self.sentences)

    @cached_property
    def rep_user_id(self) -> str | None:
        """Who of our side spoke longest, whoever hosts; ties go to the smaller id."""
        spoken: Counter[str] = Counter()
        for sentence in self.sentences:
            if sentence.affiliation == "Internal" and sentence.user_id:
                spoken[sentence.user_id] += sentence.end_ms - sentence.start_ms
        return min(spoken, key=lambda user: (-spoken[user], user)) if spoken else None

    @cached_property
    def sides(self) -> tuple[Side, ...]:
        """The side of each sentence."""
        return tuple(self._side(sentence) for sentence in self.sentences)

    @cached_property
    def lowered(self) -> tuple[str, ...]:
        """Each sentence for matching: lower case, plain apostrophes, one line.

        Where speech is not marked a stop is set by the form of the sentence.
        """
        if self.marks_questions:
            return self._plain
        return tuple(
            questions.marked(questions.with_apostrophes(text), lenient=self._lenient)
            if text
            else text
            for text in self._plain
        )

    @cached_property
    def _plain(self) -> tuple[str, ...]:
        return tuple(lowered(sentence.text) for sentence in self.sentences)

    @cached_property
    def words(self) -> tuple[int, ...]:
        """Words of each sentence."""
        return tuple(len(_WORD.findall(text)) for text in self._plain)

    @cached_property
    def marks_questions(self) -> bool:
        """Whether question marks can be relied on: some transcribers write none, or no stops.

        A call in which nobody asks anything counts as unmarked, too: nothing is lost there.
        """
        ended = sum(text.endswith(_STOPS) for text in self._plain)
        asked = any(text.endswith("?") for text in self._plain)
        return asked and ended >= _MARKED_SHARE * len(self._plain)

    @cached_property
    def turns(self) -> tuple[Turn, ...]:
        """Runs of one speaker; a speaker who is not known is one with its own like only."""
        turns: list[Turn] = []
        first = 0
        for position in range(1, len(self.sentences) + 1):
            if position == len(self.sentences) or self._speaker(position) != self._speaker(first):
                turns.append(self._turn(len(turns), first, position - 1))
                first = position
        return tuple(turns)

    @cached_property
    def turn_of(self) -> tuple[int, ...]:
        """The number of the turn that each sentence belongs to."""
        return tuple(turn.number for turn in self.turns for _ in range(turn.first, turn.last + 1))

    @cached_property
    def seconds(self) -> float:
        """From the first word to the last."""
        if not self.sentences:
            return 0.0
        return (max(s.end_ms for s in self.sentences) - self.sentences[0].start_ms) / 1000

    @property
    def minutes(self) -> float:
        return self.seconds / 60

    def positions(self, *sides: Side) -> Iterator[int]:
        return (position for position, side in enumerate(self.sides) if side in sides)

    def words_of(self, *sides: Side) -> int:
        return sum(self.words[position] for position in self.positions(*sides))

    def lowered_turn(self, turn: Turn) -> str:
        return " ".join(self.lowered[turn.first : turn.last + 1])

    def _side(self, sentence: Sentence) -> Side:
        if sentence.affiliation == "External":
            return "customer"
        if sentence.affiliation != "Internal":
            return "unknown"
        return "rep" if sentence.user_id and sentence.user_id == self.rep_user_id else "colleague"

    def _speaker(self, position: int) -> tuple[Side, str | None]:
        return self.sides[position], self.sentences[position].speaker_id

    def _turn(self, number: int, first: int, last: int) -> Turn:
        return Turn(
            number=number,
            side=self.sides[first],
            speaker_id=self.sentences[first].speaker_id,
            first=first,
            last=last,
            start_ms=self.sentences[first].start_ms,
            end_ms=max(sentence.end_ms for sentence in self.sentences[first : last + 1]),
            words=sum(self.words[first : last + 1]),
        )


def lowered(text: str) -> str:
    """Text for matching cues: lower case, plain apostrophes, single spaces."""
    return " ".join(text.translate(_APOSTROPHES).lower().split())


def text_hash(sentences: Iterable[Sentence]) -> str:
    """SHA-256 over who said what when: changes with anything that a score can depend on."""
    digest = hashlib.sha256()
    for s in sentences:
        fields = (s.index, s.speaker_id, s.affiliation, s.user_id, s.start_ms, s.end_ms, s.text)
        digest.update(repr(fields).encode())
    return digest.hexdigest()


def by_call(rows: pd.DataFrame) -> dict[str, Transcript]:
    """Transcripts by call id from rows of ``gong.stg_gong_call_transcripts``."""
    grouped: dict[str, list[Sentence]] = {}
    columns = [
        "call_id",
        "sentence_index",
        "speaker_id",
        "affiliation",
        "user_id",
        "start_ms",
        "end_ms",
        "sentence",
    ]
    for call, index, speaker, side, user, start, end, text in rows[columns].itertuples(index=False):
        grouped.setdefault(str(call), []).append(
            Sentence(
                index=int(index),
                speaker_id=None if pd.isna(speaker) else str(speaker),
                affiliation=str(side),
                user_id=None if pd.isna(user) else str(user),
                start_ms=int(start),
                end_ms=int(end),
                text=str(text),
            )
        )
    return {call: Transcript(sentences) for call, sentences in grouped.items()}
