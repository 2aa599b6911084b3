"""Scores of one call by dimension, each from criteria that can be pointed at in the transcript.

A criterion earns a share of its points from what was heard; a dimension is the
points earned of the points that the call gave a chance to earn, times 100; the
overall score is the mean of the dimensions by weight. No chance: not applicable,
which is no low score. Thresholds and cues come from the rubric.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from cs_assets.calls.scoring import discovery, engagement, objection_handling, product_knowledge
from cs_assets.calls.scoring.evidence import Criterion, Heard
from cs_assets.calls.scoring.rubric import DIMENSIONS, Dimension, Rubric
from cs_assets.calls.scoring.shown import Shown, shown

_JUDGES: Mapping[Dimension, Callable[[Heard], list[Criterion] | str]] = {
    "product_knowledge": product_knowledge.judge,
    "discovery": discovery.judge,
    "objection_handling": objection_handling.judge,
    "engagement": engagement.judge,
}


@dataclass(frozen=True, slots=True)
class DimensionScore:
    """A dimension's score, 0 to 100 or ``None`` (not applicable), and what it rests on."""

    dimension: Dimension
    score: float | None
    reason: str
    criteria: tuple[Criterion, ...]
    quotes: tuple[Shown, ...]
    """Sentences worth showing, each with what it shows; there may be none."""


def score(heard: Heard) -> dict[Dimension, DimensionScore]:
    """All dimensions of a call that may be scored."""
    return {dimension: _dimension(dimension, heard) for dimension in DIMENSIONS}


def overall(scores: dict[Dimension, DimensionScore], rubric: Rubric) -> float | None:
    """Mean of the applicable dimensions by weight, 0 to 100."""
    known = [(rubric.weights[d], s.score) for d, s in scores.items() if s.score is not None]
    weight = sum(w for w, _ in known)
    return sum(w * value for w, value in known) / weight if weight else None


def _dimension(dimension: Dimension, heard: Heard) -> DimensionScore:
    if heard.call_type in heard.rubric.not_applicable.get(dimension, []):
        return _not_applicable(dimension, f"a {heard.call_type} call gives no chance to show it")
    judged = _JUDGES[dimension](heard)
    if isinstance(judged, str):
        return _not_applicable(dimension, judged)
    rules = heard.rubric.dimensions[dimension].criteria
    possible = sum(rules[c.key].points for c in judged if c.share is not None)
    earned = sum(rules[c.key].points * c.share for c in judged if c.share is not None)
    return DimensionScore(
        dimension=dimension,
        score=round(100 * earned / possible, 1),
        reason="; ".join(c.reason for c in judged if c.share is not None),
        criteria=tuple(judged),
        quotes=shown(judged, rules, heard),
    )


def _not_applicable(dimension: Dimension, reason: str) -> DimensionScore:
    return DimensionScore(dimension, None, f"not applicable: {reason}", (), ())
