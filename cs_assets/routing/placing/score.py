"""How well each CSM would do for a single account, from 0 to 1: its costs told as a score.

The same costs by which a batch is decided, so the order is the same. Each term is put between
0, worst, and 1, best: of a book, how far it is from full; of a pairing, how far from the worst
that there is. The weights are the policy's, made heavier or lighter by the account itself (its
revenue counts more the more revenue it has), and sum to 1.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from cs_assets.routing.explain.terms import WORDS, Candidate, Placed
from cs_assets.routing.policy import DIMENSIONS, TERM_OF, Policy
from cs_assets.routing.solver.problem import COST_UNIT

#: Terms of a pairing that the weights of the policy name.
_WEIGHED = ("tenure", "recency")


@dataclass(frozen=True)
class Score:
    """A CSM's score, by term (weight, value), and how far behind the best one it is."""

    terms: Mapping[str, tuple[float, float]]
    behind: float
    by: str | None
    """The term by which most is lost against the best; None for the best itself."""

    @property
    def total(self) -> float:
        return sum(weight * value for weight, value in self.terms.values())

    def in_words(self, name: str) -> str:
        said = f"{name} scores {self.total:.3f}"
        if self.by is None:
            return f"{said}."
        return f"{said}, {self.behind:.3f} less, most of it by {WORDS.get(self.by, self.by)}."

    def as_json(self) -> str:
        return json.dumps(
            {
                name: {"weight": round(weight, 4), "value": round(value, 4)}
                for name, (weight, value) in self.terms.items()
            }
        )


def of_row(placed: Placed, row: int, ranked: Sequence[Candidate]) -> list[Score]:
    """The scores of the candidates of one account, in their order."""
    names = [name for name in ranked[0].terms if name != "tie_break"] if ranked else []
    full = _full(placed, row)
    worst: dict[str, float] = {}
    least: dict[str, float] = {}
    for name in names:
        costs = [candidate.terms[name] for candidate in ranked]
        least[name] = min(0, *costs)
        worst[name] = max(full.get(name, 0.0), *costs) - least[name]
    whole = sum(worst.values()) or 1.0
    told = [
        {
            TERM_OF.get(name, name): (
                worst[name] / whole,
                1 - (candidate.terms[name] - least[name]) / worst[name],
            )
            for name in names
            if worst[name] > 0
        }
        for candidate in ranked
    ]
    best = told[0] if told else {}
    return [_against(terms, best, first=not place) for place, terms in enumerate(told)]


def _against(
    terms: Mapping[str, tuple[float, float]], best: Mapping[str, tuple[float, float]], first: bool
) -> Score:
    lost = {name: weight * (best[name][1] - value) for name, (weight, value) in terms.items()}
    by = None if first or not lost else max(lost, key=lambda name: lost[name])
    return Score(terms, sum(lost.values()), by)


def _full(placed: Placed, row: int) -> dict[str, float]:
    """What the account costs in each term at its worst: a full book, all bands short, just now."""
    problem, policy = placed.batch.problem, placed.batch.policy
    costs = problem.price * problem.loads[row] * 2 * policy.objective.steps
    full = dict(zip(DIMENSIONS, np.asarray(costs, dtype=float).tolist(), strict=True))
    return full | _pairing(policy)


def _pairing(policy: Policy) -> dict[str, float]:
    weights = policy.objective.weights.model_dump()
    return {name: weights[name] * COST_UNIT for name in _WEIGHED}
