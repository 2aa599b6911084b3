"""The recommendation for a batch: from described accounts and books to rows with reasons."""

import dataclasses
import hashlib
import json
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import pandas as pd

from cs_assets.routing import match
from cs_assets.routing.decisions.earlier import Decisions, decisions_of
from cs_assets.routing.explain import audit
from cs_assets.routing.explain import terms as explanation
from cs_assets.routing.placing import (
    building,
    certificate,
    crosscheck,
    one_account,
    shortage,
    siblings,
    waiting,
)
from cs_assets.routing.placing.eligibility import CALLED, SAYS
from cs_assets.routing.placing.fewest_rules import fewest_rules
from cs_assets.routing.policy import Policy
from cs_assets.routing.rows import Row, known, rows_of
from cs_assets.routing.solver import highs, search
from cs_assets.routing.solver import solve as solving

__all__ = ["Decisions", "Outcome", "decisions_of", "input_hash", "recommend"]

#: What is proven where no solver ran: a score is the best by definition of its terms only.
_CLAIMS = {"none": "nothing_to_do", "weighted_score": "feasible", "integer_programme": "feasible"}


@dataclass(frozen=True)
class Outcome:
    """Rows of csm_routing_recommendations, and the one row of routing_solutions (without batch)."""

    recommendations: pd.DataFrame
    solution: dict[str, Any]


def input_hash(
    accounts: pd.DataFrame, books: pd.DataFrame, decided: Decisions, learned: str = ""
) -> str:
    """Sixteen hex digits over all that a recommendation is made from, whatever its order.

    ``learned`` stands for the costs of the match term, where it is used.
    """
    parts = [
        accounts.sort_values("account_id").sort_index(axis=1).to_json(date_format="iso"),
        books.sort_values("worker_id").sort_index(axis=1).to_json(date_format="iso"),
        json.dumps([sorted(decided.pins.items()), sorted(decided.refused)]),
        *([learned] if learned else []),
    ]
    return hashlib.sha256("\x1e".join(parts).encode()).hexdigest()[:16]


def recommend(
    accounts: pd.DataFrame,
    books: pd.DataFrame,
    policy: Policy,
    decided: Decisions | None = None,
    *,
    history: pd.DataFrame | None = None,
    seconds: float | None = None,
) -> Outcome:
    """Recommend a CSM for every account that rules allow one for.

    ``accounts`` as in analytics.accounts_needing_csm, ``books`` as in
    analytics.csm_books; ``history`` as of `sql/routing/history.sql`, for the learned match
    term when the policy asks for it. Raises ``certificate.NotCertified`` when the independent
    checker, or counting out a sample, does not confirm the result.
    """
    learned = _Learned()
    if policy.batch.match_term.use and history is not None:
        learned = _learn(rows_of(accounts), rows_of(books), history, policy)
    return _Run(accounts, books, policy, decided or Decisions(), learned, seconds).outcome()


@dataclass(frozen=True)
class _Learned:
    """The match term: what the back-test said, and the costs by pair where it helps."""

    told: str = match.SWITCHED_OFF
    costs: Mapping[tuple[str, str], int] | None = None

    def as_text(self) -> str:
        return "" if self.costs is None else json.dumps(sorted(self.costs.items()))


def _learn(
    accounts: Sequence[Row], books: Sequence[Row], history: pd.DataFrame, policy: Policy
) -> _Learned:
    tested = match.back_test(history)
    if not tested.helps:
        return _Learned(tested.as_json(False))
    weight = policy.batch.match_term.weight
    return _Learned(tested.as_json(True), match.costs(accounts, books, history, weight))


