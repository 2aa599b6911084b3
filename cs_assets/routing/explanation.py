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

#: Differences below half a thousandth of an account too many are not worth a word.
_TELLING = COST_UNIT // 2000

_WORDS = {
    "accounts": "number of accounts",
    "points": "capacity points",
    "neediness": "neediness",
    "red": "red accounts",
    "yellow": "yellow accounts",
    "green": "green accounts",
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
    """A sentence or two on the choice of ``name`` over ``others`` (name, difference by term).

    Amounts are in accounts too many; the terms named are the largest, not all.
    """
    if not others:
        return f"{name} is the only CSM who may take the account and has room."
    against = [_against(other, terms) for other, terms in others]
    return f"{name} costs least with everyone else's owner fixed. " + " ".join(against)


def _against(other: str, terms: Mapping[str, int]) -> str:
    total = sum(terms.values())
    if abs(total) < _TELLING:
        return f"{other} would do as well; a fixed tie-break decides."
    sign = 1 if total > 0 else -1
    largest = sorted(terms.items(), key=lambda item: -item[1] * sign)[:2]
    main = [
        f"{_WORDS[term]} {_units(value)}" for term, value in largest if value * sign >= _TELLING
    ]
    more = "more" if total > 0 else "less"
    return f"{other} would cost {_units(abs(total))} {more}, mostly by {' and '.join(main)}."


def _units(value: int) -> str:
    return f"{value / COST_UNIT:+.3f}" if value < 0 else f"{value / COST_UNIT:.3f}"


def _terms(batch: Batch, growth: Ints, account: int, csm: int) -> dict[str, int]:
    balance = {
        name: int(growth[csm, d]) for d, name in enumerate(batch.problem.dimensions)
    }  # fmt: skip
    return balance | {name: int(values[account, csm]) for name, values in batch.pair_terms.items()}
