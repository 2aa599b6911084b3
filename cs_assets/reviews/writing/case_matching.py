"""Which case study fits a customer, and whether it fits well enough to be shown."""

from collections.abc import Sequence
from typing import Any

import pandas as pd

from cs_assets.facts.model import FactSheet
from cs_assets.names import alike
from cs_assets.reviews.facts.groups import groups, text
from cs_assets.reviews.writing.plays.play import Play
from cs_assets.reviews.writing.recommendations import CaseStudy
from cs_assets.search.case_studies import CaseStudySearch
from cs_assets.search.words import content_words

#: What each kind of likeness adds; together 1. Without a goal on record the subject stands for it.
WEIGHTS = {"goal": 0.45, "industry": 0.25, "subject": 0.1, "size": 0.1, "module": 0.1}

#: Words are compared by their beginnings: "reaches" is "reach", "invoices" is "invoice".
_STEM = 5


class CaseMatcher:
    """Finds the best case study of ``source.case_studies`` for a customer's plays."""

    def __init__(
        self, case_studies: pd.DataFrame, search: CaseStudySearch, minimum_score: float
    ) -> None:
        self._rows: dict[str, Any] = {
            str(row.case_study_id): row for row in case_studies.itertuples(index=False)
        }
        self._words = {
            key: _stems(f"{row.title} {row.goal} {row.use_cases} {row.channels_used}")
            for key, row in self._rows.items()
        }
        self._search = search
        self._minimum = minimum_score

    def match(self, sheet: FactSheet, chosen: Sequence[Play]) -> CaseStudy | None:
        """The best fit, or ``None`` when none reaches the minimum: no match, no case."""
        if not self._rows or not chosen:
            return None
        goal, subject = text(sheet, "customer.goal"), chosen[0].about
        query = f"{goal} {subject} {text(sheet, 'customer.industry')}"
        best: tuple[float, str, str] | None = None
        for hit in self._search.search(query, limit=len(self._rows)):
            score, reasons = self._score(hit.case_study_id, sheet, goal, subject)
            if score >= self._minimum and (best is None or score > best[0]):
                best = (score, hit.case_study_id, reasons)
        if best is None:
            return None
        row = self._rows[best[1]]
        return CaseStudy(row.case_study_id, row.title, row.company_name, row.key_results, best[2])

    def _score(
        self, case_study_id: str, sheet: FactSheet, goal: str, subject: str
    ) -> tuple[float, str]:
        row = self._rows[case_study_id]
        owned = {g.rsplit(".", 1)[1].upper() for g in groups(sheet, "adoption.module")}
        likeness = {
            "goal": self._shared(case_study_id, goal or subject),
            "industry": _same(row.industry_vertical, text(sheet, "customer.industry")),
            "subject": self._shared(case_study_id, subject),
            "size": _same(row.company_size, text(sheet, "customer.segment")),
            "module": float(bool(owned & set(str(row.modules or "").split(";")))),
        }
        score = sum(WEIGHTS[kind] * value for kind, value in likeness.items())
        named = {"goal": "similar goal" if goal else "same subject", "industry": "same industry",
                 "size": "same size", "module": "same module"}  # fmt: skip
        reasons = ", ".join(words for kind, words in named.items() if likeness[kind] >= 0.5)
        return round(score, 4), reasons

    def _shared(self, case_study_id: str, wanted: str) -> float:
        """Share of the wanted words that the case study is about; half of them is enough for 1."""
        stems = _stems(wanted)
        return min(1.0, 2 * len(stems & self._words[case_study_id]) / len(stems)) if stems else 0.0


def _stems(words: str) -> set[str]:
    return {word[:_STEM] for word in content_words(words)}


def _same(one: object, other: str) -> float:
    return float(bool(other) and alike(str(one), other))
