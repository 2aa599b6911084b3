"""Scores of one call by dimension, each from criteria that can be pointed at in the transcript.

A criterion earns a share of its points from what was heard; a dimension is the
points earned of the points that the call gave a chance to earn, times 100; the
overall score is the mean of the dimensions by weight. No chance: not applicable,
which is no low score. Thresholds and cues come from the rubric.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from cs_assets.calls.scoring import discovery, engagement, objection_handling, product_knowledge
from cs_assets.calls.scoring.evidence import Criterion, Heard
from cs_assets.calls.scoring.rubric import DIMENSIONS, CriterionRules, Dimension, Rubric

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
    quotes: tuple[int, ...]
    """Sentence positions, at least one when there is a score."""


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
        quotes=_quotes(judged, rules, heard),
    )


def _not_applicable(dimension: Dimension, reason: str) -> DimensionScore:
    return DimensionScore(dimension, None, f"not applicable: {reason}", (), ())


def _quotes(
    judged: Sequence[Criterion], rules: Mapping[str, CriterionRules], heard: Heard, at_most: int = 3
) -> tuple[int, ...]:
    """One sentence for what earned most, one for what cost most, then more of what was heard."""
    known = [c for c in judged if c.share is not None]
    by_gain = sorted(known, key=lambda c: -rules[c.key].points * (c.share or 0))
    by_loss = sorted(known, key=lambda c: -rules[c.key].points * (1 - (c.share or 0)))
    chosen: list[int] = []
    chosen += [c.heard[0] for c in by_gain if c.heard][:1]
    chosen += [c.moment for c in by_loss if c.moment is not None][:1]
    chosen += [c.heard[0] for c in by_gain if c.heard][1:]
    return tuple(dict.fromkeys(chosen))[:at_most] or (heard.first_rep_position,)
