"""Proof of quotes: words are shown only as the transcript has them, with what came around them."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from itertools import takewhile
from typing import Any, overload

import pandas as pd

from cs_assets.frames import text_or_none

#: Shorter sentences say nothing, longer ones are not read.
_LEAST_WORDS, _MOST_WORDS = 5, 60
#: What the customer says around it may be as short as this: "Is that so?"
_LEAST_AROUND = 3


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
    def asks(self) -> bool:
        """Whether it is a question of two words or more: a short one says enough."""
        return self.text.rstrip().endswith("?") and 1 < len(self.text.split()) <= _MOST_WORDS


@dataclass(frozen=True, slots=True)
class Exchange:
    """What our side said, the customer's line before it and what followed."""

    before: Words | None
    words: Words
    after: Words | None


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
        run = [marked] if not marked.is_ours else _customers(lines, ours - 1, -1)
        if after_question:
            run = [one for one in run if one.asks]
        before = marked if run == [marked] else _last_of(run)
        if after_question and before is None:
            return None
        return Exchange(before, words, _last_of(_customers(lines, end, 1)[::-1]))

    def answering(self, call_id: str, first: int, leave_out: Collection[int]) -> Exchange | None:
        """Our last answer in the run from a sentence: no question, and not in ``leave_out``."""
        lines = self._call(call_id)
        begin = lines.places.get(first, len(lines))
        run = takewhile(lambda place: lines[place].is_ours, range(begin, len(lines)))
        said = [
            place
            for place in run
            if lines[place].tells and not lines[place].asks
            and lines[place].sentence_index not in leave_out
        ]  # fmt: skip
        if not said:
            return None
        before, after = _customers(lines, said[-1], -1), _customers(lines, said[-1], 1)
        return Exchange(_last_of(before), lines[said[-1]], _last_of(after[::-1]))

    def settling(self, call_id: str, raised: int, settled: int) -> Exchange | None:
        """From the customer's concern to the sentence that shows it settled, with our last word."""
        call = self._call(call_id)
        lines = [call[place] for one, place in call.places.items() if raised <= one <= settled]
        ours = [one for one in lines if one.is_ours and one.tells]
        if not ours or lines[0].is_ours or lines[-1].is_ours:
            return None
        return Exchange(lines[0], ours[-1], lines[-1])


def _customers(lines: Sequence[Words], place: int, step: int) -> list[Words]:
    """The customer's next run of sentences from a place in one direction, in the call's order."""
    while 0 <= place < len(lines) and lines[place].is_ours:
        place += step
    run = []
    while 0 <= place < len(lines) and not lines[place].is_ours:
        run.append(lines[place])
        place += step
    return run[::step]


def _last_of(run: Sequence[Words]) -> Words | None:
    """The last sentence of a run that is more than a nod, else its last."""
    told = [one for one in run if _LEAST_AROUND <= len(one.text.split()) <= _MOST_WORDS]
    found = told or [one for one in run if len(one.text.split()) <= _MOST_WORDS]
    return found[-1] if found else None
