"""A second method on a sample of each batch: every assignment of a few accounts, counted out.

A few accounts and, for each, a few CSMs are taken; everybody else keeps the owner that
the solver gave. All assignments of the sample are tried in plain Python. None may cost less
than the bound that the solver proved, and the one chosen must cost what the solver said.
The sample is fixed by hashes of ids, so that it is the same on every machine.
"""

import hashlib
from dataclasses import asdict, dataclass
from itertools import product

from cs_assets.routing.placing.certificate import NotCertified
from cs_assets.routing.solver.problem import Ints, Problem

#: Accounts of a sample, and CSMs tried for each: at most 4^5 assignments.
ACCOUNTS, CSMS = 5, 4


@dataclass(frozen=True)
class CrossCheck:
    """How many assignments were tried, and what the chosen and the cheapest of them cost."""

    accounts: int
    assignments: int
    chosen: int
    cheapest: int

    def as_dict(self) -> dict[str, int | str]:
        return {"method": "enumeration", **asdict(self)}


def cross_check(problem: Problem, owners: Ints, cost: int, bound: int) -> CrossCheck:
    """Count out a sample; raises ``NotCertified`` when it contradicts the solver."""
    sample = sorted(range(problem.size[0]), key=lambda i: _hash(problem.account_ids[i]))[:ACCOUNTS]
    found = _count_out(problem, [int(j) for j in owners], sorted(sample))
    if found.chosen != cost:
        raise NotCertified(
            f"the solver says it costs {cost}, counting out a sample says {found.chosen}"
        )
    if found.cheapest < bound:
        raise NotCertified(
            f"an assignment costs {found.cheapest}, less than the bound {bound} called proven"
        )
    return found


def _count_out(problem: Problem, owners: list[int], sample: list[int]) -> CrossCheck:
    loads = problem.loads.tolist()
    price = problem.price.tolist()
    uses, room = problem.uses.tolist(), problem.room.tolist()
    pair = problem.pair_cost.tolist()
    held = [
        [b - t for b, t in zip(book, target, strict=True)]
        for book, target in zip(problem.books.tolist(), problem.targets.tolist(), strict=True)
    ]
    used = [[0] * len(problem.resources) for _ in held]
    rest = 0
    for i, j in enumerate(owners):
        if i not in sample:
            _add(held[j], loads[i])
            _add(used[j], uses[i])
            rest += pair[i][j]
    choices = [_choices(problem, owners, i) for i in sample]
    touched = sorted({j for line in choices for j in line})
    steps = None if problem.steps is None else problem.steps.tolist()

    def book(j: int, load: list[int]) -> int:
        return _book_cost(load, price, None if steps is None else steps[j])

    untouched = sum(book(j, held[j]) for j in range(len(held)) if j not in touched)
    tried, cheapest, chosen = 0, -1, -1
    for picked in product(*choices):
        load = {j: list(held[j]) for j in touched}
        taken = {j: list(used[j]) for j in touched}
        total = rest + untouched
        for i, j in zip(sample, picked, strict=True):
            _add(load[j], loads[i])
            _add(taken[j], uses[i])
            total += pair[i][j]
        if any(u > r for j in touched for u, r in zip(taken[j], room[j], strict=True)):
            continue
        tried += 1
        total += sum(book(j, load[j]) for j in touched)
        cheapest = total if cheapest < 0 else min(cheapest, total)
        if all(owners[i] == j for i, j in zip(sample, picked, strict=True)):
            chosen = total
    return CrossCheck(len(sample), tried, chosen, cheapest)


def _choices(problem: Problem, owners: list[int], account: int) -> list[int]:
    """The owner and some others whom rules allow, the same ones on every machine."""
    name = problem.account_ids[account]
    others = [
        j
        for j in range(problem.size[1])
        if problem.allowed[account, j] and j != owners[account]
    ]  # fmt: skip
    others.sort(key=lambda j: _hash(f"{name}\x1f{problem.csm_ids[j]}"))
    return [owners[account], *others[: CSMS - 1]]


def _book_cost(load: list[int], price: list[int], steps: list[int] | None) -> int:
    """What a book costs: its deviations, or the sum of its steps' slopes 1, 3, 5, ..."""
    if steps is None:
        return sum(p * abs(x) for p, x in zip(price, load, strict=True))
    total = 0
    for p, x, step in zip(price, load, steps, strict=True):
        whole, rest = divmod(x, step)
        total += p * (step * whole**2 + (2 * whole + 1) * rest)
    return total


def _add(to: list[int], more: list[int]) -> None:
    for k, value in enumerate(more):
        to[k] += value


def _hash(text: str) -> bytes:
    return hashlib.sha256(text.encode()).digest()
