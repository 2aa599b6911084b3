"""What would have to change for an account to get another CSM: a rule, a number, or a weight.

For each kind the smallest change of a single one is looked for, everybody else's owner
and all targets as they are, and kept only if scoring the CSMs again with the change made
gives the account to somebody else.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from cs_assets.routing.explain.terms import Candidate, Costs, Placed, growth_of
from cs_assets.routing.placing import mix
from cs_assets.routing.placing.building import Batch
from cs_assets.routing.placing.eligibility import SAYS
from cs_assets.routing.policy import DIMENSIONS, TERM_OF, Policy
from cs_assets.routing.solver.problem import COST_UNIT, Bools, Ints, shape_of

Floats = npt.NDArray[np.float64]

#: A weight is not changed to more than so many times itself.
_MOST_TIMES = 10.0
#: Nor one of those that sum to 1 to where it outweighs all others together: no policy would.
_MOST_SHARE = 0.5
#: Of each weight, so many of the nearest changes are looked at.
_TRIED = 8
#: Weights that sum to 1.
_SHARES = "objective.weights."

_UNITS = {
    "accounts": "account",
    "points": "capacity point",
    "neediness": "of neediness",
    "at_risk": "at risk (a red account is 1)",
    "revenue": "USD of revenue",
}
_NO_PLURAL = ("of", "USD", "at")
#: Units of the problem in which a change is told: a whole account, a tenth of a red one.
_STEPS = {"accounts": 100, "at_risk": 10}


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
    in_the_way: Mapping[str, Bools],
    *,
    alone: bool = True,
) -> list[Change]:
    """At most one change of each kind; none where no single one would do.

    ``in_the_way``: by rule, those whom it keeps from the row and who would cost less (C).
    For a family (not ``alone``) no rule is looked for: its accounts may differ in them.
    """
    found = (
        _rule(placed, costs, in_the_way) if alone else None,
        _number(placed, row, costs, ranked[1:]),
        _weight(placed.batch, row, costs),
    )
    return [change for change in found if change is not None]


def _winner(total: Ints, fits: npt.NDArray[np.bool_]) -> int:
    return int(np.where(fits, total, np.iinfo(np.int64).max).argmin())


def _rule(placed: Placed, costs: Costs, in_the_way: Mapping[str, Bools]) -> Change | None:
    """The one rule without which the cheapest other CSM would get the account."""
    by_one = sum(csms.astype(int) for csms in in_the_way.values()) == 1
    opened = {rule: np.nonzero(csms & by_one)[0] for rule, csms in in_the_way.items()}
    best: tuple[int, str, int] | None = None
    for rule, csms in sorted(opened.items()):
        if not len(csms):
            continue
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
    best: tuple[float, int, int, int] | None = None
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
    total = growth_of(problem, held, row).sum(axis=1) + problem.pair_cost[row]
    total[csm] += _mixed(placed.batch, row, csm, d, difference)
    then = _winner(total, costs.fits)
    if then == costs.chosen:
        return None
    book, dimension = placed.batch.books[csm], problem.dimensions[d]
    unit, said = _unit(placed.batch, dimension), _UNITS[dimension]
    before = int(problem.books[csm, d]) * unit
    after = before + difference * unit
    winner = placed.batch.books[then]
    much = abs(difference) * unit
    if much != 1 and not said.startswith(_NO_PLURAL):
        said += "s"
    words = (
        f"If {book['worker_name']} had {_amount(much)} {said} "
        f"{'less' if difference < 0 else 'more'} ({_amount(after)} instead of "
        f"{_amount(before)}), {winner['worker_name']} would get it."
    )
    return Change(
        "number", f"{book['worker_id']}.{dimension}", before, after, winner["worker_id"], words
    )


def _unit(batch: Batch, dimension: str) -> float:
    """What one unit of the problem is in units a person knows."""
    return batch.revenue_unit if dimension == "revenue" else 0.01


def _difference_needed(
    placed: Placed, row: int, costs: Costs, csm: int, d: int, lead: int
) -> tuple[float, int, int, int] | None:
    """Size, difference, dimension and CSM of the smallest change that wins ``lead``.

    The size is measured in full books of the CSM, so that amounts of all kinds compare.

    A fuller book hardly ever costs less for one account more (only where that suits its mix), so
    the change is found by halving: another CSM's book has to hold less, or the chosen one's more.
    """
    problem = placed.batch.problem
    load, price = int(problem.loads[row, d]), int(problem.price[d])
    if load <= 0 or price <= 0 or lead < 0:
        return None
    step = _STEPS.get(problem.dimensions[d], 1)
    held = int(costs.held[csm, d])
    bend = None if problem.steps is None else int(problem.steps[csm, d])
    growth = shape_of(held + load, bend) - shape_of(held, bend)

    def wins(times: int) -> bool:
        then = held + (-times * step if csm != costs.chosen else times * step)
        change = price * (shape_of(then + load, bend) - shape_of(then, bend) - growth)
        change += _mixed(placed.batch, row, csm, d, then - held)
        return (change if csm == costs.chosen else -change) > lead

    most = (int(problem.books[csm, d]) if csm != costs.chosen else 4 * (held + load)) // step
    if most < 1 or not wins(most):
        return None
    low, high = 0, most  # wins(high), not wins(low)
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if wins(middle) else (middle, high)
    difference = -high * step if csm != costs.chosen else high * step
    full = load if problem.steps is None else int(problem.steps[csm, d])
    return high * step / max(full, 1), difference, d, csm


def _mixed(batch: Batch, row: int, csm: int, d: int, difference: int) -> int:
    """What the row costs more at the CSM by its mix if its book held so much more of one kind."""
    held, full = batch.problem.books[csm].astype(float), batch.full[csm]
    then = held.copy()
    then[d] += difference
    more = 0.0
    for term, lean in batch.leans.items():
        before, after = (mix.surplus(term, one, full, batch.policy) for one in (held, then))
        more += float(lean[row, csm] * (after - before))
    return round(more * COST_UNIT)


def _weight(batch: Batch, row: int, costs: Costs) -> Change | None:
    """The weight of the policy whose smallest change would alter the choice.

    Weights that sum to 1 change with the others growing or shrinking in proportion.
    """
    parts = weighted_parts(batch, row, costs)
    growth = sum(parts[f"{_SHARES}{TERM_OF[name]}"] for name in DIMENSIONS)
    base = np.asarray(costs.total - costs.growth.sum(axis=1) + growth, dtype=float)
    rivals = costs.fits & (np.arange(len(costs.total)) != costs.chosen)
    found: list[tuple[float, float, str]] = []
    for name in parts:
        before = _weight_of(batch.policy, name)
        if not 0 < before < 1:
            continue
        # Costs are straight in the weight, so two points say where a rival draws level.
        lead, less = (
            _led(_with_weight(parts, base, name, before, at), costs) for at in (before, 0.0)
        )
        with np.errstate(divide="ignore", invalid="ignore"):
            even = np.where(rivals & (lead != less), before * less / (less - lead), np.inf)
        most = _most(name, before)
        within = even[(even >= 0) & (even < most)]
        nearest = within[np.argsort(np.abs(within / before - 1), kind="stable")[:_TRIED]]
        found += [(abs(float(at) / before - 1), float(at), name) for at in nearest]
    for _, at, name in sorted(found):
        before = _weight_of(batch.policy, name)
        for margin in (0.001, 0.005, 0.02):
            after = round(at + (margin if at > before else -margin), 3)
            if (
                not 0 <= after < 1
                or after == before
                or (name.startswith(_SHARES) and after > max(_MOST_SHARE, before))
            ):
                continue
            total = np.rint(_with_weight(parts, base, name, before, after)).astype(np.int64)
            csm = _winner(total, costs.fits)
            if csm != costs.chosen:
                book = batch.books[csm]
                others = " and the others in proportion" if name.startswith(_SHARES) else ""
                words = (
                    f"With the weight {name} at {after:g} instead of {before:g}{others}, "
                    f"{book['worker_name']} would get it."
                )
                return Change("weight", name, before, after, str(book["worker_id"]), words)
    return None


def _most(name: str, before: float) -> float:
    """How far a weight of the policy is raised."""
    most = _MOST_TIMES * before
    return min(most, _MOST_SHARE) if name.startswith(_SHARES) else most


def _led(total: Floats, costs: Costs) -> Floats:
    return np.asarray(total - total[costs.chosen])


def _with_weight(
    parts: Mapping[str, Floats], base: Floats, name: str, before: float, after: float
) -> Floats:
    """The cost at each CSM (``base``) with one weight changed (C)."""
    own = parts[name]
    total = base + own * (after / before - 1)
    if name.startswith(_SHARES):
        others = sum(
            (p for n, p in parts.items() if n.startswith(_SHARES) and n != name), 0.0 * own
        )
        total = total + others * ((1 - after) / (1 - before) - 1)
    return np.asarray(total)


def weighted_parts(batch: Batch, row: int, costs: Costs) -> Mapping[str, Floats]:
    """By weight of the policy, what of the cost at each CSM is in proportion to it (C).

    By prices before rounding: that of a weight near zero has few digits, and would lead astray
    where the weight grows a hundredfold.
    """
    rounded = np.maximum(batch.problem.price, 1)
    parts = {
        f"{_SHARES}{TERM_OF[name]}": costs.growth[:, d] * (batch.prices[d] / rounded[d])
        for d, name in enumerate(DIMENSIONS)
    }
    parts["objective.weights.recency"] = costs.pair["recency"].astype(float)
    for name in ("expertise", "working_hours"):
        parts[f"objective.{name}"] = costs.pair[name].astype(float)
    for term in mix.AGAINST:
        parts[f"objective.{term.replace('_', '.')}"] = costs.pair[term].astype(float)
    parts["objective.discouraged"] = costs.pair["seniority"].astype(float)
    for name in ("region", "language"):
        if name in costs.pair:
            parts[f"objective.{name}_soft"] = costs.pair[name].astype(float)
    if "match" in costs.pair:
        parts["objective.match_term.weight"] = costs.pair["match"].astype(float)
    parts["objective.weights.tenure"] = costs.pair["tenure"].astype(float)
    return parts


def _weight_of(policy: Policy, path: str) -> float:
    value: Any = policy
    for part in path.split("."):
        value = value[part] if isinstance(value, Mapping) else getattr(value, part)
    return float(value)


def _amount(value: float) -> str:
    return f"{value:,.2f}".rstrip("0").rstrip(".")
