"""Which case study fits a customer, and whether it fits well enough to be shown."""

from collections.abc import Sequence
from typing import Any

import pandas as pd

from cs_assets.ai.search import CaseStudySearch
from cs_assets.ai.words import content_words
from cs_assets.facts.model import FactSheet
from cs_assets.reviews.playbook import Play
from cs_assets.reviews.ranked import groups, text
from cs_assets.reviews.recommendation_text import CaseStudy

#: What each kind of likeness adds; together 1.
WEIGHTS = {"industry": 0.4, "size": 0.15, "module": 0.15, "subject": 0.3}


class CaseMatcher:
    """Finds the best case study of ``source.case_studies`` for a customer's plays."""

    def __init__(
        self, case_studies: pd.DataFrame, search: CaseStudySearch, minimum_score: float
    ) -> None:
        self._rows: dict[str, Any] = {
            str(row.case_study_id): row for row in case_studies.itertuples(index=False)
        }
        self._words = {
            key: set(content_words(f"{row.title} {row.goal} {row.use_cases} {row.channels_used}"))
            for key, row in self._rows.items()
        }
        self._search = search
        self._minimum = minimum_score

    def match(self, sheet: FactSheet, chosen: Sequence[Play]) -> CaseStudy | None:
        """The best fit, or ``None`` when none reaches the minimum: no match, no case."""
        if not self._rows or not chosen:
            return None
        subject = f"{chosen[0].about} {text(sheet, 'customer.goal')}"
        query = f"{subject} {text(sheet, 'customer.industry')}"
        best: tuple[float, str, str] | None = None
        for hit in self._search.search(query, limit=5):
            score, reasons = self._score(hit.case_study_id, sheet, subject)
            if score >= self._minimum and (best is None or score > best[0]):
                best = (score, hit.case_study_id, reasons)
        if best is None:
            return None
        row = self._rows[best[1]]
        return CaseStudy(row.case_study_id, row.title, row.company_name, row.key_results, best[2])

    def _score(self, case_study_id: str, sheet: FactSheet, subject: str) -> tuple[float, str]:
        row = self._rows[case_study_id]
        owned = {text(sheet, f"{g}.name") for g in groups(sheet, "adoption.module")}
        wanted = set(content_words(subject))
        shared = len(wanted & self._words[case_study_id]) / len(wanted) if wanted else 0.0
        likeness = {
            "industry": _same(row.industry_vertical, text(sheet, "customer.industry")),
            "size": _same(row.company_size, text(sheet, "customer.segment")),
            "module": float(bool(owned & set(str(row.modules or "").split(";")))),
            "subject": min(1.0, 2 * shared),
        }
        score = sum(WEIGHTS[kind] * value for kind, value in likeness.items())
        named = {"industry": "same industry", "size": "same size", "module": "same module",
                 "subject": "same subject"}  # fmt: skip
        reasons = ", ".join(named[kind] for kind, value in likeness.items() if value >= 0.5)
        return round(score, 4), reasons


def _same(one: object, other: str) -> float:
    return float(bool(other) and str(one).casefold() == other.casefold())
