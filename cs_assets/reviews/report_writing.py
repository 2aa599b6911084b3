"""From a fact sheet to a report: three sections in one thread, filled and provable."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from cs_assets.ai.writing import Assignment, Draft, Prompt, Writer
from cs_assets.facts import slots
from cs_assets.facts.model import FactSheet
from cs_assets.reviews.configuration import ReviewSettings, Section
from cs_assets.reviews.performance_text import performance
from cs_assets.reviews.playbook import plays
from cs_assets.reviews.recommendation_text import CaseStudy, recommendations, with_case_study
from cs_assets.reviews.summary_text import headline, summary
from cs_assets.reviews.value_text import business_value

TITLES: Mapping[Section, str] = {
    "performance": "Performance vs Benchmarks",
    "business_value": "Business Value",
    "recommendations": "Recommendations & Best Practices",
}


@dataclass(frozen=True)
class Passage:
    """One text of a report: with slots, filled, and where each fact stands in it."""

    slotted: str
    filled: str
    claims: tuple[slots.Claim, ...]
    writer: str
    model: str
    prompt_version: str
    rejections: tuple[str, ...] = ()


@dataclass(frozen=True)
class Report:
    """A written report: its facts and its passages (headline, summary, the sections)."""

    sheet: FactSheet
    snapshot_id: str
    passages: Mapping[str, Passage]

    @property
    def title(self) -> str:
        return self.passages["headline"].filled

    @property
    def full_text(self) -> str:
        parts = [self.passages["headline"].filled, self.passages["summary"].filled]
        for section, title in TITLES.items():
            if section in self.passages:
                parts += [title.upper(), self.passages[section].filled]
        return "\n\n".join(parts)

    @property
    def content_hash(self) -> str:
        """Of facts and texts: the same report has the same hash whenever it is made."""
        document = json.dumps(
            [self.snapshot_id, self.sections_json(), [q.text for q in self.sheet.quotes]]
        )
        return hashlib.sha256(document.encode()).hexdigest()

    def sections_json(self) -> str:
        """Canonical JSON of the passages by name."""
        document = {
            name: {
                "slotted": p.slotted,
                "filled": p.filled,
                "claims": [[c.fact_id, c.start, c.end] for c in p.claims],
                "writer": p.writer,
                "model": p.model,
                "prompt_version": p.prompt_version,
                "rejections": list(p.rejections),
            }
            for name, p in self.passages.items()
        }
        return json.dumps(document, ensure_ascii=False, sort_keys=True)

    def one(self, attribute: str) -> str:
        """``writer``, ``model`` or ``prompt_version`` of the sections; ``mixed`` if they differ."""
        found = {getattr(self.passages[s], attribute) for s in TITLES if s in self.passages}
        return found.pop() if len(found) == 1 else "mixed"


def passages_from_json(text: str) -> dict[str, Passage]:
    """What ``Report.sections_json`` wrote."""
    document: dict[str, dict[str, Any]] = json.loads(text)
    return {
        name: Passage(
            slotted=p["slotted"],
            filled=p["filled"],
            claims=tuple(slots.Claim(*claim) for claim in p["claims"]),
            writer=p["writer"],
            model=p["model"],
            prompt_version=p["prompt_version"],
            rejections=tuple(p["rejections"]),
        )
        for name, p in document.items()
    }


def write_report(
    sheet: FactSheet,
    snapshot_id: str,
    study: CaseStudy | None,
    writer: Writer,
    prompts: Mapping[str, Prompt],
    settings: ReviewSettings,
) -> Report:
    """Write the sections in one thread, then headline and summary by rule, and fill all.

    The sheet must already be the audience's: facts that are not in it cannot be written.
    """
    sheet = with_case_study(sheet, study)
    count = settings.recommendations
    rules = {
        "performance": lambda: performance(sheet),
        "business_value": lambda: business_value(sheet),
        "recommendations": lambda: recommendations(sheet, count.minimum, count.maximum),
    }
    drafts = writer.write(
        [
            Assignment(
                key=f"{sheet.entity_id}/{sheet.period_start}/{section}",
                sheet=sheet,
                prompt=prompts[section],
                rules=rules[section],
            )
            for section in settings.sections
        ]
    )
    passages = {
        "headline": _by_rule(headline(sheet), sheet),
        "summary": _by_rule(summary(sheet, count.minimum, count.maximum), sheet),
    }
    for section, draft in zip(settings.sections, drafts, strict=True):
        passages[section] = _filled(draft, sheet)
    return Report(sheet, snapshot_id, passages)


def chosen_plays(sheet: FactSheet, settings: ReviewSettings) -> Sequence[Any]:
    """The plays of a sheet under these settings, for matching case studies."""
    return plays(sheet, settings.recommendations.minimum, settings.recommendations.maximum)


def _by_rule(text: str, sheet: FactSheet) -> Passage:
    filled = slots.fill(text, sheet)
    return Passage(text, filled.text, filled.claims, "rules", "rules", "rules")


def _filled(draft: Draft, sheet: FactSheet) -> Passage:
    filled = slots.fill(draft.text, sheet)
    return Passage(
        slotted=draft.text,
        filled=filled.text,
        claims=filled.claims,
        writer=draft.writer,
        model=draft.model,
        prompt_version=draft.prompt_version,
        rejections=draft.rejections,
    )
