"""A vector for a text without a model: hashed words, word pairs and letter groups.

Each feature falls into one of 768 places with a sign, both from a hash (K. Weinberger
et al., "Feature Hashing for Large Scale Multitask Learning", 2009), so that two
texts are near when they share words, phrases or parts of words. It knows no
synonyms: it is the stand-in of the embedded warehouse, labelled as such.
"""

from array import array
from collections.abc import Sequence
from hashlib import blake2b
from threading import Lock
from typing import cast

import numpy as np
from numpy.typing import NDArray

from cs_assets.search.words import content_words

MODEL = "local-hashed-768"
DIMENSION = 768

_WORD_WEIGHT = 1.0
_PAIR_WEIGHT = 0.5
_GROUP_WEIGHT = 0.35  # shared by all letter groups of one word
_GROUP_LETTERS = 4
#: Texts that are summed at once: their sums fit into the processor's cache.
_BLOCK = 512
#: Words and pairs whose features are remembered at most.
_MOST = 500_000
#: Bits of a feature's number.
_BITS = 32

Vector = NDArray[np.float32]
Numbers = NDArray[np.int64]


def embed(text: str | None) -> Vector:
    """The vector of ``text``: 768 floats of length 1, or all zero when it has no content word."""
    return np.asarray(embed_all([text])[0], dtype=np.float32)


def embed_all(texts: Sequence[str | None]) -> Vector:
    """One row a text, shape ``(len(texts), 768)``."""
    vectors = np.zeros((len(texts), DIMENSION), dtype=np.float32)
    for first in range(0, len(texts), _BLOCK):
        with _KNOWN.lock:
            _embed_into(vectors[first : first + _BLOCK], texts[first : first + _BLOCK])
    return vectors


class Near:
    """Vectors kept by place, for many questions.

    A question has some sixty places that are not 0 of 768: only these are read, which takes a
    tenth of the time of a product with all.
    """

    def __init__(self, vectors: Vector) -> None:
        """``vectors``: one row a text."""
        self._by_place = np.ascontiguousarray(vectors.T)

    def similarity(self, vector: Vector) -> Vector:
        """The cosine of ``vector`` (of length 1) with each text."""
        total = np.zeros(self._by_place.shape[1], dtype=np.float32)
        for place in np.flatnonzero(vector):
            total += vector[place] * self._by_place[place]
        return total


class _Features:
    """Features of words and of pairs of words, each under a number; forgotten when too many.

    The features of number ``n`` are those from ``begins[n]`` on, ``counts[n]`` many.
    """

    def __init__(self) -> None:
        self.lock = Lock()
        self.forget()

    def forget(self) -> None:
        self.words: dict[str, int] = {}
        self.pairs: dict[int, int] = {}
        self.groups: dict[str, tuple[int, int]] = {}
        self.begins, self.counts = array("q"), array("q")
        self.places, self.weights = array("q"), array("d")

    def word(self, word: str) -> int:
        """The number of a word that is not known yet."""
        edged = f"<{word}>"
        last = max(1, len(edged) - _GROUP_LETTERS + 1)
        groups = sorted({edged[i : i + _GROUP_LETTERS] for i in range(last)})
        place, sign = _hashed(f"w:{word}")
        features = [(place, _WORD_WEIGHT * sign)]
        share = _GROUP_WEIGHT / len(groups) ** 0.5
        for group in groups:
            found = self.groups.get(group)
            if found is None:
                found = self.groups[group] = _hashed(f"g:{group}")
            features.append((found[0], share * found[1]))
        self.words[word] = number = self._added(features)
        return number

    def new_pairs(self, keys: Sequence[int], said: Sequence[tuple[str, str]]) -> None:
        """Number pairs of words that are not known yet, each under its key."""
        known = len(self.begins)
        self.pairs.update(zip(keys, range(known, known + len(keys)), strict=True))
        hashed = [
            blake2b(f"p:{first} {second}".encode(), digest_size=8).digest()
            for first, second in said
        ]
        digests = np.frombuffer(b"".join(hashed), dtype="<u8")
        began = len(self.places)
        self.begins.frombytes(np.arange(began, began + len(keys)).tobytes())
        self.counts.frombytes(np.ones(len(keys), dtype=np.int64).tobytes())
        self.places.frombytes(((digests >> 1) % DIMENSION).astype(np.int64).tobytes())
        weights = np.where(digests & 1, _PAIR_WEIGHT, -_PAIR_WEIGHT)
        self.weights.frombytes(weights.tobytes())

    def _added(self, features: list[tuple[int, float]]) -> int:
        self.begins.append(len(self.places))
        self.counts.append(len(features))
        for place, weight in features:
            self.places.append(place)
            self.weights.append(weight)
        return len(self.begins) - 1


