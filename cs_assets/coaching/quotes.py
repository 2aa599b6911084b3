"""Proof of quotes: words are shown only as the transcript has them."""

from dataclasses import dataclass

import pandas as pd


@dataclass(frozen=True)
class Words:
    """Exact words of one sentence of a call; times in milliseconds from the call's start."""

    call_id: str
    sentence_index: int
    start_ms: int
    affiliation: str
    text: str


class Transcripts:
    """The sentences of calls by place (columns of ``sql/coaching/sentences_of_window``)."""

    def __init__(self, sentences: pd.DataFrame) -> None:
        self._by_place = {
            (str(call_id), int(index)): Words(
                str(call_id), int(index), int(start), str(side), str(sentence)
            )
            for call_id, index, start, side, sentence in zip(
                sentences["call_id"],
                sentences["sentence_index"],
                sentences["start_ms"],
                sentences["affiliation"],
                sentences["sentence"],
                strict=True,
            )
        }

    def at(self, call_id: str, sentence_index: int) -> Words | None:
        """The sentence at a place, or ``None``."""
        return self._by_place.get((call_id, sentence_index))

    def find(self, call_id: str, sentence_index: int, text: str) -> Words | None:
        """``text`` as said at that place, or ``None`` when the transcript does not have it."""
        words = self.at(call_id, sentence_index)
        if words is None or not text.strip() or text not in words.text:
            return None
        return Words(call_id, sentence_index, words.start_ms, words.affiliation, text)
