"""From a fact sheet to a report: three sections in one thread, filled and provable."""

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from cs_assets.ai.writing import Assignment, Draft, Prompt, RulesWriter, Writer
from cs_assets.facts import slots
from cs_assets.facts.model import FactSheet
from cs_assets.reviews.configuration import ReviewSettings, Section
from cs_assets.reviews.writing.advice_of_models import completed, refusals, told
from cs_assets.reviews.writing.performance import performance
from cs_assets.reviews.writing.plays.choosing import plays
from cs_assets.reviews.writing.recommendations import CaseStudy, recommendations, with_case_study
from cs_assets.reviews.writing.standing import watch
from cs_assets.reviews.writing.summary import headline, summary
from cs_assets.reviews.writing.value import business_value
from cs_assets.reviews.writing.what_became import TITLE as HISTORY
from cs_assets.reviews.writing.what_became import history

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
    degraded: tuple[str, ...] = ()
    """Why it is not the model asked for that wrote."""
    agent: str = ""
    """Which agent wrote, where the writer has several."""
    facts_key: str = ""
    """Hash of the facts that the text depends on; empty for texts by rule alone."""


@dataclass(frozen=True)
class Report:
    """A written report: its facts and its passages (headline, watch, sections and more)."""

    sheet: FactSheet
    snapshot_id: str
    passages: Mapping[str, Passage]

    @property
    def title(self) -> str:
        return self.passages["headline"].filled

    @property
    def full_text(self) -> str:
        first = ("headline", "watch", "summary")
        parts = [self.passages[name].filled for name in first if name in self.passages]
        for name, title in (*TITLES.items(), ("history", HISTORY)):
            if name in self.passages:
                parts += [title.upper(), self.passages[name].filled]
        return "\n\n".join(parts)

    @property
    def content_hash(self) -> str:
        """Of facts and texts: the same report has the same hash whenever it is made."""
        return content_hash(self.snapshot_id, self.sections_json(), self.sheet)

    def sections_json(self) -> str:
        """Canonical JSON of the passages by name."""
        return json.dumps(passages_json(self.passages), ensure_ascii=False, sort_keys=True)

    @property
    def degraded(self) -> tuple[str, ...]:
        """Every reason why a passage is not of the model asked for, once."""
        return tuple(dict.fromkeys(why for p in self.passages.values() for why in p.degraded))

    def one(self, attribute: str) -> str:
        """``writer``, ``model``, ``agent`` or ``prompt_version`` of the sections; ``mixed`` if
        they differ."""
        found = {getattr(self.passages[s], attribute) for s in TITLES if s in self.passages}
        return found.pop() if len(found) == 1 else "mixed"


def content_hash(snapshot_id: str, sections_json: str, sheet: FactSheet) -> str:
    """The hash of a report whose passages are there as JSON."""
    document = json.dumps([snapshot_id, sections_json, [quote.text for quote in sheet.quotes]])
    return hashlib.sha256(document.encode()).hexdigest()


def passages_json(passages: Mapping[str, Passage]) -> dict[str, dict[str, Any]]:
    """Passages by name as plain data."""
    return {
        name: {
            "slotted": p.slotted,
            "filled": p.filled,
            "claims": [[c.fact_id, c.start, c.end] for c in p.claims],
            "writer": p.writer,
            "model": p.model,
            "prompt_version": p.prompt_version,
            "rejections": list(p.rejections),
            "facts_key": p.facts_key,
            **({"degraded": list(p.degraded)} if p.degraded else {}),
            **({"agent": p.agent} if p.agent else {}),
        }
        for name, p in passages.items()
    }


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
            degraded=tuple(p.get("degraded", ())),
            agent=p.get("agent", ""),
            facts_key=p.get("facts_key", ""),
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
    stored: Mapping[str, Passage] | None = None,
) -> Report:
    """Write the sections in one thread, then headline and summary by rule, and fill all.

    The sheet must already be the audience's: facts that are not in it cannot be written. A
    section of ``stored`` (an earlier making of this report) is kept when its facts and its prompt
    are the same; only the others are written.
    """
    sheet = with_case_study(sheet, study)
    rules = {
        "performance": lambda: performance(sheet),
        "business_value": lambda: business_value(sheet),
        "recommendations": lambda: recommendations(sheet, settings),
    }
    keys = {section: facts_key(sheet, section, settings) for section in settings.sections}
    kept: dict[str, Passage] = {
        section: passage
        for section in settings.sections
        if (passage := (stored or {}).get(section))
        and _still_right(passage, keys[section], prompts[section], sheet)
        and (passage.writer != "rules" or _as_by_rule(passage, writer, rules[section]))
    }
    changed = [section for section in settings.sections if section not in kept]
    by_rules = isinstance(writer, RulesWriter)
    assignments = {
        section: Assignment(
            key=f"{sheet.entity_id}/{sheet.period_start}/{section}",
            sheet=sheet,
            prompt=prompts[section],
            rules=rules[section],
            **({} if by_rules else _for_models(section, sheet, settings)),
            audience=settings.edition,
            industry=_industry(sheet),
        )
        for section in changed
    }
    drafts = dict(zip(changed, writer.write(list(assignments.values())), strict=True))
    if asked := assignments.get("recommendations"):
        drafts["recommendations"] = completed(drafts["recommendations"], asked.sheet, settings)
    written = {
        section: replace(_filled(draft, sheet), facts_key=keys[section])
        for section, draft in drafts.items()
    }
    passages: dict[str, Passage] = {
        "headline": _by_rule(headline(sheet), sheet),
        "summary": _by_rule(summary(sheet), sheet),
    }
    if watched := watch(sheet):
        passages["watch"] = _by_rule(watched, sheet)
    for section in settings.sections:
        passages[section] = kept.get(section) or written[section]
    if became := history(sheet):
        passages["history"] = _by_rule(became, sheet)
    return Report(sheet, snapshot_id, passages)


