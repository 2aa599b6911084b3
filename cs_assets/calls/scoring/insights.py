"""Coaching insights: for each dimension below target, one observation, one action, one moment."""

from collections.abc import Mapping
from dataclasses import dataclass

from cs_assets.calls.scoring.dimensions import DimensionScore
from cs_assets.calls.scoring.evidence import Criterion
from cs_assets.calls.scoring.rubric import DIMENSIONS, Dimension, Rubric


@dataclass(frozen=True, slots=True)
class Insight:
    """One piece of advice. ``position`` is the sentence to look at; ``points`` what it cost."""

    dimension: Dimension
    criterion: str
    observation: str
    action: str
    position: int
    points: float


def find(scores: Mapping[Dimension, DimensionScore], rubric: Rubric) -> list[Insight]:
    """The costliest missing behaviour of each weak dimension, the costliest of all first.

    Only what a reader would confirm is said: criteria whose misses are right often enough on the
    labelled calls, and of those only what was missed, not what could have been more.

    What a point costs is weighed by the dimension's weight in the overall score.
    """
    insights = []
    for dimension in DIMENSIONS:
        scored = scores.get(dimension)
        if scored is None or scored.score is None or scored.score >= rubric.target_score:
            continue
        worst = max(
            (
                c
                for c in scored.criteria
                if rubric.criterion(dimension, c.key).is_quotable and is_missed(c)
            ),
            key=lambda c: _lost(c, dimension, rubric),
            default=None,
        )
        if worst is None or _lost(worst, dimension, rubric) <= 0 or worst.moment is None:
            continue
        insights.append(
            Insight(
                dimension=dimension,
                criterion=worst.key,
                observation=worst.reason,
                action=rubric.criterion(dimension, worst.key).action,
                position=worst.moment,
                points=round(_lost(worst, dimension, rubric), 1),
            )
        )
    return sorted(insights, key=lambda insight: -insight.points)


def is_missed(criterion: Criterion) -> bool:
    """Whether it was missing at a place that can be shown, and not only thin."""
    nothing = criterion.share == 0
    return criterion.moment is not None and (nothing or bool(criterion.missed))


def _lost(criterion: Criterion, dimension: Dimension, rubric: Rubric) -> float:
    """Points of the overall score that the criterion cost."""
    points = rubric.criterion(dimension, criterion.key).points
    return rubric.weights[dimension] * points * (1 - (criterion.share or 0.0))
