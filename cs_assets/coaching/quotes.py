"""Proof of quotes: words are shown only as the transcript has them, with what came around them."""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from itertools import takewhile
from typing import Any, overload

import pandas as pd

from cs_assets.frames import text_or_none

#: Shorter sentences say nothing, longer ones are not read.
_LEAST_WORDS, _MOST_WORDS = 5, 60
#: Words of a sentence from which it shows by itself what was done.
_TELLING = 4
#: Words of a turn from which it explains something.
_SPEECH = 25
#: What the customer says around it may be as short as this: "Is that so?"
_LEAST_AROUND = 3


#: A question that asks for more than yes or no.
_OPEN = re.compile(
    r"(?:^|[,;:] |\band |\bso )(?:how|what|which|who|whom|whose|where|when|why)\b|, or\b"
)


@dataclass(frozen=True, slots=True)
class Words:
    """Exact words of one sentence of a call; times in milliseconds from the call's start."""

    call_id: str
    sentence_index: int
    start_ms: int
    affiliation: str
    text: str
    user_id: str | None = None
    """The Gong user who spoke, where known."""

    @property
    def is_ours(self) -> bool:
        return self.affiliation == "Internal"

    @property
    def tells(self) -> bool:
        """Whether a sentence is worth quoting: neither a courtesy nor a speech."""
        return _LEAST_WORDS <= len(self.text.split()) <= _MOST_WORDS

    @property
    def is_told(self) -> bool:
        """Whether it is more than a nod."""
        return _LEAST_AROUND <= len(self.text.split()) <= _MOST_WORDS

    @property
    def says_enough(self) -> bool:
        """Whether it tells by itself what was done: "Is that right?" does not."""
        return len(self.text.split()) >= _TELLING

    @property
    def is_question(self) -> bool:
        return self.text.rstrip().endswith("?")

    @property
    def asks(self) -> bool:
        """Whether it is a question of two words or more: a short one says enough."""
        return self.is_question and 1 < len(self.text.split()) <= _MOST_WORDS

    @property
    def wants_yes_or_no(self) -> bool:
        """Whether it is a question that a yes answers: neither an open one nor a choice."""
        return self.is_question and not _OPEN.search(self.text.lower())


@dataclass(frozen=True, slots=True)
class Exchange:
    """What our side said, what the customer said before it, how it ended and what followed.

    ``then`` is the end of our turn where ``words`` are not: what follows answers that. Of the
    customer's turns there are up to two sentences each: one often means little alone.
    """

    before: tuple[Words, ...]
    words: Words
    then: Words | None
    after: tuple[Words, ...]


class _Call(Sequence[Words]):
    """The sentences of one call in their order; each is made when it is first looked at."""

    def __init__(self, call_id: str, columns: Sequence[Sequence[Any]]) -> None:
        self._call_id = call_id
        self._columns = columns
        self._made: dict[int, Words] = {}
        self.places: dict[int, int] = dict(zip(columns[0], range(len(columns[0])), strict=True))
        """Where in the call a sentence index stands."""

    def __len__(self) -> int:
        return len(self._columns[0])

    @overload
    def __getitem__(self, place: int) -> Words: ...
    @overload
    def __getitem__(self, place: slice) -> list[Words]: ...
    def __getitem__(self, place: int | slice) -> Words | list[Words]:
        if isinstance(place, slice):
            return [self[one] for one in range(*place.indices(len(self)))]
        if place not in self._made:
            index, start, side, text, user = (column[place] for column in self._columns)
            said_by = text_or_none(user)
            self._made[place] = Words(self._call_id, index, start, str(side), str(text), said_by)
        return self._made[place]


