"""Customers found by what is said of and by them: summaries, notes, tickets, surveys, calls."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from cs_assets.search import vectors
from cs_assets.search.hybrid import Index, concepts

#: A passage below this share of the best one is no find.
_LEAST = 0.25
#: What further passages of a customer add to the best one.
_MORE = 0.1


@dataclass(frozen=True)
class Hit:
    """One customer with its best passage, and in how many passages it was found."""

    customer_id: str
    score: float
    source: str
    said_on: object
    place: str | None
    words: str
    passages: int


def search(passages: pd.DataFrame, query: str, most: int) -> list[Hit]:
    """Customers of rows of ``customers/passages``, nearest first.

    Only passages that share a word or a concept with the query count; the vector ranks them.
    """
    rows = passages[passages["words"].astype(str).str.strip() != ""].reset_index(drop=True)
    if rows.empty:
        return []
    texts = rows["words"].astype(str).tolist()
    index = Index(texts)
    by_words = index.by_words(query)
    near = np.flatnonzero(by_words > 0)
    if not len(near):
        return []
    similarity = vectors.embed_all([texts[n] for n in near]) @ vectors.embed(query)
    scores = np.zeros(len(rows))
    cosines = np.zeros(len(rows), dtype=np.float32)
    cosines[near] = similarity
    scores[near] = index.scores(query, cosines)[near]
    # One common word of several is no find: what a passage has of the question counts twice.
    asked = _meant(query)
    for found in near:
        scores[found] *= (len(asked & _meant(texts[found])) / len(asked)) ** 2 if asked else 1.0
    if scores.max() <= 0:
        return []
    kept = rows.assign(score=scores)[scores >= _LEAST * scores.max()]
    hits = []
    for customer, group in kept.groupby("customer_id"):
        best = group.loc[group["score"].idxmax()]
        total = float(best["score"]) + _MORE * float(np.log1p(len(group) - 1))
        place = best["place"] if isinstance(best["place"], str) else None
        hits.append(
            Hit(str(customer), round(total, 4), str(best["source"]), best["said_on"], place,
                " ".join(str(best["words"]).split()), len(group))
        )  # fmt: skip
    return sorted(hits, key=lambda h: (-h.score, h.customer_id))[:most]


def _meant(text: str) -> frozenset[str]:
    """Stems and synonyms of a text's words, one of a kind."""
    return frozenset(concepts(text))
