"""Who finds a place: which accounts wait, which rules are passed, which families stay together.

One integer programme over the whole batch, so that nobody waits, no family is split and no
rule is passed while another choice anywhere in the batch would do without. In this order:
as little waiting as possible (by its price), then the fewest families split and rules passed,
where a rule of the policy's list weighs more than all before it together. It is solved only
where the rules as they stand do not place everybody; who gets whom is decided after it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache

import numpy as np

from cs_assets.routing.placing import siblings, waiting, ways
from cs_assets.routing.placing.agreement import for_a_person
from cs_assets.routing.placing.building import Batch
from cs_assets.routing.policy import Passing
from cs_assets.routing.rows import Row, known
from cs_assets.routing.solver.work import Work

#: Rules that stand in the way for a while only: the account waits rather than pass others.
_FOR_A_WHILE = ("cooling",)
#: A day of waiting outweighs all rules passed for so many accounts.
_LESS_THAN_A_DAY = 4


@dataclass(frozen=True)
class Options:
    """What stands between an account and each CSM.

    ``rules`` are all that forbid a pair, by CSM; ``passed`` those that may be passed for it
    now (pairs with no rule in the way have an empty set). ``later`` says after how many hours
    more another pair opens, ``person`` the rules that a person would have to agree to pass: each
    of the smallest sets.
    """

    rules: tuple[tuple[str, ...] | None, ...]
    passed: Mapping[int, frozenset[str]]
    later: float | None = None
    person: tuple[frozenset[str], ...] = ()
    intake: bool = False


@dataclass
class Places:
    """Who waits, the rules passed by account, families split with the reason, and owners.

    ``owners`` (index of the CSM by account) is one assignment that keeps all of it.
    """

    waits: set[str] = field(default_factory=set)
    passed: dict[str, list[str]] = field(default_factory=dict)
    split: dict[tuple[str, ...], str] = field(default_factory=dict)
    owners: dict[str, int] = field(default_factory=dict)


def options(account: Row, batch: Batch, row: int) -> Options:
    """What the rules and the policy's list leave to an account of ``batch``."""
    policy = batch.policy
    rules: list[tuple[str, ...] | None] = [
        None if standing in ("pinned", "refused") else () if standing is None else broken
        for standing, broken in zip(batch.forbidden[row], batch.rules.line(account), strict=True)
    ]
    listed: dict[str, Passing] = {line.rule: line for line in policy.passing}
    waited = 24 * float(account["waiting_days"]) if known(account["waiting_days"]) else 0.0
    cools = any(found == _FOR_A_WHILE for found in rules)
    passed: dict[int, frozenset[str]] = {}
    later: list[float] = []
    person: list[frozenset[str]] = []
    may_pass: dict[tuple[str, ...], bool] = {}
    for csm, found in enumerate(rules):
        if found is None:
            continue
        if found not in may_pass:  # of pairs there are very many, of their rules few
            may_pass[found] = False
            if not set(found) <= set(listed):
                continue
            asked = frozenset(rule for rule in found if for_a_person(account, listed[rule]))
            rest = max((listed[rule].after_hours - waited for rule in found), default=0.0)
            if asked:
                person.append(asked)
            elif rest > 0 or (cools and set(found) - set(_FOR_A_WHILE)):
                later.append(max(rest, 0.0))
            else:
                may_pass[found] = True
        if may_pass[found]:
            passed[csm] = _set_of(found)
    return Options(
        rules=tuple(rules),
        passed=passed,
        later=min(later, default=None),
        person=_smallest(person),
        intake="intake" in listed
        and listed["intake"].after_hours <= waited
        and not for_a_person(account, listed["intake"]),
    )


def _smallest(sets: Sequence[frozenset[str]]) -> tuple[frozenset[str], ...]:
    """Each set of the fewest rules once, by name."""
    fewest = min(map(len, sets), default=0)
    return tuple(sorted({one for one in sets if len(one) == fewest}, key=sorted))


@cache
def _set_of(rules: tuple[str, ...]) -> frozenset[str]:
    """One object for all pairs with these rules: of pairs there are very many."""
    return frozenset(rules)


def find(batch: Batch, found: Sequence[Options], seconds: float) -> Places:
    """Solve the programme for the accounts of ``batch``, whose rules are as they stand."""
    return _Programme(batch, found).solve(seconds)


class _Programme:
    """What the programme over all ways says of a batch."""

    def __init__(self, batch: Batch, found: Sequence[Options]) -> None:
        self.batch, self.found = batch, found
        self.ids = batch.problem.account_ids
        families = [f for f in siblings.groups(batch) if len(f) > 1]
        order = [line.rule for line in batch.policy.passing]
        weight = {rule: float(2**k) for k, rule in enumerate(_with_split(order))}
        waits = [waiting.price(row, batch.policy) for row in batch.accounts]
        most = sum(weight.values()) * len(self.ids)
        a_day = _LESS_THAN_A_DAY * sum(weight.values())
        a_day /= max(batch.policy.batch.waiting_per_day, 0.01)
        worth = max(most / min(waits, default=1.0), a_day)
        self.ways = ways.listed(
            [*families, *((i,) for i in range(len(self.ids)))],
            lambda i: found[i].passed,
            lambda i: found[i].intake,
            weight,
        )
        self.programme = ways.Programme(
            batch.problem,
            self.ways,
            len(families),
            [price * worth for price in waits],
            weight["split"],
        )

    def solve(self, seconds: float) -> Places:
        chosen, places = self.programme.solve(Work.of(seconds)), Places()
        places.waits = {self.ids[row] for row in chosen.waits}
        for way in chosen.ways:
            for i in self.ways.placers[self.ways.placer[way]]:
                places.owners[self.ids[i]] = int(self.ways.csm[way])
                if rules := self.ways.passed[way]:
                    places.passed[self.ids[i]] = self._in_order(rules)
        for rows in chosen.apart:
            family = tuple(self.ids[i] for i in rows)
            if sum(name in places.owners for name in family) > 1:
                places.split[family] = self._why_split(rows)
        return places

    def _in_order(self, rules: frozenset[str]) -> list[str]:
        return [line.rule for line in self.batch.policy.passing if line.rule in rules]

    def _why_split(self, family: tuple[int, ...]) -> str:
        """What keeps the family from going together; each sentence is checked to be so."""
        problem = self.batch.problem
        rows = list(family)
        rules = np.array(
            [[csm in self.found[i].passed for csm in range(problem.size[1])] for i in rows]
        ).all(axis=0)
        if not rules.any():
            return "No single CSM may take all new accounts of its parent, so they are split."
        room = (problem.uses[rows].sum(axis=0) <= problem.room).all(axis=1)
        open_to = np.array([[self.found[i].passed.get(csm) == frozenset() for csm in
                             range(problem.size[1])] for i in rows]).all(axis=0)  # fmt: skip
        if not open_to.any():
            return (
                "No single CSM may take all new accounts of its parent without a rule passed for "
                "them, so they are split."
            )
        if not (open_to & room).any():
            return (
                "No single CSM who may take all new accounts of its parent has room for them, so "
                "they are split."
            )
        return (
            "With the new accounts of each parent kept together, not all accounts of the batch "
            "would find a CSM within the rules, so they are split."
        )


def _with_split(order: Sequence[str]) -> list[str]:
    """The rules in their order, and where splitting a family stands among them.

    After what only spares CSMs (cooling, intake), before what customers notice.
    """
    first = [rule for rule in order if rule in ("cooling", "intake")]
    return [*first, "split", *(rule for rule in order if rule not in first)]