class Transcripts:
    """The sentences of calls by place (columns of ``sql/coaching/sentences_of_window``).

    Of many calls few are asked for, and of these few sentences: no more is taken apart.
    """

    def __init__(self, sentences: pd.DataFrame) -> None:
        columns = ("sentence_index", "start_ms", "affiliation", "sentence", "user_id")
        self._columns = [sentences[name].to_numpy() for name in columns]
        self._rows = sentences.groupby(sentences["call_id"].astype(str), sort=False).indices
        self._calls: dict[str, _Call] = {}

    def at(self, call_id: str, sentence_index: int) -> Words | None:
        """The sentence at a place, or ``None``."""
        call = self._call(call_id)
        place = call.places.get(sentence_index)
        return None if place is None else call[place]

    def _call(self, call_id: str) -> _Call:
        if call_id not in self._calls:
            mine = self._rows.get(call_id, [])
            ordered = sorted(mine, key=self._columns[0].__getitem__)
            columns = [column[ordered].tolist() for column in self._columns]
            self._calls[call_id] = _Call(call_id, columns)
        return self._calls[call_id]

    def find(self, call_id: str, sentence_index: int, text: str) -> Words | None:
        """``text`` as said at that place, or ``None`` when the transcript does not have it."""
        words = self.at(call_id, sentence_index)
        if words is None or not text.strip() or text not in words.text:
            return None
        return replace(words, text=text)

    def concern(self, call_id: str, sentence_index: int, text: str) -> tuple[Words, ...]:
        """``find`` of the customer's words, with what they add; empty where they are not theirs."""
        said = self.find(call_id, sentence_index, text)
        if said is None or said.is_ours:
            return ()
        lines = self._call(call_id)
        run = takewhile(lambda one: not one.is_ours, lines[lines.places[sentence_index] :])
        return _from(said, list(run))

    def tells_at(self, call_id: str, sentence_index: int) -> bool:
        """Whether the sentence there shows by itself what was done."""
        words = self.at(call_id, sentence_index)
        return words is not None and words.says_enough

    def explains_at(self, call_id: str, sentence_index: int) -> bool:
        """Whether the turn of ours that a sentence is of is long enough to explain something."""
        lines = self._call(call_id)
        place = lines.places.get(sentence_index, len(lines))
        said = [
            *takewhile(lambda one: one.is_ours, lines[place:]),
            *takewhile(lambda one: one.is_ours, lines[:place][::-1]),
        ]
        return sum(len(one.text.split()) for one in said) >= _SPEECH

    def asks_first(self, call_id: str, first: int, last: int) -> bool:
        """Whether our turn from a sentence asks something that tells, and we go on after that.

        ``last``: the sentence before which we do.
        """
        lines = self._call(call_id)
        begin = lines.places.get(first, len(lines))
        turn = list(takewhile(lambda one: one.is_ours, lines[begin:]))
        later = (one for one in lines[begin + len(turn) :] if one.sentence_index < last)
        return any(one.is_question and one.says_enough for one in turn) and any(
            one.is_ours for one in later
        )

    def exchange(
        self, call_id: str, sentence_index: int, *, after_question: bool = False
    ) -> Exchange | None:
        """The exchange around a sentence; ``None`` where our side says nothing worth quoting.

        A sentence of the customer is the line before, and what our side says next is shown. Of
        our side's run of sentences the marked one is shown, or the next that tells something.
        ``after_question``: the customer's line before must ask.
        """
        lines = self._call(call_id)
        place = lines.places.get(sentence_index)
        if place is None:
            return None
        ours = place
        while ours < len(lines) and not lines[ours].is_ours:
            ours += 1
        end = ours
        while end < len(lines) and lines[end].is_ours:
            end += 1
        speaker = lines[ours].user_id if ours < end else None
        told = [one for one in lines[ours:end] if one.tells and one.user_id == speaker]
        if lines[place].is_ours and lines[place].asks:
            told = [lines[place], *told]
        words = next(iter(told), None)
        if words is None:
            return None
        marked = lines[place]
        run = _customers(lines, ours - 1, -1)
        if after_question:
            run = [one for one in run if one.asks]
        before = _from(marked, run) if not marked.is_ours else _last_of(run)
        if after_question and not before:
            return None
        then = _end_of(lines[ours:end], words)
        return Exchange(before, words, then, _first_of(_customers(lines, end, 1)))

    def answering(self, call_id: str, first: int, leave_out: Collection[int]) -> Exchange | None:
        """Our last answer in the run from a sentence: no question, and not in ``leave_out``.

        ``None`` where the run goes on to a question: what that asked is in doubt.
        """
        lines = self._call(call_id)
        begin = lines.places.get(first, len(lines))
        run = list(takewhile(lambda place: lines[place].is_ours, range(begin, len(lines))))
        said = [
            place
            for place in run
            if lines[place].tells and not lines[place].asks
            and lines[place].sentence_index not in leave_out
        ]  # fmt: skip
        if not said or any(lines[place].is_question for place in run if place > said[-1]):
            return None
        before, after = _customers(lines, said[-1], -1), _customers(lines, said[-1], 1)
        return Exchange(_last_of(before), lines[said[-1]], None, _first_of(after))

    def settling(self, call_id: str, raised: int, settled: int) -> Exchange | None:
        """From the customer's concern to the sentence that shows it settled, with our answer.

        ``None`` where a reader of it could doubt that our answer settled it: we put nothing
        forward, our last question is open or offers a choice, or the customer asked for something
        else meanwhile.
        """
        call = self._call(call_id)
        places = [place for one, place in call.places.items() if raised <= one <= settled]
        if not places or call[places[0]].is_ours or call[places[-1]].is_ours:
            return None
        between = [call[place] for place in places[1:-1]]
        concern = [*takewhile(lambda one: not one.is_ours, between)]
        since = between[len(concern) :]
        answers = [one for one in since if one.is_ours and one.tells and not one.is_question]
        if not answers or any(one.is_question for one in since if not one.is_ours):
            return None
        last = [*takewhile(lambda one: one.is_ours, reversed(since))][::-1]
        if not last or (last[-1].is_question and not last[-1].wants_yes_or_no):
            return None
        near = [one for one in last if one in answers] or answers[-1:]
        words = max(near, key=lambda one: len(one.text.split()))
        then = last[-1] if last[-1].sentence_index > words.sentence_index else None
        more = [
            one for one in call[places[-1] + 1 : places[-1] + 2] if not one.is_ours and one.tells
        ]
        return Exchange(_from(call[places[0]], concern), words, then, (call[places[-1]], *more))


