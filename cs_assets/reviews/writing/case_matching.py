"""Which case study fits the advice of a review, and whether it fits well enough to be shown.

The advice comes first: a case must be about what a play is about. Among those that are, industry,
size and module decide. What texts are about is told by subjects: words of one kind of work
(``case_studies.subjects`` in ``reviews.yaml``), so that "readers who stopped reading" and "win back
attention" are one thing and "receivables" is not "Accounts Receivable is hardly used".
"""

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

import pandas as pd

from cs_assets.facts import slots
from cs_assets.facts.model import FactSheet
from cs_assets.names import alike
from cs_assets.reviews.configuration import CaseStudies
from cs_assets.reviews.facts.groups import groups, number, text
from cs_assets.reviews.writing.plays.play import Play
from cs_assets.reviews.writing.recommendations import CaseStudy
from cs_assets.search.case_studies import CaseStudySearch
from cs_assets.search.words import content_words

#: What each likeness adds to how well a case fits the advice, which is up to 1.
LIKENESS = {"industry": 0.2, "size": 0.1, "module": 0.1, "words": 0.05, "search": 0.01}
_NAMED = {"industry": "same industry", "size": "same size", "module": "same module"}

#: A subject of the results alone counts half: a result is what came of it, not what it was about.
_IN_RESULTS = 0.5
#: Words compare without their endings, by their beginnings: "reaches" is "reach", "closed" "close".
_ENDING, _STEM = re.compile(r"(?<=\w{3})(?:ings?|ed|es|s|e)$"), 7
#: Messages against an earlier window from which a customer sends fewer already.
_FEWER = 0.8
#: Answers of the search that are kept; plays have few different words.
_KEPT = 512


class CaseMatcher:
    """Finds the best case study of ``source.case_studies`` for a customer's plays."""

    def __init__(
        self, case_studies: pd.DataFrame, search: CaseStudySearch, settings: CaseStudies
    ) -> None:
        self._minimum = settings.minimum_score
        self._subjects = {
            name: tuple(_stems(phrase) for phrase in phrases)
            for name, phrases in settings.subjects.items()
        }
        self._rows: dict[str, Any] = {
            str(row.case_study_id): row for row in case_studies.itertuples(index=False)
        }
        self._told = {
            key: [*_fields(row.title, row.goal, *_listed(row.use_cases))]
            for key, row in self._rows.items()
        }
        self._about = {key: self._subjects_of(told) for key, told in self._told.items()}
        self._won = {
            key: self._subjects_of(_fields(*str(row.key_results).splitlines()))
            for key, row in self._rows.items()
        }
        self._titled = {
            key: self._subjects_of(_fields(row.title)) for key, row in self._rows.items()
        }
        self._places = lru_cache(_KEPT)(
            lambda query: {
                hit.case_study_id: place
                for place, hit in enumerate(search.search(query, limit=len(self._rows)))
            }
        )

    def match(self, sheet: FactSheet, chosen: Sequence[Play]) -> CaseStudy | None:
        """The best fit of the weightiest play that has one, or ``None``: no match, no case.

        First those that say in their title or results what the advice is about: that is what
        readers see; one whose quote is about something else is none. Where none is about the
        advice, one may be about the goal that some serves.
        """
        serving = [play for play in chosen if "{customer.goal}" in play.why]
        asked = [(play, play.about) for play in chosen]
        asked += [(play, text(sheet, "customer.goal")) for play in serving]
        first: CaseStudy | None = None
        for play, about in asked if self._rows else ():
            bare = _bare(about, sheet)
            found = self._best(bare, play, sheet)
            if found and self._is_seen(found.case_study_id, bare, sheet):
                return found
            if found and not self._subjects_of(_fields(found.results.partition("\n")[0])):
                first = first or found
        return first

    def _is_seen(self, key: str, about: str, sheet: FactSheet) -> bool:
        """Whether a case's title or results tell a subject of the advice, where it has any."""
        wanted = self._subjects_of(_fields(about))
        return not wanted or bool(wanted & (self._titled[key] | self._won_by(key, sheet)))

    def _won_by(self, key: str, sheet: FactSheet) -> frozenset[str]:
        """What the results are about that this customer has not got already."""
        if not _sends_fewer(sheet):
            return self._won[key]
        return self._subjects_of(_fields(*_news(self._rows[key], sheet)))

    def _best(self, about: str, play: Play, sheet: FactSheet) -> CaseStudy | None:
        likeness = {key: self._likeness(key, about, play, sheet) for key in self._rows}
        total = {
            key: fit + sum(LIKENESS[kind] * value for kind, value in like.items())
            for key, (fit, like) in likeness.items()
            if fit >= self._minimum and (_news(self._rows[key], sheet) or not self._won[key])
        }
        if not total:
            return None
        best = min(total, key=lambda key: (-round(total[key], 6), key))
        row, (_, like) = self._rows[best], likeness[best]
        results = "\n".join(_news(row, sheet))
        title = slots.fill(play.title, sheet).text if play.title else about
        reasons = [f"on “{title}”", *(w for kind, w in _NAMED.items() if like[kind])]
        return CaseStudy(
            best, row.title, row.company_name, self._fitting_first(results, about),
            ", ".join(reasons),
        )  # fmt: skip

    def _likeness(
        self, key: str, about: str, play: Play, sheet: FactSheet
    ) -> tuple[float, dict[str, float]]:
        """How well a case fits the advice, and how alike its company is to the customer."""
        row, stems = self._rows[key], _stems(about)
        wanted = self._subjects_of(_fields(about))
        told = frozenset[str]().union(*self._told[key])
        shared = len(stems & told) / len(stems) if stems else 0.0
        if wanted:
            in_results = (wanted & self._won_by(key, sheet)) - self._about[key]
            found = len(wanted & self._about[key]) + _IN_RESULTS * len(in_results)
            fit = found / len(wanted)
        else:
            fit = min(1.0, 2 * shared) if len(stems & told) > 1 else 0.0
        place = self._places(about).get(key)
        return fit, {
            "industry": _same(row.industry_vertical, text(sheet, "customer.industry")),
            "size": _same(row.company_size, text(sheet, "customer.segment")),
            "module": float(_is_of_module(row, *_module_of(play, sheet))),
            "words": shared,
            "search": 1 / (1 + place) if place is not None else 0.0,
        }

    def _fitting_first(self, results: str, about: str) -> str:
        """The published results, first the one that tells most of the advice's subjects."""
        lines = [line.strip() for line in results.splitlines() if line.strip()]
        wanted, words = self._subjects_of(_fields(about)), _stems(about)

        def fit(line: str) -> tuple[int, int]:
            return len(wanted & self._subjects_of(_fields(line))), len(words & _stems(line))

        return "\n".join(sorted(lines, key=fit, reverse=True))

    def _subjects_of(self, told: Sequence[frozenset[str]]) -> frozenset[str]:
        """The subjects of which a phrase stands in one of the texts."""
        return frozenset(
            name
            for name, phrases in self._subjects.items()
            if any(phrase <= words for phrase in phrases for words in told)
        )


