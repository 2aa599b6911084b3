"""New accounts of one family go together: those that share a parent whom nobody owns yet.

Where the parent has a CSM, the rule `parent` decides. Where it has none, its new
children, and the parent itself when it is new too, are folded into one account of the
problem: one owner, loads and costs summed. Which families have to be split is decided over
the whole batch (`places`).
"""

import dataclasses
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from cs_assets.routing.placing.building import Batch
from cs_assets.routing.policy import Policy
from cs_assets.routing.rows import Row, known
from cs_assets.routing.solver.problem import Ints, Problem

Family = tuple[int, ...]


@dataclass(frozen=True)
class Folded:
    """A batch with one row a family, and the rows of the unfolded batch that each stands for."""

    batch: Batch
    families: tuple[Family, ...]
    account_ids: tuple[str, ...]

    def ids(self, row: int) -> tuple[str, ...]:
        """The accounts behind a row of the folded batch."""
        return tuple(self.account_ids[i] for i in self.families[row])

    def owners(self, owners: Ints) -> dict[str, str]:
        """Worker by account, from the owner of each row of the folded batch."""
        csms = self.batch.problem.csm_ids
        return {
            self.account_ids[i]: csms[int(csm)]
            for family, csm in zip(self.families, owners, strict=True)
            for i in family
        }


def fold(batch: Batch, split: Collection[str] = ()) -> Folded:
    """``batch`` with one row a family; the accounts in ``split`` stay by themselves."""
    ids = batch.problem.account_ids
    families: list[Family] = []
    for family in groups(batch):
        if any(ids[i] in split for i in family):
            families += [(i,) for i in family]
        else:
            families.append(family)
    families.sort()
    if len(families) == len(ids):
        return Folded(batch, tuple((i,) for i in range(len(ids))), ids)
    return Folded(_folded(batch, families), tuple(families), ids)


def groups(batch: Batch) -> list[Family]:
    """The rows of the batch that should go together; each by itself where that is no rule."""
    if not batch.policy.eligibility.siblings_together:
        return [(i,) for i in range(len(batch.accounts))]
    return groups_of(batch.accounts)


def split_families(
    accounts: Sequence[Row],
    owners: Mapping[str, str],
    policy: Policy,
    excused: Collection[str],
) -> list[str]:
    """Families that have more than one owner although they should go together.

    For the independent check: it reads the rows and nothing that `fold` made.
    """
    if not policy.eligibility.siblings_together:
        return []
    by_parent: dict[str, set[str]] = {}
    for account in accounts:
        name, parent = account["account_id"], account["parent_account_id"]
        if name in excused or name not in owners:
            continue
        if known(parent) and not known(account["parent_owner_id"]):
            by_parent.setdefault(parent, set()).add(owners[name])
            if parent in owners and parent not in excused:
                by_parent[parent].add(owners[parent])
    return sorted(parent for parent, found in by_parent.items() if len(found) > 1)


def groups_of(accounts: Sequence[Row]) -> list[Family]:
    """Rows by the topmost new or unowned account above them, in the order of the first."""
    above = {
        row["account_id"]: row["parent_account_id"]
        for row in accounts
        if known(row["parent_account_id"]) and not known(row["parent_owner_id"])
    }
    members: dict[str, list[int]] = {}
    for i, row in enumerate(accounts):
        top, seen = row["account_id"], set()
        while top in above and top not in seen:
            seen.add(top)
            top = above[top]
        members.setdefault(min(seen) if top in seen else top, []).append(i)
    return [tuple(family) for family in members.values()]


def _folded(batch: Batch, families: Sequence[Family]) -> Batch:
    firsts = [family[0] for family in families]
    members = [i for family in families for i in family]
    starts = np.cumsum([0, *map(len, families)])[:-1]
    problem = batch.problem

    def summed(values: Any) -> Any:
        return np.add.reduceat(values[members], starts, axis=0)

    return dataclasses.replace(
        batch,
        accounts=[batch.accounts[i] for i in firsts],
        forbidden=[
            [
                next((rule for rule in rules if rule), None)
                for rules in zip(*(batch.forbidden[i] for i in family), strict=True)
            ]
            if len(family) > 1
            else batch.forbidden[family[0]]
            for family in families
        ],
        pair_terms={name: summed(values) for name, values in batch.pair_terms.items()},
        leans={name: summed(values) for name, values in batch.leans.items()},
        problem=Problem(
            account_ids=tuple(problem.account_ids[i] for i in firsts),
            csm_ids=problem.csm_ids,
            dimensions=problem.dimensions,
            resources=problem.resources,
            loads=summed(problem.loads),
            books=problem.books,
            targets=problem.targets,
            price=problem.price,
            pair_cost=summed(problem.pair_cost),
            allowed=np.logical_and.reduceat(problem.allowed[members], starts, axis=0),
            uses=summed(problem.uses),
            room=problem.room,
            steps=problem.steps,
        ),
    )