#: Sentences of a customer's turn that are shown together.
_SENTENCES = 2


def _from(marked: Words, run: Sequence[Words]) -> tuple[Words, ...]:
    """The marked sentence of a run, and the next where that is more than a nod."""
    later = [one for one in run if one.sentence_index > marked.sentence_index and one.is_told]
    return (marked, *later[: _SENTENCES - 1])


def _end_of(run: Sequence[Words], words: Words) -> Words | None:
    """The last sentence of our run after ``words``, if it tells or asks something."""
    last = run[-1]
    says = last.tells or last.asks
    return last if says and last.sentence_index > words.sentence_index else None


def _customers(lines: Sequence[Words], place: int, step: int) -> list[Words]:
    """The customer's next run of sentences from a place in one direction, in the call's order."""
    while 0 <= place < len(lines) and lines[place].is_ours:
        place += step
    run = []
    while 0 <= place < len(lines) and not lines[place].is_ours:
        run.append(lines[place])
        place += step
    return run[::step]


def _last_of(run: Sequence[Words]) -> tuple[Words, ...]:
    """The last sentences of a run that are more than a nod."""
    return tuple([one for one in run if one.is_told][-_SENTENCES:])


def _first_of(run: Sequence[Words]) -> tuple[Words, ...]:
    """The first sentences of a run: with one that tells, a nod before it is kept."""
    shown = [one for one in run if len(one.text.split()) <= _MOST_WORDS][:_SENTENCES]
    return tuple(shown if any(one.is_told for one in shown) else shown[:1])