def _fields(*texts: object) -> list[frozenset[str]]:
    return [_stems(str(text)) for text in texts if isinstance(text, str)]


def _listed(value: object) -> list[str]:
    return [part.strip() for part in value.split(";")] if isinstance(value, str) else []


def _modules(sheet: FactSheet) -> Mapping[str, str]:
    """Names of the customer's modules by code."""
    return {
        g.rsplit(".", 1)[1].upper(): text(sheet, f"{g}.name")
        for g in groups(sheet, "adoption.module")
    }


def _bare(about: str, sheet: FactSheet) -> str:
    """``about`` without names of modules: they say where, and not what."""
    for name in filter(None, _modules(sheet).values()):
        about = re.sub(rf"\b{re.escape(name)}\b", "", about, flags=re.IGNORECASE)
    return about


def _module_of(play: Play, sheet: FactSheet) -> tuple[str, str]:
    """Code and name of the module that a play is on; none otherwise."""
    named = play.topic.removeprefix("module ")
    return next(((code, name) for code, name in _modules(sheet).items() if name == named), ("", ""))


def _is_of_module(row: Any, code: str, name: str) -> bool:
    """Whether a story tells of the module: that its company has it too says nothing of it."""
    if not name or code not in _listed(row.modules):
        return False
    told = (row.title, row.goal, row.content, row.use_cases, row.key_results)
    return name.casefold() in " ".join(str(part) for part in told).casefold()


def _news(row: Any, sheet: FactSheet) -> list[str]:
    """The published results but for what this customer's own figures have already."""
    lines = str(row.key_results).splitlines()
    if not _sends_fewer(sheet):
        return lines
    return [line for line in lines if "fewer messages" not in line.casefold()]


def _sends_fewer(sheet: FactSheet) -> bool:
    """Whether clearly fewer messages are sent already than in an earlier window."""
    sent = number(sheet, "engagement.sent")
    before = [number(sheet, f"engagement.sent_{span}") for span in ("prior", "year_ago")]
    return sent is not None and any(then and sent <= _FEWER * then for then in before)


def _stems(words: str) -> frozenset[str]:
    return frozenset(_ENDING.sub("", word)[:_STEM] for word in content_words(words))


def _same(one: object, other: str) -> float:
    return float(bool(other) and alike(str(one), other))
