"""Passages by words, by the trade's synonyms and by vector at once, with measured weights.

Words are weighed by BM25 (``bm25s``): as they stand, and again as stems with the concepts that they
stand for (``concepts.txt``), so that "it costs more than we can pay" meets "the price is too high".
The cosine of the vectors comes on top. Weights: ``make judge FIGURES=J-calls-04``.
"""

import re
from collections.abc import Sequence
from functools import cache
from pathlib import Path

import bm25s
import numpy as np
from numpy.typing import NDArray

from cs_assets.search.words import content_words

#: Beside BM25 on the words as they stand (over its best, so 1): concepts likewise, and the cosine.
CONCEPT_WEIGHT, VECTOR_WEIGHT = 1.0, 0.2
_ENDING = re.compile(r"(?:ings?|ed|es|s|ly|ers?|ments?|ations?|ion)$")
_SHORTEST_STEM = 4
_CONCEPTS = Path(__file__).with_name("concepts.txt")

Scores = NDArray[np.float32]


def concepts(text: str) -> list[str]:
    """Stems of the content words of a text, and the concepts that they stand for."""
    known = _concepts()
    stems = [stem(word) for word in content_words(text)]
    return [f"={word}" for word in stems] + [c for word in stems for c in known.get(word, ())]


def stem(word: str) -> str:
    """A word without a common ending, if enough of it is left."""
    cut = _ENDING.sub("", word)
    return cut if len(cut) >= _SHORTEST_STEM else word


@cache
def _concepts() -> dict[str, tuple[str, ...]]:
    """Concepts by stem: each line of the file is one, its first word the name."""
    found: dict[str, dict[str, None]] = {}
    for line in _CONCEPTS.read_text(encoding="utf-8").splitlines():
        words = [] if line.startswith("#") else line.split()
        for word in words:
            found.setdefault(stem(word), {})[f"#{words[0]}"] = None
    return {word: tuple(names) for word, names in found.items()}


class _Ranking:
    """BM25 over lists of tokens."""

    def __init__(self, made: Sequence[list[str]]) -> None:
        self._size = len(made)
        self._known = {token for one in made for token in one}
        self._index = bm25s.BM25(k1=1.2, b=0.75)
        if self._known:
            self._index.index([one or [""] for one in made], show_progress=False)

    def scores(self, asked: Sequence[str]) -> Scores:
        """Scores over the best one; all 0 when no token is known."""
        known = [token for token in asked if token in self._known]
        if not known:
            return np.zeros(self._size, dtype=np.float32)
        found = np.asarray(self._index.get_scores(known), dtype=np.float32)
        best = float(found.max())
        return found / best if best > 0 else found


class Index:
    """Passages in memory; made from rows of the warehouse, so always in step with it."""

    def __init__(self, texts: Sequence[str]) -> None:
        self.words = _Ranking([content_words(text) for text in texts])
        self._concepts = _Ranking([concepts(text) for text in texts])

    def scores(self, query: str, similarity: Scores) -> Scores:
        """One number a passage, the higher the nearer; ``similarity``: cosines to the query."""
        by_words = self.by_words(query)
        return np.asarray(by_words + VECTOR_WEIGHT * similarity, dtype=np.float32)

    def by_words(self, query: str) -> Scores:
        """Words and concepts alone; 0: nothing in common."""
        said = self.words.scores(content_words(query))
        meant = self._concepts.scores(concepts(query))
        return np.asarray(said + CONCEPT_WEIGHT * meant, dtype=np.float32)
