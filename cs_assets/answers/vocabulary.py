"""The words by which questions are known: ``vocabulary.yaml``, compared by stem (Snowball)."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

import snowballstemmer
import yaml
from pydantic import BaseModel, ConfigDict

_FILE = Path(__file__).with_name("vocabulary.yaml")
#: Stands in ``also`` for the words of time.
_TIME = "time:"
#: Ends an adverb of manner, which changes nothing: really, roughly, actually; the file names those
#: that are none.
_ADVERB, _SHORTEST = "ly", 6

#: Words of one thought, one to a few each, as stems.
Phrase = tuple[str, ...]


@dataclass(frozen=True)
class Words:
    """What a question is known by: of each group of ``cues`` some phrase, and what may stand by."""

    cues: tuple[frozenset[Phrase], ...]
    also: frozenset[Phrase]

    def left(self, parts: Sequence[str]) -> list[str]:
        """Of stems in order those that are not known here."""
        return [
            one for phrase in self._parted(parts) if phrase not in self._known for one in phrase
        ]

    def cued(self, parts: Sequence[str]) -> list[int]:
        """By group of cues the words of the longest phrase that is there, 0 for none."""
        there = list(self._parted(parts))
        return [max((len(one) for one in there if one in group), default=0) for group in self.cues]

    def _parted(self, parts: Sequence[str]) -> Iterator[Phrase]:
        """The stems as phrases: the longest that is known from each place, else one stem."""
        longest, at = max(len(one) for one in self._known), 0
        while at < len(parts):
            spans = (tuple(parts[at : at + size]) for size in range(longest, 0, -1))
            yield (taken := next((one for one in spans if one in self._known), (parts[at],)))
            at += len(taken)

    @cached_property
    def _known(self) -> frozenset[Phrase]:
        return self.also.union(plain(), *self.cues)


@cache
def stem(word: str) -> str:
    """A word without its ending; numbers and our own marks as they are."""
    return str(snowballstemmer.stemmer("english").stemWord(word)) if word.isalpha() else word


def stems(words: Iterable[str]) -> list[str]:
    """Stems of words in order, without adverbs of manner."""
    return [
        stem(one)
        for one in words
        if not one.endswith(_ADVERB) or len(one) < _SHORTEST or one in _not_of_manner()
    ]


@cache
def plain() -> frozenset[Phrase]:
    """What changes nothing in any question."""
    return _phrases(_read().plain)


@cache
def of_question(question: str) -> Words:
    """The words of a question of the closed set."""
    said = _read().questions[question]
    also = said.also.replace(_TIME, _read().time)
    return Words(tuple(_phrases(group) for group in said.cues), _phrases(also))


@cache
def listed(slot: str) -> Mapping[str, frozenset[Phrase]]:
    """By value of a parameter (``order`` or ``signal``) the phrases that mean it."""
    return {value: _phrases(text) for value, text in _read().listed[slot].items()}


@cache
def single_words() -> frozenset[str]:
    """Every word of the vocabulary, as it is written."""
    read = _read()
    texts = [read.plain, read.time]
    texts += [text for values in read.listed.values() for text in values.values()]
    texts += [text for said in read.questions.values() for text in (*said.cues, said.also)]
    return frozenset(word for text in texts for word in text.replace(",", " ").split())


def take(parts: list[str], phrases: frozenset[Phrase]) -> list[str] | None:
    """Stems without the first phrase that is among ``phrases``, or ``None`` when none is."""
    for size in sorted({len(one) for one in phrases}, reverse=True):
        for at in range(len(parts) - size + 1):
            if tuple(parts[at : at + size]) in phrases:
                return parts[:at] + parts[at + size :]
    return None


def _phrases(text: str) -> frozenset[Phrase]:
    return frozenset(tuple(stems(one.split())) for one in text.split(",") if one.strip())


@cache
def _not_of_manner() -> frozenset[str]:
    return frozenset(one.strip() for one in _read().not_of_manner.split(","))


class _Said(BaseModel):
    """The words of one question, as the file has them."""

    model_config = ConfigDict(extra="forbid")
    cues: list[str]
    also: str


class _Vocabulary(BaseModel):
    """The file."""

    model_config = ConfigDict(extra="forbid")
    plain: str
    not_of_manner: str
    time: str
    listed: dict[str, dict[str, str]]
    questions: dict[str, _Said]


@cache
def _read() -> _Vocabulary:
    return _Vocabulary.model_validate(yaml.safe_load(_FILE.read_text(encoding="utf-8")))
