"""Finding calls: near in meaning, or with the words asked for.

Filters come first, ranking after. Vectors of different models are never compared.
What is shown is what matched: the turns, with their time.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from cs_assets.calls.texts import clock
from cs_assets.errors import CsAssetsError
from cs_assets.frames import records

#: Similarity from which a match is shown. Models spread their values differently: hashed words
#: share little by chance, learned vectors share much.
_THRESHOLDS = {"local-": 0.16}
_LEARNED_THRESHOLD = 0.45

#: Share of the best passage's words and synonyms from which another is worth showing without the
#: vector's word.
_SHARED_WORDS = 0.8

#: As many words as the statement has places for.
MOST_WORDS = 6


class DifferentModels(CsAssetsError):
    """Vectors of more than one model, or of another than the question's, would be compared."""


@dataclass(frozen=True, slots=True)
class Match:
    """One call that matched: its nearest turns; ``chunks`` of it lie above the threshold."""

    call_id: str
    similarity: float
    chunks: int
    first_sentence: int
    last_sentence: int
    text: str


def threshold(model: str) -> float:
    """The similarity from which a match of this model is worth showing."""
    return next((v for p, v in _THRESHOLDS.items() if model.startswith(p)), _LEARNED_THRESHOLD)


def refuse_other_models(stored: pd.DataFrame, model: str) -> None:
    """Raise ``DifferentModels`` unless all stored vectors are of ``model``.

    ``stored``: rows of ``calls/embedding_models`` for the days that are searched.
    """
    others = [row for row in records(stored) if row["model"] != model]
    if not others:
        return
    what = "; ".join(
        f"{row['chunks']} chunks by {row['model']} "
        f"({row['first_day']:%Y-%m-%d} to {row['last_day']:%Y-%m-%d})"
        for row in others
    )
    raise DifferentModels(
        f"these calls were embedded by another model than {model}: {what}; "
        "materialise transcript_embeddings for those days, or search other days"
    )


def joined(rows: pd.DataFrame, query: str, lowest: float, most: int) -> pd.DataFrame:
    """Passages ranked by words, synonyms and vector together, the best first.

    ``rows``: all of ``calls/similar_to_text`` within the filters. Left out is what has neither a
    word nor a synonym of the query and lies below the similarity ``lowest``.
    """
    if rows.empty:
        return rows
    from cs_assets.search.hybrid import Index

    similarity = rows["similarity"].to_numpy(dtype="float32")
    index = Index(rows["chunk_text"].astype(str).tolist())
    scored = rows.assign(score=index.scores(query, similarity))
    found = scored[(index.by_words(query) >= _SHARED_WORDS) | (similarity >= lowest)]
    order = ["score", "call_id", "chunk_index"]
    return found.sort_values(order, ascending=[False, True, True]).head(most)


def nearest_of(passages: Sequence[pd.DataFrame], without: Sequence[str]) -> pd.DataFrame:
    """Rows of several ``calls/similar_to_call`` as one, each passage at its nearest, best first.

    ``without``: the calls compared themselves.
    """
    rows = pd.concat(passages, ignore_index=True)
    rows = rows[~rows["call_id"].isin(list(without))]
    ordered = rows.sort_values(["similarity", "call_id"], ascending=[False, True])
    return ordered.drop_duplicates(["call_id", "first_sentence"])


def matching_sentence(sentences: Sequence[str], query: str) -> int:
    """The place of the sentence that is nearest to the query in words and synonyms."""
    from cs_assets.search.hybrid import Index

    scores = Index(sentences).by_words(query)
    return int(scores.argmax())


def matched(sentences: pd.DataFrame, match: Match, query: str) -> dict[str, Any] | None:
    """The sentence of the passage that matches best, its time, and what came before and after.

    ``sentences``: rows of ``calls/sentences_of_call``. ``None`` where none is of the passage.
    """
    rows = records(sentences)
    inside = [
        place
        for place, row in enumerate(rows)
        if match.first_sentence <= row["sentence_index"] <= match.last_sentence
    ]
    if not inside:
        return None
    at = inside[matching_sentence([str(rows[p]["sentence"]) for p in inside], query)]
    return {
        "at": clock(int(rows[at]["start_ms"])),
        "start_ms": int(rows[at]["start_ms"]),
        "sentence": str(rows[at]["sentence"]),
        "before": str(rows[at - 1]["sentence"]) if at else None,
        "after": str(rows[at + 1]["sentence"]) if at + 1 < len(rows) else None,
    }


def matches(rows: pd.DataFrame, most: int) -> list[Match]:
    """The best chunk of each call, calls in the order of their best.

    ``rows``: of ``calls/similar_to_text`` or ``calls/similar_to_call``, best first.
    """
    best: dict[str, Match] = {}
    counted = rows["call_id"].value_counts().to_dict() if len(rows) else {}
    for row in records(rows):
        call = str(row["call_id"])
        if call not in best and len(best) < most:
            best[call] = Match(
                call_id=call,
                similarity=float(row["similarity"]),
                chunks=int(counted[call]),
                first_sentence=int(row["first_sentence"]),
                last_sentence=int(row["last_sentence"]),
                text=str(row["chunk_text"]),
            )
    return list(best.values())


def words(text: str) -> list[str]:
    """The words to look for, lower case, as many as there are places for, '' for spare places.

    Raises ``ValueError`` without any word, or with too many.
    """
    found = list(dict.fromkeys(text.lower().split()))
    if not found:
        raise ValueError("give at least one word to look for")
    if len(found) > MOST_WORDS:
        raise ValueError(f"give at most {MOST_WORDS} words to look for, not {len(found)}")
    return found + [""] * (MOST_WORDS - len(found))


def excerpt(text: str, at_most: int = 280) -> str:
    """The beginning of a long passage, cut between words and marked as cut."""
    if len(text) <= at_most:
        return text
    return text[: text.rindex(" ", 0, at_most)] + " …"
