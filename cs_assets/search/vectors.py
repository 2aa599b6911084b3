"""A vector for a text without a model: hashed words, word pairs and letter groups.

Each feature falls into one of 768 places with a sign, both from a hash (K. Weinberger
et al., "Feature Hashing for Large Scale Multitask Learning", 2009), so that two
texts are near when they share words, phrases or parts of words. It knows no
synonyms: it is the stand-in of the embedded warehouse, labelled as such.
"""

from collections.abc import Sequence
from functools import lru_cache
from hashlib import blake2b
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from cs_assets.search.words import content_words

MODEL = "local-hashed-768"
DIMENSION = 768

_WORD_WEIGHT = 1.0
_PAIR_WEIGHT = 0.5
_GROUP_WEIGHT = 0.35  # shared by all letter groups of one word
_GROUP_LETTERS = 4

Vector = NDArray[np.float32]


def embed(text: str | None) -> Vector:
    """The vector of ``text``: 768 floats of length 1, or all zero when it has no content word."""
    found = content_words(text or "")
    places: list[NDArray[np.int64]] = []
    weights: list[NDArray[np.float64]] = []
    for word in found:
        at, weight = _word_features(word)
        places.append(at)
        weights.append(weight)
    for first, second in pairwise(found):
        at, weight = _pair_feature(first, second)
        places.append(at)
        weights.append(weight)
    if not places:
        return np.zeros(DIMENSION, dtype=np.float32)
    sums = np.bincount(np.concatenate(places), weights=np.concatenate(weights), minlength=DIMENSION)
    # A word said twenty times says more than once, but not twenty times more.
    damped = np.sign(sums) * np.log1p(np.abs(sums))
    length = float(np.linalg.norm(damped))
    return (damped / length if length else damped).astype(np.float32)


def embed_all(texts: Sequence[str | None]) -> Vector:
    """One row a text, shape ``(len(texts), 768)``."""
    vectors = np.empty((len(texts), DIMENSION), dtype=np.float32)
    for row, text in enumerate(texts):
        vectors[row] = embed(text)
    return vectors


@lru_cache(maxsize=200_000)
def _word_features(word: str) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    edged = f"<{word}>"
    groups = {edged[i : i + _GROUP_LETTERS] for i in range(max(1, len(edged) - _GROUP_LETTERS + 1))}
    features = [("w", word, _WORD_WEIGHT)]
    features += [("g", group, _GROUP_WEIGHT / len(groups) ** 0.5) for group in sorted(groups)]
    return _hashed(features)


@lru_cache(maxsize=200_000)
def _pair_feature(first: str, second: str) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    return _hashed([("p", f"{first} {second}", _PAIR_WEIGHT)])


def _hashed(
    features: list[tuple[str, str, float]],
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    places = np.empty(len(features), dtype=np.int64)
    weights = np.empty(len(features), dtype=np.float64)
    for i, (kind, feature, weight) in enumerate(features):
        digest = int.from_bytes(
            blake2b(f"{kind}:{feature}".encode(), digest_size=8).digest(), "little"
        )
        places[i] = (digest >> 1) % DIMENSION
        weights[i] = weight if digest & 1 else -weight
    return places, weights