def _industry(sheet: FactSheet) -> str:
    known = sheet.has("customer.industry")
    return str(sheet["customer.industry"].value) if known else ""


def _for_models(section: Section, sheet: FactSheet, settings: ReviewSettings) -> dict[str, Any]:
    """What a model that writes ``section`` is told and held against besides."""
    if section != "recommendations":
        return {}
    return {
        "told": told(sheet, settings),
        "given": tuple(f"## {play.title}\n" for play in plays(sheet, settings)),
        "refusals": lambda text: refusals(text, sheet, settings),
    }


def unchanged_report(sheet: FactSheet, snapshot_id: str) -> Report:
    """The change-only edition when nothing of weight changed: a line, and the figures."""
    line = "No material change since the week before; the actions agreed stay open"
    passages = {"headline": _by_rule(line, sheet), "summary": _by_rule(_OUTCOME, sheet)}
    if watched := watch(sheet):
        passages["watch"] = _by_rule(watched, sheet)
    return Report(sheet, snapshot_id, passages)


_OUTCOME = "- {conversions.count} conversions worth {conversions.value} in {period.window}."

#: Where the facts of a section begin; recommendations rest on all of them.
_RESTS_ON: Mapping[Section, tuple[str, ...]] = {
    "performance": ("customer.name", "period.", "conversions.", "engagement.", "benchmark.",
                    "forecast."),
    "business_value": ("customer.goal", "goal.", "period.", "conversions.", "attribution.",
                       "adoption.", "health.", "calls.", "account."),
    "recommendations": ("",),
}  # fmt: skip


def facts_key(sheet: FactSheet, section: Section, settings: ReviewSettings) -> str:
    """Hash of all that a section's text depends on, its prompt apart."""
    starts = _RESTS_ON[section]
    facts = [
        (f.fact_id, f.value, f.n, f.status, f.reason) for f in sheet if f.fact_id.startswith(starts)
    ]
    quotes = [q.text for q in sheet.quotes] if section == "recommendations" else []
    policy = settings.recommendations.model_dump() if section == "recommendations" else {}
    document = json.dumps([settings.version, facts, quotes, policy], default=str)
    return hashlib.sha256(document.encode()).hexdigest()[:16]


def _as_by_rule(passage: Passage, writer: Writer, rule: Callable[[], str]) -> bool:
    """A rule-based text stands while only rules write and they would write it again."""
    return isinstance(writer, RulesWriter) and rule() == passage.slotted


def _still_right(passage: Passage, key: str, prompt: Prompt, sheet: FactSheet) -> bool:
    """Whether a stored text may stand: same facts, same prompt, and it still fills the same.

    What stood in for the wished model is asked for anew; a known answer costs nothing.
    """
    return (
        not passage.degraded
        and passage.facts_key == key
        and passage.prompt_version == prompt.version
        and not slots.problems(passage.slotted, sheet)
        and slots.fill(passage.slotted, sheet).text == passage.filled
    )


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
        degraded=draft.degraded,
        agent=draft.agent,
    )