def _hashed(feature: str) -> tuple[int, int]:
    """A place, and a sign."""
    digest = int.from_bytes(blake2b(feature.encode(), digest_size=8).digest(), "little")
    return (digest >> 1) % DIMENSION, 1 if digest & 1 else -1


_KNOWN = _Features()


def _embed_into(vectors: Vector, texts: Sequence[str | None]) -> None:
    """Fill a block of rows of zeros. Only places that are not 0 are damped and measured."""
    if len(_KNOWN.begins) > _MOST:
        _KNOWN.forget()
    asked, ends = _numbered(texts)
    if not len(asked):
        return
    counts = np.frombuffer(_KNOWN.counts, dtype=np.int64)[asked]
    begins = np.frombuffer(_KNOWN.begins, dtype=np.int64)[asked]
    # From each first feature as many as there are: a running number less where its own began.
    at = np.arange(counts.sum()) + np.repeat(begins - (counts.cumsum() - counts), counts)
    row = np.repeat(np.arange(len(texts)) * DIMENSION, np.diff(ends, prepend=0))
    cells = np.frombuffer(_KNOWN.places, dtype=np.int64)[at] + np.repeat(row, counts)
    weights = np.frombuffer(_KNOWN.weights, dtype=np.float64)[at]
    sums = np.bincount(cells, weights=weights, minlength=vectors.size)
    held = np.flatnonzero(sums != 0)  # of booleans: seven times as fast
    # A word said twenty times says more than once, but not twenty times more.
    damped = np.copysign(np.log1p(np.abs(sums[held])), sums[held])
    of_row = held // DIMENSION
    lengths = np.sqrt(np.bincount(of_row, weights=damped * damped, minlength=len(texts)))
    vectors.reshape(-1)[held] = damped / lengths[of_row]


def _numbered(texts: Sequence[str | None]) -> tuple[Numbers, Numbers]:
    """Numbers of the words and pairs of all texts, and how many there are up to each one's end.

    Each pair follows its second word.
    """
    said: list[str] = []
    upto: list[int] = []
    for text in texts:
        said += content_words(text or "")
        upto.append(len(said))
    ends = np.array(upto, dtype=np.int64)
    words = np.array(_of_words(said), dtype=np.int64)
    is_second = np.ones(len(said), dtype=bool)
    starts = np.append(0, ends[:-1])
    is_second[starts[starts < len(said)]] = False
    second = np.flatnonzero(is_second)
    pairs = _of_pairs(words, second, said)
    before = np.append(0, is_second.cumsum())
    numbers = np.empty(len(words) + len(pairs), dtype=np.int64)
    numbers[np.arange(len(words)) + before[:-1]] = words
    numbers[second + 1 + before[second]] = pairs
    return numbers, ends + before[ends]


def _of_words(said: Sequence[str]) -> list[int]:
    """The number of each word."""
    numbers = list(map(_KNOWN.words.get, said))
    if None in numbers:
        for word in dict.fromkeys(said):
            if word not in _KNOWN.words:
                _KNOWN.word(word)
        numbers = list(map(_KNOWN.words.get, said))
    return cast("list[int]", numbers)


def _of_pairs(words: Numbers, second: Numbers, said: Sequence[str]) -> list[int]:
    """The number of each pair of neighbours, by the place of its second word."""
    keys = (words[second - 1] << _BITS | words[second]).tolist()
    numbers = list(map(_KNOWN.pairs.get, keys))
    if None in numbers:
        # Of several places with the same new pair one will do.
        new = {key: i for i, key in enumerate(keys) if numbers[i] is None}
        places = second[list(new.values())].tolist()
        _KNOWN.new_pairs(list(new), [(said[i - 1], said[i]) for i in places])
        numbers = list(map(_KNOWN.pairs.get, keys))
    return cast("list[int]", numbers)
