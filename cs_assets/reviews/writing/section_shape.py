"""Whether a model's section has the shape that the pages need; else the rules' text stands in."""

from collections.abc import Sequence
from dataclasses import replace

from cs_assets.ai.writing import Assignment, Draft, by_rules
from cs_assets.reviews.configuration import RecommendationCount
from cs_assets.reviews.writing.text_blocks import recommendations


def in_shape(draft: Draft, assignment: Assignment, count: RecommendationCount) -> Draft:
    """The draft of the recommendations, or the rules' one with the reason among its rejections."""
    if draft.writer == "rules":
        return draft
    if not (found := misshapen(draft.text, count)):
        return draft
    reasons = (*draft.rejections, f"{draft.model}: {'; '.join(found)}")
    return replace(by_rules(assignment, reasons), degraded=draft.degraded)


def misshapen(slotted: str, count: RecommendationCount) -> Sequence[str]:
    """What the mail and the pages would lack, in words."""
    _, made, _ = recommendations(slotted, ())
    problems = []
    if not count.minimum <= len(made) <= count.maximum:
        problems.append(
            f"{len(made)} recommendations instead of {count.minimum} to {count.maximum}"
        )
    without = [one.title for one in made if "Action" not in {line.label for line in one.lines}]
    if without:
        problems.append(f"no action in {len(without)} of {len(made)} recommendations")
    return problems