class _Run:
    """One batch on its way; each step leaves rows behind."""

    def __init__(
        self,
        accounts: pd.DataFrame,
        books: pd.DataFrame,
        policy: Policy,
        decided: Decisions,
        learned: _Learned,
        seconds: float | None,
    ) -> None:
        if not len(books.columns):
            books = pd.DataFrame(columns=["worker_id", "load_share"])
        self.policy, self.decided, self.learned = policy, decided, learned
        self.seconds = seconds or policy.solver.time_limit_seconds
        self.accounts = rows_of(accounts, "account_id")
        self.books = rows_of(books, "worker_id")
        self.at = {
            "policy_version": policy.version,
            "input_hash": input_hash(accounts, books, decided, learned.as_text()),
        }
        on_shelf = {book["worker_id"] for book in self.books if book["load_share"] > 0}
        self.pins = {a: w for a, w in decided.pins.items() if w in on_shelf}
        self.rows: list[dict[str, Any]] = []
        self.relaxed: dict[str, list[str]] = {}
        self.dissolved: tuple[tuple[str, ...], ...] = ()
        self.diagnosis: list[dict[str, Any]] = []
        self.proof: dict[str, Any] = {}

    def outcome(self) -> Outcome:
        routable = []
        for account in self.accounts:
            if account["is_protected"] and account["account_id"] not in self.pins:
                self._add(account, "needs_person", "The account is protected: a person decides.")
            elif known(account.get("unusable")) and account["account_id"] not in self.pins:
                self._add(account, "needs_person", _cannot_be_used(account))
            elif not known(account["account_name"]):
                self._add(account, "needs_person", "The accounts source does not know the account.")
            elif known(account.get("unusable")):  # a person chose; the row explains nothing
                routable.append({**account, "parent_account_id": None, "parent_owner_id": None})
            else:
                routable.append(account)
        routable = self._relax(routable)
        if not routable:
            return self._finish("none", None, 0)
        if len(routable) == 1:
            return self._single(routable[0])
        return self._batch(routable)

    def _build(
        self, accounts: list[dict[str, Any]], relaxed: shortage.Relaxed | None = None
    ) -> building.Batch:
        return building.build(
            accounts,
            self.books,
            self.policy,
            pins=self.pins,
            refused=self.decided.refused,
            relaxed=self.relaxed if relaxed is None else relaxed,
            match_costs=self.learned.costs,
        )

    def _relax(self, accounts: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """Pass rules in the published order for accounts that no CSM may take."""
        batch = self._build(accounts)
        left_out = set()
        for i, line in enumerate(batch.problem.allowed):
            if line.any():
                continue
            account = dict(batch.accounts[i])
            rules = fewest_rules(self.policy.relaxation, partial(self._enough, account))
            if rules is None:
                self._wait(account, batch.forbidden[i])
                left_out.add(account["account_id"])
                continue
            self.relaxed[account["account_id"]] = rules
            self._diagnose(account, batch.forbidden[i], rules)
        return [account for account in accounts if account["account_id"] not in left_out]

    def _enough(self, account: dict[str, Any], rules: Sequence[str]) -> bool:
        """Whether some CSM may take ``account`` with the rules given passed for it."""
        batch = self._build([account], {account["account_id"]: rules})
        return bool(batch.problem.allowed.any())

    def _diagnose(
        self, account: Mapping[str, Any], rules: Sequence[str | None], relaxed: list[str]
    ) -> None:
        """Keep which rules stood in the way and what leaving the account waiting would cost."""
        counts = Counter(rule for rule in rules if rule)
        self.diagnosis.append(
            {
                "account_id": account["account_id"],
                "conflict": dict(counts.most_common()),
                "relaxed": relaxed,
                "price_of_waiting": waiting.price(account, self.policy),
            }
        )

    def _wait(self, account: dict[str, Any], rules: Sequence[str | None]) -> None:
        counts = Counter(rule for rule in rules if rule)
        self._diagnose(account, rules, [])
        said = "; ".join(
            f"{n} CSM{'s' if n > 1 else ''}: {SAYS.get(rule, rule)}"
            for rule, n in counts.most_common()
        )
        why = f"No CSM may take the account ({said})." if said else "There is no CSM at all."
        self._add(account, "waiting", why, binding=list(counts))

    def _single(self, account: dict[str, Any]) -> Outcome:
        batch = self._build([account])
        open_to = one_account.open_to(batch)
        if not open_to:  # rules may be passed, or the account waits, as in any batch
            return self._batch([account])
        if account["account_id"] in self.pins:
            self._add(account, "recommended", _pinned(open_to[0]), book=open_to[0], method="pinned")
            return self._scored(account, open_to[0], len(open_to))
        found = one_account.ranked(account, open_to, self.policy)
        relaxed = self.relaxed.get(account["account_id"], [])
        why = one_account.audit(account, found, batch, self.books, relaxed)
        for place, one in enumerate(found):
            self._add(
                account,
                "alternative" if place else "recommended",
                one_account.in_words(found, place),
                book=one.book,
                rank=place + 1,
                method="weighted_score",
                score=one.total / audit.SCORE_UNIT,
                terms={name: value / audit.SCORE_UNIT for name, value in one.terms.items()},
                binding=list(why.binding),
                why=None if place else why,
            )
        return self._scored(account, found[0].book, len(open_to))

    def _scored(self, account: dict[str, Any], book: Row, csms: int) -> Outcome:
        """The end of a single account: the checker has to confirm its CSM."""
        checked = self._check([account], {account["account_id"]: book["worker_id"]})
        certificate.require(checked, checked.cost)
        self.proof = json.loads(checked.as_json())
        return self._finish("weighted_score", None, csms)

    def _batch(self, accounts: list[dict[str, Any]]) -> Outcome:
        folded = siblings.fold(self._build(accounts))
        if search.greedy(folded.batch.problem) is None:
            accounts = self._leave_waiting(accounts)
            if not accounts:
                return self._finish("integer_programme", None, 0)
            folded = siblings.fold(self._build(accounts))
            if search.greedy(folded.batch.problem) is None:  # room comes before families
                folded = siblings.fold(self._build(accounts), together=False)
                families = siblings.families_of(accounts)
                folded = dataclasses.replace(folded, dissolved=families)
        self.dissolved = folded.dissolved
        problem = folded.batch.problem
        solution = solving.solve(problem, seconds=self.seconds, gap=self.policy.solver.gap)
        self._certify(accounts, folded, solution)
        placed = explanation.Placed(folded.batch, solution.owners)
        for row in range(len(folded.families)):
            self._explain(folded, placed, row)
        return self._finish("integer_programme", solution, len(problem.csm_ids))

    def _leave_waiting(self, accounts: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """The accounts that are placed when room is short; the others wait."""
        strict = self.relaxed
        left_over = partial(self._without_place, accounts)
        self.relaxed, waits = shortage.pass_rules(self.policy.relaxation, strict, left_over)
        batch = self._build(accounts)
        for i, row in enumerate(batch.accounts):
            rules = [rule or "full" for rule in batch.forbidden[i]]
            passed = self.relaxed.get(row["account_id"])
            if row["account_id"] in waits:
                self._wait(dict(row), rules)
            elif passed and passed != strict.get(row["account_id"]):
                self._diagnose(row, rules, passed)
        return [account for account in accounts if account["account_id"] not in waits]

    def _without_place(
        self,
        accounts: list[dict[str, Any]],
        relaxed: shortage.Relaxed,
        left_out: Collection[str],
    ) -> set[str]:
        """The accounts that find no place, as cheap to leave waiting as can be."""
        asked = [account for account in accounts if account["account_id"] not in left_out]
        batch = self._build(asked, relaxed)
        if search.greedy(batch.problem) is not None:
            return set()
        prices = [waiting.price(row, self.policy) for row in batch.accounts]
        out = waiting.who_waits(batch.problem, prices, self.seconds)
        return {a for a, left in zip(batch.problem.account_ids, out, strict=True) if left}

    def _explain(self, folded: siblings.Folded, placed: explanation.Placed, row: int) -> None:
        batch, family = folded.batch, folded.ids(row)
        relaxed = self.relaxed.get(family[0], [])
        why, ranked = audit.of_row(placed, row, self.books, relaxed=relaxed, family=family)
        against = [(other.worker_name, other.terms) for other in why.against]
        told = explanation.in_words(why.worker_name, against)
        if len(family) > 1:
            told += f" {len(family)} new accounts of one parent go together; costs are for all."
        by_id = {account["account_id"]: account for account in self.accounts}
        for name in family:
            pinned = name in self.pins
            for place, candidate in enumerate(ranked):
                book = batch.books[candidate.csm]
                text = _pinned(book) if pinned else told
                self._add(
                    by_id[name],
                    "alternative" if place else "recommended",
                    "" if place else text,
                    book=book,
                    rank=place + 1,
                    method="pinned" if pinned else "integer_programme",
                    cost=candidate.cost,
                    cost_difference=candidate.cost - ranked[0].cost,
                    terms=candidate.terms,
                    binding=list(why.binding),
                    why=None if place or pinned else _for_member(why, name, family),
                )

    def _certify(
        self,
        accounts: list[dict[str, Any]],
        folded: siblings.Folded,
        solution: solving.Solution,
    ) -> None:
        """Refuse what the checker, the families or a counted-out sample contradict."""
        owners = folded.owners(solution.owners)
        checked = self._check(accounts, owners)
        certificate.require(checked, solution.cost)
        if split := siblings.split_families(accounts, owners, self.policy, folded.dissolved):
            raise certificate.NotCertified(f"the new accounts of parent {split[0]} are split")
        counted = crosscheck.cross_check(
            folded.batch.problem, solution.owners, solution.cost, solution.bound
        )
        self.proof = json.loads(checked.as_json()) | {
            "cross_check": counted.as_dict(),
            "reproducible": solution.reproducible,
        }

    def _check(
        self, accounts: list[dict[str, Any]], owners: Mapping[str, str]
    ) -> certificate.Certificate:
        return certificate.check(
            accounts,
            self.books,
            owners,
            self.policy,
            pins=self.pins,
            refused=self.decided.refused,
            relaxed=self.relaxed,
            match_costs=self.learned.costs,
        )

    def _add(
        self,
        account: Mapping[str, Any],
        status: str,
        text: str,
        *,
        book: Mapping[str, Any] | None = None,
        rank: int = 1,
        method: str = "none",
        score: float | None = None,
        cost: int | None = None,
        cost_difference: int | None = None,
        terms: Mapping[str, float] | None = None,
        binding: list[str] | None = None,
        why: audit.Audit | None = None,
    ) -> None:
        self.rows.append(
            {
                "account_id": account["account_id"],
                "tenant_id": account["tenant_id"],
                "rank": rank,
                "worker_id": book["worker_id"] if book else None,
                "worker_name": book["worker_name"] if book else None,
                "status": status,
                "method": method,
                "score": score,
                "cost": cost,
                "cost_difference": cost_difference,
                "terms": json.dumps(dict(terms or {})),
                "binding_rules": json.dumps(binding or []),
                "relaxed_rules": json.dumps(self.relaxed.get(account["account_id"], [])),
                "explanation": text + self._exceptions(account, rank),
                "audit": why.as_json() if why else None,
                **self.at,
            }
        )

    def _exceptions(self, account: Mapping[str, Any], rank: int) -> str:
        """What was not kept for this account, in words."""
        name, said = account["account_id"], ""
        if rank > 1:
            return said
        if rules := self.relaxed.get(name):
            passed = ", ".join(CALLED.get(rule, rule) for rule in rules)
            said += f" Not every rule could be kept; passed for this account: {passed}."
        if any(name in family for family in self.dissolved):
            said += " No single CSM could take all new accounts of its parent, so they are split."
        return said

    def _finish(self, method: str, solution: solving.Solution | None, csms: int) -> Outcome:
        frame = pd.DataFrame(self.rows)
        first = frame[frame["rank"] == 1] if len(frame) else frame
        count = first["status"].value_counts() if len(frame) else pd.Series(dtype=int)
        row = {
            "accounts": len(self.accounts),
            "assigned": int(count.get("recommended", 0)),
            "waiting": int(count.get("waiting", 0)),
            "needs_person": int(count.get("needs_person", 0)),
            "csms": csms,
            "method": method,
            "status": solution.status if solution else _CLAIMS[method],
            "objective": solution.cost if solution else None,
            "bound": solution.bound if solution else None,
            "gap": solution.gap if solution else None,
            "solver": highs.version() if solution else method.replace("_", " "),
            "certificate": json.dumps(self.proof),
            "match_term": self.learned.told,
            "diagnosis": json.dumps(self.diagnosis),
            **self.at,
        }
        return Outcome(frame, row)


def _cannot_be_used(account: Mapping[str, Any]) -> str:
    return (
        f"Its row in the accounts source cannot be used: {account['unusable']}. A person decides, "
        "or the row is mended; then it is planned again."
    )


def _for_member(why: audit.Audit, name: str, family: Sequence[str]) -> audit.Audit:
    """The audit of a family as it reads for one of its accounts."""
    return dataclasses.replace(why, together_with=[other for other in family if other != name])


def _pinned(book: Row) -> str:
    return f"A person chose {book['worker_name']} for this account."
