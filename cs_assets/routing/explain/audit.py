"""The audit of a recommendation: why this CSM and nobody else, as stored and as shown.

The same JSON is kept with the recommendation and printed by `cs-assets route --explain`.
Amounts are whole numbers (`unit` of them are 1.0); by term they say how much the other
CSM is behind the chosen one, and add up exactly to the difference.
"""

import json
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

import numpy as np

from cs_assets.routing.books import is_shared
from cs_assets.routing.explain.terms import Candidate, Placed, candidates, difference
from cs_assets.routing.explain.would_change import Change, changes
from cs_assets.routing.rows import Row
from cs_assets.routing.solver.problem import COST_UNIT

#: Scores are kept in millionths.
SCORE_UNIT = 1_000_000


@dataclass(frozen=True)
class Against:
    """Another CSM: how far behind the chosen one, in all and by term (zero terms left out)."""

    worker_id: str
    worker_name: str
    behind: int
    terms: Mapping[str, int]


@dataclass(frozen=True)
class Audit:
    """Why an account got its CSM.

    ``out`` counts the others by the first rule in their way, ``dearer`` those who may
    but come after the ones listed. ``binding`` are rules that kept out somebody better. Of both
    ``out_shared`` and ``binding_shared`` are shared books, which are nobody's own. ``follows`` is
    the parent account whose CSM the choice was bound to.
    """

    measure: Literal["cost", "score"]
    worker_id: str
    worker_name: str
    against: Sequence[Against]
    out: Mapping[str, int]
    dearer: int
    binding: Mapping[str, int]
    changes: Sequence[Change]
    together_with: Sequence[str] = ()
    relaxed: Sequence[str] = field(default=())
    out_shared: Mapping[str, int] = field(default_factory=dict)
    binding_shared: Mapping[str, int] = field(default_factory=dict)
    follows: str | None = None
    notes: Sequence[str] = ()

    @property
    def unit(self) -> int:
        return COST_UNIT if self.measure == "cost" else SCORE_UNIT

    def as_json(self) -> str:
        return json.dumps(
            {
                "measure": self.measure,
                "unit": self.unit,
                "chosen": {"worker_id": self.worker_id, "worker_name": self.worker_name},
                "against": [
                    {
                        "worker_id": other.worker_id,
                        "worker_name": other.worker_name,
                        "behind": other.behind,
                        "terms": dict(other.terms),
                    }
                    for other in self.against
                ],
                "out": dict(self.out),
                "dearer": self.dearer,
                "binding": dict(self.binding),
                "out_shared": dict(self.out_shared),
                "binding_shared": dict(self.binding_shared),
                "follows": self.follows,
                "notes": list(self.notes),
                "relaxed": list(self.relaxed),
                "together_with": list(self.together_with),
                "would_change": [change.as_dict() for change in self.changes],
            }
        )


def against(book: Row, terms: Mapping[str, int]) -> Against:
    kept = {name: value for name, value in terms.items() if value}
    return Against(book["worker_id"], book["worker_name"], sum(terms.values()), kept)


def of_row(
    placed: Placed,
    row: int,
    everybody: Sequence[Row],
    *,
    relaxed: Collection[str] = (),
    family: Sequence[str] = (),
    alternatives: int = 2,
) -> tuple[Audit, list[Candidate]]:
    """The audit of one row of a batch, and its candidates, the chosen one first.

    ``everybody`` are the books of all CSMs, also of those who carry no load; ``family`` the
    accounts that the row stands for. The audit tells of the next two, the candidates are as
    many as ``alternatives``.
    """
    costs = placed.costs(row)
    ranked = candidates(placed, costs, alternatives)
    books = placed.batch.books
    idle = [(b["unavailable_why"] or "ramp", b) for b in everybody if b["load_share"] <= 0]
    barred = [*idle, *zip(placed.first_obstacles(row, costs), books, strict=True)]
    in_the_way = placed.in_the_way(row, costs, relaxed)
    binding = {rule: csms for rule, csms in in_the_way.items() if csms.any()}
    shared = np.array([is_shared(book) for book in books], dtype=bool)
    chosen = books[costs.chosen]
    return Audit(
        measure="cost",
        worker_id=chosen["worker_id"],
        worker_name=chosen["worker_name"],
        against=[against(books[c.csm], difference(ranked[0], c)) for c in ranked[1:3]],
        out=by_count(Counter(rule for rule, _ in barred if rule)),
        dearer=int(costs.fits.sum()) - len(ranked[:3]),
        binding=by_count({rule: int(csms.sum()) for rule, csms in binding.items()}),
        changes=changes(placed, row, costs, ranked[:3], in_the_way, alone=len(family) < 2),
        together_with=family[1:],
        relaxed=list(relaxed),
        out_shared=by_count(Counter(rule for rule, book in barred if rule and is_shared(book))),
        binding_shared=by_count(
            {r: int((csms & shared).sum()) for r, csms in binding.items() if (csms & shared).any()}
        ),
    ), ranked


def by_count(counts: Mapping[str, int]) -> dict[str, int]:
    """The most frequent first, then by name."""
    return dict(sorted(counts.items(), key=lambda item: (-item[1], item[0])))
