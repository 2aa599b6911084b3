"""What would have to change for an account to get another CSM: a rule, a number, or a weight.

For each kind the smallest change of a single one is looked for, everybody else's owner
and all targets as they are, and kept only if scoring the CSMs again with the change made
gives the account to somebody else.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from cs_assets.routing.accounts import wanted_band
from cs_assets.routing.explain.terms import Candidate, Costs, Placed, growth_of
from cs_assets.routing.placing.building import Batch
from cs_assets.routing.placing.eligibility import SAYS
from cs_assets.routing.policy import DIMENSIONS, TENURE, Policy
from cs_assets.routing.solver.problem import COST_UNIT, Ints

Floats = npt.NDArray[np.float64]

#: A weight is not changed to more than so many times itself.
_MOST_TIMES = 10.0

_UNITS = {
    "accounts": (1000, "account"),
    "points": (1000, "capacity point"),
    "neediness": (1000, "of neediness"),
    "red": (1000, "red account"),
    "yellow": (1000, "yellow account"),
    "green": (1000, "green account"),
    "revenue": (1, "USD of revenue"),
}
_WHOLE = ("accounts", "red", "yellow", "green")


@dataclass(frozen=True)
class Change:
    """One change that gives the account to ``then`` (worker id); ``words`` is the sentence."""

    kind: Literal["rule", "number", "weight"]
    what: str
    before: float | None
    after: float | None
    then: str
    words: str

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


def changes(
    placed: Placed,
    row: int,
    costs: Costs,
    ranked: Sequence[Candidate],
    relaxed: Collection[str],
    *,
    alone: bool = True,
) -> list[Change]:
    """At most one change of each kind; none where no single one would do.

    For a family (not ``alone``) no rule is looked for: its accounts may differ in them.
    """
    found = (
        _rule(placed, row, costs, relaxed) if alone else None,
        _number(placed, row, costs, ranked[1:]),
        _weight(placed.batch, row, costs),
    )
    return [change for change in found if change is not None]


def binding(
    placed: Placed, row: int, costs: Costs, relaxed: Collection[str] = ()
) -> dict[str, int]:
    """Rules that decided: by rule, the CSMs it keeps out who would have cost less."""
    counts: dict[str, int] = {}
    for csm in np.nonzero(costs.total < costs.total[costs.chosen])[0]:
        for rule in placed.obstacles(row, int(csm), costs, relaxed):
            counts[rule] = counts.get(rule, 0) + 1
    return dict(sorted(counts.items(), key=lambda item: (-item[1], item[0])))


def _winner(total: Ints, fits: npt.NDArray[np.bool_]) -> int:
    return int(np.where(fits, total, np.iinfo(np.int64).max).argmin())


def _rule(placed: Placed, row: int, costs: Costs, relaxed: Collection[str]) -> Change | None:
    """The one rule without which the cheapest other CSM would get the account."""
    opened: dict[str, list[int]] = {}
    for cheaper in np.nonzero(costs.total < costs.total[costs.chosen])[0]:
        obstacles = placed.obstacles(row, int(cheaper), costs, relaxed)
        if len(obstacles) == 1:
            opened.setdefault(obstacles[0], []).append(int(cheaper))
    best: tuple[int, str, int] | None = None
    for rule, csms in sorted(opened.items()):
        fits = costs.fits.copy()
        fits[csms] = True
        csm = _winner(costs.total, fits)
        if csm != costs.chosen and (best is None or costs.total[csm] < best[0]):
            best = (int(costs.total[csm]), rule, csm)
    if best is None:
        return None
    total, rule, csm = best
    book = placed.batch.books[csm]
    name, less = book["worker_name"], (int(costs.total[costs.chosen]) - total) / COST_UNIT
    words = (
        f"{name} {SAYS.get(rule, rule)}. Were that no rule, {name} would get it and cost "
        f"{less:.3f} less."
    )
    return Change("rule", rule, None, None, str(book["worker_id"]), words)


def _number(placed: Placed, row: int, costs: Costs, others: Sequence[Candidate]) -> Change | None:
    """The one amount in a book that would have to differ, by as little as can be.

    Less in the book of another CSM, or more in that of the chosen one.
    """
    best: tuple[int, int, int, int] | None = None
    for other in others:
        lead = other.cost - int(costs.total[costs.chosen])
        for d in range(len(placed.batch.problem.dimensions)):
            for csm in (other.csm, costs.chosen):
                found = _difference_needed(placed, row, costs, csm, d, lead)
                if found is not None and (best is None or found < best):
                    best = found
    if best is None:
        return None
    _, difference, d, csm = best
    problem = placed.batch.problem
    held = costs.held.copy()
    held[csm, d] += difference
    growth = growth_of(held, problem.loads[row], problem.price)
    then = _winner(growth.sum(axis=1) + problem.pair_cost[row], costs.fits)
    if then == costs.chosen:
        return None
    book, dimension = placed.batch.books[csm], problem.dimensions[d]
    unit, said = _UNITS[dimension]
    before = int(problem.books[csm, d]) / unit
    after = before + difference / unit
    winner = placed.batch.books[then]
    much = abs(difference) / unit
    if much != 1 and not said.startswith(("of", "USD")):
        said += "s"
    words = (
        f"If {book['worker_name']} had {_amount(much)} {said} "
        f"{'less' if difference < 0 else 'more'} ({_amount(after)} instead of "
        f"{_amount(before)}), {winner['worker_name']} would get it."
    )
    return Change(
        "number", f"{book['worker_id']}.{dimension}", before, after, winner["worker_id"], words
    )


def _difference_needed(
    placed: Placed, row: int, costs: Costs, csm: int, d: int, lead: int
) -> tuple[int, int, int, int] | None:
    """Size (in cost), difference, dimension and CSM of the smallest change that wins ``lead``.

    What the row adds to the cost of a book is price x clip(2 held + load, -load, load), so
    the change of ``held`` is solved exactly.
    """
    problem = placed.batch.problem
    held, load = int(costs.held[csm, d]), int(problem.loads[row, d])
    price = int(problem.price[d])
    if load <= 0 or price <= 0 or lead < 0:
        return None
    now, gain = max(-load, min(load, 2 * held + load)), lead // price + 1
    step = 1000 if problem.dimensions[d] in _WHOLE else 1
    if csm != costs.chosen:
        wanted = now - gain
        difference = ((wanted - load) // 2 - held) // step * step
        if wanted < -load or -difference > int(problem.books[csm, d]):
            return None
    else:
        wanted = now + gain
        difference = -((load - wanted) // 2) - held
        difference = -(-difference // step) * step
        if wanted > load:
            return None
    return abs(difference) * price, difference, d, csm


def _weight(batch: Batch, row: int, costs: Costs) -> Change | None:
    """The weight of the policy whose smallest relative change would alter the choice."""
    lead = (costs.total - costs.total[costs.chosen]).astype(float)
    rivals = costs.fits & (np.arange(len(lead)) != costs.chosen)
    found: list[tuple[float, float, str]] = []
    parts = weighted_parts(batch, row, costs)
    for name, part in parts.items():
        own = part - part[costs.chosen]
        with np.errstate(divide="ignore", invalid="ignore"):
            even = np.where(rivals & (own != 0), 1 - lead / own, np.nan)
        within = [float(t) for t in even if np.isfinite(t) and 0 <= t <= _MOST_TIMES]
        found += [(abs(times - 1), times, name) for times in within]
    for _, times, name in sorted(found):
        before = _weight_of(batch.policy, name)
        for margin in (1.002, 1.02, 1.2):
            after = round(before * (1 + (times - 1) * margin), 3)
            if after < 0 or not before:
                continue
            total = costs.total + np.rint(parts[name] * (after / before - 1)).astype(np.int64)
            csm = _winner(total, costs.fits)
            if csm != costs.chosen:
                book = batch.books[csm]
                words = (
                    f"With the weight {name} at {after:g} instead of {before:g}, "
                    f"{book['worker_name']} would get it."
                )
                return Change("weight", name, before, after, str(book["worker_id"]), words)
    return None


def weighted_parts(batch: Batch, row: int, costs: Costs) -> Mapping[str, Floats]:
    """By weight of the policy, what of the cost at each CSM is in proportion to it (C)."""
    parts = {
        f"batch.balance.{name}": costs.growth[:, d].astype(float)
        for d, name in enumerate(DIMENSIONS)
    }
    parts["batch.recency"] = costs.pair["recency"].astype(float)
    for name in ("region", "language"):
        if name in costs.pair:
            parts[f"batch.{name}_soft"] = costs.pair[name].astype(float)
    if "match" in costs.pair:
        parts["batch.match_term.weight"] = costs.pair["match"].astype(float)
    short, over = _bands(batch, row)
    if np.array_equal(_cost(short, over, batch.policy), costs.pair["tenure"]):
        parts["batch.tenure_short"] = batch.policy.batch.tenure_short * short * COST_UNIT
        parts["batch.tenure_over"] = batch.policy.batch.tenure_over * over * COST_UNIT
    return parts


def _bands(batch: Batch, row: int) -> tuple[Floats, Floats]:
    """Bands that each CSM is short of what the account wants, and over it (C each)."""
    wants = wanted_band(batch.accounts[row]["neediness"], batch.policy.tenure)
    step = np.array([TENURE.index(b["tenure_category"]) - wants for b in batch.books], dtype=float)
    return np.maximum(-step, 0), np.maximum(step, 0)


def _cost(short: Floats, over: Floats, policy: Policy) -> Ints:
    """The tenure cost as the problem has it; that of a family is a sum and differs."""
    weights = policy.batch
    cost = (weights.tenure_short * short + weights.tenure_over * over) * COST_UNIT
    return np.rint(cost).astype(np.int64)


def _weight_of(policy: Policy, path: str) -> float:
    value: Any = policy
    for part in path.split("."):
        value = value[part] if isinstance(value, Mapping) else getattr(value, part)
    return float(value)


def _amount(value: float) -> str:
    return f"{value:,.2f}".rstrip("0").rstrip(".")
