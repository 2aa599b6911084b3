"""Why this CSM: the chosen one against the next two, in terms that add up exactly.

For one account (or family), everybody else's owner fixed, the cost of CSM j is what j's book
costs more with it in each dimension plus the pair's own terms. All are whole
numbers, so the terms of a difference add up to the difference of the costs.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from cs_assets.routing.placing.building import Batch
from cs_assets.routing.rows import Row
from cs_assets.routing.solver.problem import COST_UNIT, Bools, Ints, Problem, shape

#: Differences below half a thousandth of an account on a full book are not worth a word.
TELLING = COST_UNIT // 2000

#: What a term is called, costs and scores alike.
WORDS = {
    "accounts": "number of accounts",
    "points": "capacity points",
    "neediness": "neediness",
    "at_risk": "accounts at risk",
    "revenue": "revenue",
    "mix_points": "mix of heavy and light accounts",
    "mix_revenue": "mix of revenue and work",
    "tenure": "experience for this account",
    "recency": "time since the last assignment",
    "expertise": "industry and modules known",
    "working_hours": "shared hours of work",
    "region": "region",
    "language": "language",
    "seniority": "seniority for what is at stake",
    "continuity": "the relationship there is",
    "match": "past results with such accounts",
    "tie_break": "fixed tie-break",
    "book_size": "number of accounts",
    "health": "accounts at risk",
}

#: The rule that a capped resource of the problem stands for.
_CAP_RULES = {
    "accounts": "full",
    "points": "full",
    "intake": "intake",
    "weekly intake": "weekly_intake",
}


@dataclass(frozen=True)
class Candidate:
    """A CSM for an account: the cost there and its terms, in billionths."""

    csm: int
    cost: int
    terms: Mapping[str, int]


@dataclass(frozen=True)
class Costs:
    """What one row of a batch costs at each CSM, everybody else's owner fixed.

    ``growth`` (C x D) and ``pair`` (term to C) add up to ``total`` (C). ``held`` is each book
    without the row (C x D); ``roomy`` says where every cap leaves room
    (C x K), ``fits`` where rules and caps allow the row (C).
    """

    chosen: int
    held: Ints
    growth: Ints
    pair: Mapping[str, Ints]
    total: Ints
    roomy: Bools
    fits: Bools


class Placed:
    """A batch with the owner of every row."""

    def __init__(self, batch: Batch, owners: Ints) -> None:
        problem = batch.problem
        self.batch, self.owners = batch, owners
        self._held = problem.books - problem.targets
        np.add.at(self._held, owners, problem.loads)
        self._used = np.zeros_like(problem.room)
        np.add.at(self._used, owners, problem.uses)
        self._kinds: dict[tuple[int, frozenset[str]], dict[str, Bools]] = {}

    def costs(self, row: int) -> Costs:
        problem, chosen = self.batch.problem, int(self.owners[row])
        held, used = self._held.copy(), self._used.copy()
        held[chosen] -= problem.loads[row]
        used[chosen] -= problem.uses[row]
        growth = growth_of(problem, held, row)
        roomy = used + problem.uses[row] <= problem.room
        return Costs(
            chosen=chosen,
            held=held,
            growth=growth,
            pair={name: values[row] for name, values in self.batch.pair_terms.items()},
            total=growth.sum(axis=1) + problem.pair_cost[row],
            roomy=roomy,
            fits=roomy.all(axis=1) & problem.allowed[row],
        )

    def first_obstacles(self, row: int, costs: Costs) -> list[str | None]:
        """The first of `obstacles` in the way of each book; None at whom it may go to."""
        problem, found = self.batch.problem, list(self.batch.forbidden[row])
        full = problem.allowed[row] & ~costs.fits
        full[costs.chosen] = False
        for csm in np.nonzero(full)[0]:
            found[csm] = _cap_rule(problem.resources[int(costs.roomy[csm].argmin())])
        return found

    def obstacles(self, row: int, costs: Costs, relaxed: Collection[str] = ()) -> dict[str, Bools]:
        """By rule, the CSMs whom it keeps from the row (C); full caps are rules too.

        All rules for a single account; of a family, the first of each CSM and those of one account.
        """
        batch = self.batch
        found: dict[str, Bools] = {}
        nobody = np.zeros(len(batch.books), dtype=bool)
        standing = np.array(batch.forbidden[row], dtype=object)
        by_person = np.isin(standing, ("refused", "pinned"))
        barred = ~batch.problem.allowed[row]
        for rule, csms in self._rules(batch.accounts[row], relaxed).items():
            found[rule] = csms & barred & ~by_person
        for rule in sorted(set(standing[barred])):
            found[rule] = found.get(rule, nobody) | (standing == rule)
        for k, name in enumerate(batch.problem.resources):
            rule = _cap_rule(name)
            found[rule] = found.get(rule, nobody) | ~costs.roomy[:, k]
        return found

    def in_the_way(self, row: int, costs: Costs, relaxed: Collection[str] = ()) -> dict[str, Bools]:
        """`obstacles`, of those only who would have cost less.

        Of shared books and of CSMs' own only those of the kind that the account is for: they are
        full by accounts of another kind, so that their costs say nothing of each other.
        """
        cheaper = costs.total < costs.total[costs.chosen]
        found = self.obstacles(row, costs, relaxed)
        for rule in ("shared", "coverage"):
            cheaper = cheaper & ~found.pop(rule, np.zeros_like(cheaper))
        return {rule: csms & cheaper for rule, csms in found.items()}

    def _rules(self, account: Row, relaxed: Collection[str]) -> dict[str, Bools]:
        """The CSMs whom each rule keeps from accounts of this kind."""
        rules = self.batch.rules
        key = (rules.kind(account), frozenset(relaxed))
        if key not in self._kinds:
            line = rules.line(account, relaxed)
            names = sorted({rule for broken in line for rule in broken})
            self._kinds[key] = {
                rule: np.array([rule in broken for broken in line], dtype=bool) for rule in names
            }
        return self._kinds[key]


def _cap_rule(resource: str) -> str:
    return _CAP_RULES.get(resource, "segment_full")


def growth_of(problem: Problem, held: Ints, row: int) -> Ints:
    """By CSM and dimension, what the row adds to the cost of books that hold ``held``."""
    after = shape(held + problem.loads[row], problem.steps)
    return np.asarray((after - shape(held, problem.steps)) * problem.price)


def candidates(placed: Placed, costs: Costs, alternatives: int = 2) -> list[Candidate]:
    """The chosen CSM first, then the cheapest others that have room."""
    order = np.argsort(costs.total, kind="stable")
    others = [int(j) for j in order if costs.fits[j] and j != costs.chosen]
    dimensions = placed.batch.problem.dimensions
    return [
        Candidate(
            csm,
            int(costs.total[csm]),
            {name: int(costs.growth[csm, d]) for d, name in enumerate(dimensions)}
            | {name: int(values[csm]) for name, values in costs.pair.items()},
        )
        for csm in [costs.chosen, *others[:alternatives]]
    ]


def difference(chosen: Candidate, other: Candidate) -> dict[str, int]:
    """By term, how much more ``other`` costs; adds up to the difference of the costs."""
    return {name: other.terms[name] - chosen.terms[name] for name in chosen.terms}


def in_words(name: str, others: Sequence[tuple[str, Mapping[str, int]]]) -> str:
    """A sentence or two on the choice of ``name`` over ``others`` (name, difference by term).

    1 is the cost of an average account on a full book; the terms named are the largest, not all.
    """
    if not others:
        return f"Nobody but {name} may take the account and has room."
    against = [_against(other, terms) for other, terms in others]
    return f"{name} costs least with everyone else's owner fixed. " + " ".join(against)


def adding_up(terms: Mapping[str, int], unit: int) -> dict[str, int]:
    """``terms`` in thousandths of ``unit``, rounded so that they add up to their rounded sum.

    The largest remainders are rounded up, as seats are given out (Hamilton's method).
    """
    step = unit // 1000
    floors = {name: value // step for name, value in terms.items()}
    rest = (2 * sum(terms.values()) + step) // (2 * step) - sum(floors.values())
    by_remainder = sorted(terms, key=lambda name: (-(terms[name] % step), name))
    for name in by_remainder[: max(rest, 0)]:
        floors[name] += 1
    return floors


def _against(other: str, terms: Mapping[str, int]) -> str:
    total = sum(terms.values())
    if abs(total) < TELLING:
        return f"{other} would do as well; a fixed tie-break decides."
    sign = 1 if total > 0 else -1
    ordered = sorted(terms.items(), key=lambda item: -item[1] * sign)
    least = max(TELLING, ordered[0][1] * sign // 10)
    main = [
        f"{WORDS[term]} {_units(value)}" for term, value in ordered[:2] if value * sign >= least
    ]
    more, less = ("more", "less") if total > 0 else ("less", "more")
    told = f"{other} would cost {_units(abs(total))} {more}, mostly by {' and '.join(main)}"
    contrary, value = ordered[-1]
    if -value * sign > abs(total):  # what a reader would miss: it alone would turn the choice
        told += f", though {WORDS[contrary]} would be {_units(abs(value))} {less}"
    return f"{told}."


def _units(value: int) -> str:
    return f"{value / COST_UNIT:+.3f}" if value < 0 else f"{value / COST_UNIT:.3f}"
