"""The section "Recommendations & Best Practices" by rule: plays, and a case study that fits."""

from dataclasses import dataclass

from cs_assets.facts.model import Fact, FactSheet, Quote
from cs_assets.reviews.configuration import ReviewSettings
from cs_assets.reviews.writing.plays.choosing import plays
from cs_assets.reviews.writing.plays.play import Play
from cs_assets.reviews.writing.what_became import GIVEN, effect_of, given_before, noted_before


@dataclass(frozen=True)
class CaseStudy:
    """A published case study: what may be said about it and its exact words."""

    case_study_id: str
    title: str
    company: str
    results: str
    matched_on: str
    """Why it fits, in words: same industry, same size, goal."""


def with_case_study(sheet: FactSheet, study: CaseStudy | None) -> FactSheet:
    """The sheet with the case study's facts and its first result as a quote."""
    if study is None:
        return sheet
    lines = [line.strip() for line in study.results.splitlines() if line.strip()]
    if not lines:
        return sheet
    return sheet.with_facts(
        [
            _text("case.title", "Case study", study.title),
            _text("case.company", "Company of the case study", study.company),
            _text("case.matched_on", "Why it fits", study.matched_on),
        ],
        [Quote("case.result", lines[0], study.case_study_id, study.company)],
    )


def _text(fact_id: str, label: str, value: str) -> Fact:
    return Fact(fact_id, label, value, "text", source="reviews/case_studies")


def recommendations(sheet: FactSheet, settings: ReviewSettings) -> str:
    """The section as text with slots, one block a recommendation."""
    chosen = plays(sheet, settings)
    fewer = _FEWER if len(chosen) < settings.recommendations.minimum else ""
    blocks = [fewer, *(block(play, sheet, settings) for play in chosen)]
    if sheet.quote("case.result") is not None:
        blocks.append(
            'Case study: {case.company}, "{case.title}" ({case.matched_on}), in its own words: '
            '"{quote:case.result}"'
        )
    return "\n\n".join(text for text in blocks if text)


_FEWER = "Less advice than usual: nothing else in the facts of this week calls for any."


def block(play: Play, sheet: FactSheet, settings: ReviewSettings) -> str:
    """One recommendation in the format that readers and the PDF expect.

    Its effect carries what has been measured, where something has; advice that was given before
    says what became of it.
    """
    before = given_before(play.title, sheet) or noted_before(play, sheet)
    lines = [
        f"## {play.title}",
        play.observation,
        f"Why it matters: {play.why}",
        f"Action: {play.action}",
        f"Expected effect: {play.effect}{effect_of(play, sheet)}",
        f"{GIVEN}: {before}" if before else "",
    ]
    return "\n".join(line for line in lines if line)
