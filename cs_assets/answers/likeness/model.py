"""What was learnt from the phrasings: how likely each question is, and the words of each.

``learnt.npz`` is made by ``python -m cs_assets.answers.likeness.learning``.
"""

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from cs_assets.answers import vocabulary
from cs_assets.answers.likeness.figure_names import FigureNamed, Name, named
from cs_assets.answers.likeness.spoken import SIGN

PLACE = Path(__file__).with_name("learnt.npz")
#: The class of what nobody here can answer.
NONE = "none"


@dataclass(frozen=True)
class Learnt:
    """Weights by feature and question, and words: ``known`` by question (in some phrasing of it),
    ``foreign`` (in phrasings of what is not answered alone), ``limits`` (would change what is
    asked) with the pairs in which each question has them, ``effects`` (at the beginning, they want
    something done), ``around`` (frames before and after).
    """

    labels: tuple[str, ...]
    places: Mapping[str, int]
    weights: npt.NDArray[np.float32]
    bias: npt.NDArray[np.float32]
    known: Mapping[str, frozenset[str]]
    foreign: frozenset[str]
    limits: frozenset[str]
    effects: frozenset[str]
    pairs: Mapping[str, frozenset[str]]
    around: tuple[list[Any], list[Any]]
    figures: Mapping[str, Sequence[tuple[str, Name]]]
    words: frozenset[str]
    """Every word of the phrasings and the vocabulary, as it is spelt."""

    @cached_property
    def words_of_figures(self) -> frozenset[str]:
        """The stems of the names of figures."""
        names = (name for several in self.figures.values() for _, name in several)
        return frozenset(stem for name in names for part in name for stem in part)

    def figures_in(self, stems: Sequence[str]) -> list[FigureNamed]:
        return named(stems, self.figures)

    def likely(self, stems: Sequence[str]) -> dict[str, float]:
        """The probability of each question, and of none, for a text."""
        seen = features(stems, self.figures_in(stems))
        rows = [self.places[one] for one in seen if one in self.places]
        scores = self.weights[rows].sum(axis=0) / max(1, len(seen)) ** 0.5 + self.bias
        powers = np.exp(scores - scores.max())
        shares = powers / powers.sum()
        return {label: float(one) for label, one in zip(self.labels, shares, strict=True)}


def features(stems: Sequence[str], figures: Sequence[FigureNamed]) -> Counter[str]:
    """What is seen of a text: its stems, their neighbours, and what is named how often."""
    return Counter(_seen(stems, figures))


def _seen(stems: Sequence[str], figures: Sequence[FigureNamed]) -> Iterator[str]:
    yield from {f"1 {one}" for one in stems}
    taken = figures[0].places if figures else frozenset()
    short = [
        one if at not in taken else f"{SIGN}figure"
        for at, one in enumerate(stems)
        if at not in taken or at == min(taken)
    ]
    for sequence in (stems, short) if taken else (stems,):
        closed = ["<", *sequence, ">"]
        yield from {f"2 {one} {other}" for one, other in pairwise(closed)}
        yield from {f"3 {one} {other}" for one, other in zip(closed, closed[2:], strict=False)}
    for sign, count in Counter(one for one in stems if one.startswith(SIGN)).items():
        yield f"has {sign} {min(count, 2)}"
    yield f"figures {min(len(figures), 2)}"


@cache
def learnt() -> Learnt:
    """What stands in ``learnt.npz``."""
    with np.load(PLACE, allow_pickle=False) as file:
        words = json.loads(file["words"].tobytes())
        weights, bias = file["weights"].astype(np.float32), file["bias"].astype(np.float32)
    figures: dict[str, list[tuple[str, Name]]] = {}
    for key, names in words["figures"].items():
        for name in names:
            if not all(name):  # a part of it was an adverb, which no stems have
                continue
            figures.setdefault(name[0][0], []).append((key, tuple(tuple(one) for one in name)))
    return Learnt(
        tuple(words["labels"]),
        {one: at for at, one in enumerate(words["features"])},
        weights,
        bias,
        {key: frozenset(ones) for key, ones in words["known"].items()},
        frozenset(words["foreign"]),
        frozenset(words["limits"]),
        frozenset(words["effects"]),
        {key: frozenset(ones) for key, ones in words["pairs"].items()},
        (words["before"], words["after"]),
        figures,
        frozenset(words.get("words", ())) | vocabulary.single_words(),
    )
