"""Why this CSM: the chosen one against the next two, in terms that add up exactly.

For one account, everybody else's owner fixed, the cost of CSM j is the growth of the
deviation of j's book in each dimension plus the pair's own terms. All are whole
numbers, so the terms of a difference add up to the difference of the costs.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from cs_assets.routing.building import Batch
from cs_assets.routing.problem import COST_UNIT, Ints

_WORDS = {
    "accounts": "number of accounts",
    "points": "capacity points",
    "neediness": "neediness",
    "red": "share of red accounts",
    "yellow": "share of yellow accounts",
    "green": "share of green accounts",
    "revenue": "revenue",
    "tenure": "experience for this account",
    "recency": "time since the last assignment",
    "region": "region",
    "language": "language",
    "continuity": "the relationship there is",
    "match": "past results with such accounts",
    "tie_break": "fixed tie-break",
}


@dataclass(frozen=True)
class Candidate:
    """A CSM for an account: the cost there and its terms, in billionths of an account too many."""

    csm: int
    cost: int
    terms: Mapping[str, int]


def candidates(batch: Batch, owners: Ints, account: int, alternatives: int = 2) -> list[Candidate]:
    """The chosen CSM of ``account`` first, then the cheapest others that have room."""
    problem = batch.problem
    chosen = int(owners[account])
    load = problem.books - problem.targets
    load = load.copy()
    np.add.at(load, owners, problem.loads)
    load[chosen] -= problem.loads[account]
    used = np.zeros_like(problem.room)
    np.add.at(used, owners, problem.uses)
    used[chosen] -= problem.uses[account]
    growth = (np.abs(load + problem.loads[account]) - np.abs(load)) * problem.price
    costs = growth.sum(axis=1) + problem.pair_cost[account]
    fits = (used + problem.uses[account] <= problem.room).all(axis=1) & problem.allowed[account]
    others = [int(j) for j in np.argsort(costs, kind="stable") if fits[j] and j != chosen]
    return [
        Candidate(csm, int(costs[csm]), _terms(batch, growth, account, csm))
        for csm in [chosen, *others[:alternatives]]
    ]


def difference(chosen: Candidate, other: Candidate) -> dict[str, int]:
    """By term, how much more ``other`` costs; adds up to the difference of the costs."""
    return {name: other.terms[name] - chosen.terms[name] for name in chosen.terms}


def in_words(name: str, others: Sequence[tuple[str, Mapping[str, int]]]) -> str:
    """One or two sentences on the choice of ``name`` over ``others`` (name, difference)."""
    if not others:
        return f"{name} is the only CSM who may take the account and has room."
    sentences = []
    for other, terms in others:
        total = sum(terms.values())
        if total == 0:
            sentences.append(f"{other} would do as well.")
            continue
        word = "more" if total > 0 else "less"
        against = sorted(terms.items(), key=lambda item: -item[1] if total > 0 else item[1])
        main = [
            f"{_WORDS[term]} {_units(value)}" for term, value in against[:2] if value * total > 0
        ]
        sentences.append(
            f"{other} would cost {_units(abs(total))} {word}, mostly by {' and '.join(main)}."
        )
    return f"{name} costs least with everyone else's owner fixed. " + " ".join(sentences)


def _units(value: int) -> str:
    return f"{value / COST_UNIT:+.3f}" if value < 0 else f"{value / COST_UNIT:.3f}"


def _terms(batch: Batch, growth: Ints, account: int, csm: int) -> dict[str, int]:
    balance = {
        name: int(growth[csm, d]) for d, name in enumerate(batch.problem.dimensions)
    }  # fmt: skip
    return balance | {name: int(values[account, csm]) for name, values in batch.pair_terms.items()}
