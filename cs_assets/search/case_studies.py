"""Case studies that fit a customer: by meaning and by words, within filters.

``CaseStudySearch`` is the interface; ``LocalCaseStudySearch`` the implementation
beside the embedded warehouse, Cortex Search (``resources.models.cortex``) the other.
The two rankings of the local one are joined by reciprocal rank fusion (G. Cormack,
C. Clarke, S. Büttcher, 2009); words are weighed by BM25 (S. Robertson, H. Zaragoza,
"The Probabilistic Relevance Framework: BM25 and Beyond", 2009).
"""

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import pandas as pd

from cs_assets.names import compared
from cs_assets.search.vectors import Near, embed, embed_all
from cs_assets.search.words import content_words

#: Filters: column -> the value wanted or the values of which one is wanted; compared without
#: regard to case. Of a column that holds several, separated by semicolons, one must be wanted.
Filters = Mapping[str, str | Sequence[str]]

FILTERABLE = ("industry_vertical", "company_size", "modules", "use_cases", "channels_used")

_FUSION = 60  # the constant of the paper
_K1, _B = 1.2, 0.75  # BM25's usual values


@dataclass(frozen=True, slots=True)
class CaseStudyHit:
    """One case study found; ``score`` only ranks within one answer."""

    case_study_id: str
    title: str
    company_name: str
    industry_vertical: str
    key_results: str
    score: float
    found_by: tuple[str, ...]
    """Which rankings knew it: ``words``, ``vector`` (local) or ``cortex``."""


class CaseStudySearch(Protocol):
    """Finds case studies; the best first, none twice, none outside the filters."""

    def search(
        self, query: str, filters: Filters | None = None, limit: int = 5
    ) -> list[CaseStudyHit]: ...


class LocalCaseStudySearch:
    """Hybrid search over the rows of ``source.case_studies``.

    Same rows, same query, same answer: ties go by ``case_study_id``.
    """

    def __init__(self, case_studies: pd.DataFrame) -> None:
        ordered = case_studies.sort_values("case_study_id")
        self._rows: list[dict[str, object]] = [
            {str(name): value for name, value in row.items()} for row in ordered.to_dict("records")
        ]
        texts = [_searchable(row) for row in self._rows]
        self._vectors = Near(embed_all(texts))
        self._counts = [Counter(content_words(text)) for text in texts]
        self._lengths = [sum(counts.values()) for counts in self._counts]
        self._found_in = Counter(word for counts in self._counts for word in counts)

    def search(
        self, query: str, filters: Filters | None = None, limit: int = 5
    ) -> list[CaseStudyHit]:
        """At most ``limit`` hits; raises ``ValueError`` for a column that is not ``FILTERABLE``."""
        allowed = [i for i, row in enumerate(self._rows) if fits(row, filters or {})]
        by_words = self._ranked(allowed, self._word_scores(query))
        by_vector = self._ranked(allowed, self._vectors.similarity(embed(query)))
        fused: dict[int, float] = {}
        for ranking in (by_words, by_vector):
            for rank, i in enumerate(ranking, start=1):
                fused[i] = fused.get(i, 0.0) + 1 / (_FUSION + rank)
        best = sorted(fused, key=lambda i: (-fused[i], i))[: max(0, limit)]
        return [self._hit(i, fused[i], [("words", by_words), ("vector", by_vector)]) for i in best]

    def _hit(
        self, i: int, score: float, rankings: Sequence[tuple[str, Sequence[int]]]
    ) -> CaseStudyHit:
        row = self._rows[i]
        return CaseStudyHit(
            case_study_id=str(row["case_study_id"]),
            title=str(row["title"]),
            company_name=str(row["company_name"]),
            industry_vertical=str(row["industry_vertical"]),
            key_results=str(row["key_results"]),
            score=round(score, 6),
            found_by=tuple(name for name, ranking in rankings if i in ranking),
        )

    @staticmethod
    def _ranked(allowed: Sequence[int], scores: np.ndarray) -> list[int]:
        """The allowed rows with a score above zero, best first."""
        return sorted((i for i in allowed if scores[i] > 0), key=lambda i: (-scores[i], i))

    def _word_scores(self, query: str) -> np.ndarray:
        scores = np.zeros(len(self._rows))
        if not self._rows:
            return scores
        mean_length = max(1.0, sum(self._lengths) / len(self._lengths))
        for word in sorted(set(content_words(query))):
            holders = self._found_in[word]
            weight = math.log(1 + (len(self._rows) - holders + 0.5) / (holders + 0.5))
            for i, counts in enumerate(self._counts):
                if times := counts[word]:
                    size = 1 - _B + _B * self._lengths[i] / mean_length
                    scores[i] += weight * times * (_K1 + 1) / (times + _K1 * size)
        return scores


_TEXT_COLUMNS = (
    "title", "industry_vertical", "modules", "goal", "content", "key_results", "use_cases",
    "channels_used",
)  # fmt: skip


def _searchable(row: Mapping[str, object]) -> str:
    return "\n".join(str(row[name]) for name in _TEXT_COLUMNS if _present(row.get(name)))


def _present(value: object) -> bool:
    return isinstance(value, str) and bool(value.strip())


def fits(row: Mapping[str, object], filters: Filters) -> bool:
    """Whether a case study holds what every filter wants."""
    for column, wanted in filters.items():
        if column not in FILTERABLE:
            raise ValueError(f"'{column}' is no filter: {', '.join(FILTERABLE)}")
        accepted = {compared(w) for w in ([wanted] if isinstance(wanted, str) else wanted)}
        value = row.get(column)
        held = str(value).split(";") if _present(value) else []
        if not accepted & {compared(part) for part in held}:
            return False
    return True
