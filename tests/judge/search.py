"""Search by words, concepts and vector against words alone: J-calls-04.

QMSum (M. Zhong et al., 2021; ``Yale-LILY/QMSum``, MIT): the 70 meetings of ``data/ALL/test`` and
``val`` with 481 queries that people wrote about a part of one; ``CS_ASSETS_JUDGE_DATA`` names the
folder that holds ``data/ALL``. Paraphrases are ours: a query, what was said, and a sentence that
shares its words; the decoy of a pair is what another pair said.
"""

import json
import os
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from cs_assets.search.hybrid import Index
from cs_assets.search.vectors import embed, embed_all
from cs_assets.search.words import content_words
from tests.figures import Figure, NotHere

_PAIRS = Path(__file__).parent / "labelled/paraphrases.tsv"
_WORDS_A_CHUNK = 160


def meetings() -> tuple[list[str], NDArray[np.int64], list[tuple[int, str]]]:
    """Chunks, the meeting of each, and queries with the meeting that they are about."""
    named = os.environ.get("CS_ASSETS_JUDGE_DATA")
    files = sorted(Path(named).glob("data/ALL/[tv][ea][sl]*/*.json")) if named else []
    if len(files) != 70:
        raise NotHere("CS_ASSETS_JUDGE_DATA names no folder with QMSum's data/ALL/test and val")
    chunks, of, queries = [], [], []
    for number, path in enumerate(files):
        read = json.loads(path.read_text(encoding="utf-8"))
        said = " ".join(turn["content"] for turn in read["meeting_transcripts"]).split()
        for first in range(0, len(said), _WORDS_A_CHUNK):
            chunks.append(" ".join(said[first : first + _WORDS_A_CHUNK]))
            of.append(number)
        queries += [(number, one["query"]) for one in read["specific_query_list"]]
    return chunks, np.array(of), queries


def reciprocal_ranks() -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Of the right meeting for each query, by its best chunk: joined, and BM25 on words alone."""
    chunks, of, queries = meetings()
    index, vectors = Index(chunks), embed_all(chunks)
    joined, bare = [], []
    for meeting, query in queries:
        for ranks, scores in (
            (joined, index.scores(query, vectors @ embed(query))),
            (bare, index.words.scores(content_words(query))),
        ):
            best = np.full(of.max() + 1, -np.inf)
            np.maximum.at(best, of, scores)
            ranks.append(1 / (1 + int((best > best[meeting]).sum())))
    return np.array(joined), np.array(bare)


def paraphrases() -> float:
    """Share of our pairs whose true sentence ranks above the decoy."""
    pairs = [line.split("\t") for line in _PAIRS.read_text(encoding="utf-8").splitlines()]
    said = [pair[1] for pair in pairs]
    index, vectors = Index(said), embed_all(said)
    right = 0
    for place, (query, *_) in enumerate(pairs):
        scores = index.scores(query, vectors @ embed(query))
        right += bool(scores[place] > scores[(place + 7) % len(pairs)])
    return right / len(pairs)


def joined_against_words() -> Figure:
    """J-calls-04: mean reciprocal rank with a paired bootstrap, and paraphrases."""
    joined, bare = reciprocal_ranks()
    rng = np.random.default_rng(16)
    drawn = rng.integers(0, len(joined), (2000, len(joined)))
    low = float(np.quantile((joined - bare)[drawn].mean(axis=1), 0.025))
    share = paraphrases()
    value = (
        f"MRR {joined.mean():.3f} BM25 {bare.mean():.3f} lower bound {low:+.3f} n={len(joined)}; "
        f"paraphrases {share:.0%} of 60"
    )
    passed = low >= -0.02 and share >= 0.8
    return Figure("J-calls-04", "search joined", value, "bound>=-.02; >=80%", passed)


BY_ID = {"J-calls-04": joined_against_words}


def figures() -> Iterator[Figure]:
    for make in BY_ID.values():
        yield make()
