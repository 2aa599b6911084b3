"""The recommendation for a batch: from described accounts and books to rows with reasons."""

import hashlib
import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from cs_assets.routing import (
    building,
    certificate,
    explanation,
    highs,
    match,
    scoring,
    search,
    waiting,
)
from cs_assets.routing import solve as solving
from cs_assets.routing.eligibility import SAYS
from cs_assets.routing.policy import Policy
from cs_assets.routing.rows import Row, known, rows_of

#: What is proven where no solver ran: a score is the best by definition of its terms only.
_CLAIMS = {"none": "nothing_to_do", "weighted_score": "feasible", "integer_programme": "feasible"}


@dataclass(frozen=True)
class Decisions:
    """What people decided before: the CSM they chose for an account, and whom they refused."""

    pins: Mapping[str, str] = field(default_factory=dict)
    refused: frozenset[tuple[str, str]] = frozenset()


@dataclass(frozen=True)
class Outcome:
    """Rows of csm_routing_recommendations, and the one row of routing_solutions (without batch)."""

    recommendations: pd.DataFrame
    solution: dict[str, Any]


def decisions_of(frame: pd.DataFrame) -> Decisions:
    """The newest decision on each account counts; refusals stay until overridden."""
    pins: dict[str, str] = {}
    refused: set[tuple[str, str]] = set()
    for row in rows_of(frame):
        pair = (row["account_id"], row["worker_id"])
        if row["decision"] == "reject":
            refused.add(pair)
            if pins.get(pair[0]) == pair[1]:
                del pins[pair[0]]
        else:
            pins[pair[0]] = pair[1]
            refused.discard(pair)
    return Decisions(pins, frozenset(refused))


def input_hash(accounts: pd.DataFrame, books: pd.DataFrame, decided: Decisions) -> str:
    """Sixteen hex digits over all that a recommendation is made from, whatever its order."""
    parts = [
        accounts.sort_values("account_id").sort_index(axis=1).to_json(date_format="iso"),
        books.sort_values("worker_id").sort_index(axis=1).to_json(date_format="iso"),
        json.dumps([sorted(decided.pins.items()), sorted(decided.refused)]),
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
    checker does not confirm the result.
    """
    run = _Run(accounts, books, policy, decided or Decisions(), seconds)
    if policy.batch.match_term.use and history is not None:
        run.learn(history)
    return run.outcome()


class _Run:
    """One batch on its way; each step leaves rows behind."""

    def __init__(
        self,
        accounts: pd.DataFrame,
        books: pd.DataFrame,
        policy: Policy,
        decided: Decisions,
        seconds: float | None,
    ) -> None:
        self.policy, self.decided = policy, decided
        self.seconds = seconds or policy.solver.time_limit_seconds
        self.accounts = rows_of(accounts, "account_id")
        self.books = rows_of(books, "worker_id")
        self.at = {
            "policy_version": policy.version,
            "input_hash": input_hash(accounts, books, decided),
        }
        self.names = {book["worker_id"]: book["worker_name"] for book in self.books}
        self.rows: list[dict[str, Any]] = []
        self.relaxed: dict[str, list[str]] = {}
        self.diagnosis: list[dict[str, Any]] = []
        self.match_costs: Mapping[tuple[str, str], int] | None = None
        self.match_term = match.SWITCHED_OFF

    def learn(self, history: pd.DataFrame) -> None:
        """Use the match term if the back-test says that it helps."""
        tested = match.back_test(history)
        self.match_term = tested.as_json(tested.helps)
        if tested.helps:
            weight = self.policy.batch.match_term.weight
            self.match_costs = match.costs(self.accounts, self.books, history, weight)

    def outcome(self) -> Outcome:
        on_shelf = {book["worker_id"] for book in self.books if book["load_share"] > 0}
        self.pins = {a: w for a, w in self.decided.pins.items() if w in on_shelf}
        routable = []
        for account in self.accounts:
            if account["is_protected"] and account["account_id"] not in self.pins:
                self._add(account, "needs_person", "The account is protected: a person decides.")
            elif not known(account["account_name"]):
                self._add(account, "needs_person", "The accounts source does not know the account.")
            else:
                routable.append(account)
        routable = self._relax(routable)
        if not routable:
            return self._finish("none", None, None, 0)
        if len(routable) == 1:
            return self._single(routable[0])
        return self._batch(routable)

    def _build(self, accounts: list[dict[str, Any]]) -> building.Batch:
        return building.build(
            accounts,
            self.books,
            self.policy,
            pins=self.pins,
            refused=self.decided.refused,
            relaxed=self.relaxed,
            match_costs=self.match_costs,
        )

    def _relax(self, accounts: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """Pass rules in the published order for accounts that no CSM may take."""
        batch = self._build(accounts)
        stuck = [i for i, line in enumerate(batch.problem.allowed) if not line.any()]
        for i in stuck:
            account = batch.accounts[i]
            rules = self._fewest_rules(dict(account))
            if rules is None:
                self._wait(dict(account), batch.forbidden[i])
                continue
            self.relaxed[account["account_id"]] = rules
            self._diagnose(account, batch.forbidden[i], rules)
        left_out = {row["account_id"] for row in self.rows}
        return [account for account in accounts if account["account_id"] not in left_out]

    def _fewest_rules(self, account: dict[str, Any]) -> list[str] | None:
        """The rules to pass for an account: in the published order, none without need."""

        def enough(rules: list[str]) -> bool:
            self.relaxed[account["account_id"]] = rules
            found = self._build([account]).problem.allowed.any()
            del self.relaxed[account["account_id"]]
            return bool(found)

        order: list[str] = list(self.policy.relaxation)
        for count in range(1, len(order) + 1):
            if enough(order[:count]):
                needed = order[:count]
                for rule in reversed(order[:count]):
                    without = [other for other in needed if other != rule]
                    if enough(without):
                        needed = without
                return needed
        return None

    def _diagnose(
        self, account: Mapping[str, Any], rules: list[str | None], relaxed: list[str]
    ) -> None:
        """Keep which rules stood in the way and what leaving the account waiting would cost."""
        counts = Counter(rule for rule in rules if rule)
        self.diagnosis.append(
            {
                "account_id": account["account_id"],
                "conflict": dict(counts.most_common()),
                "relaxed": relaxed,
                "price_of_waiting": waiting.price(_days(account), self.policy),
            }
        )

    def _wait(self, account: dict[str, Any], rules: list[str | None]) -> None:
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
        open_to = [book for j, book in enumerate(batch.books) if batch.problem.allowed[0, j]]
        if account["account_id"] in self.pins:
            book = open_to[0]
            self._add(account, "recommended", _pinned(book), book=book, method="pinned")
            return self._finish("weighted_score", None, None, len(open_to))
        parts = [scoring.terms(account, book, batch.books, self.policy) for book in open_to]
        weights = self.policy.single.model_dump()
        weighted = [{k: round(weights[k] * v, 6) for k, v in terms.items()} for terms in parts]
        ranked = sorted(
            zip(open_to, weighted, strict=True),
            key=lambda pair: (
                -round(sum(pair[1].values()), 6),
                building.tie_break(account["account_id"], pair[0]["worker_id"]),
            ),
        )
        best = ranked[0][1]
        for rank, (book, terms) in enumerate(ranked, start=1):
            text = _score_in_words(book, terms, best, rank)
            self._add(
                account,
                "recommended" if rank == 1 else "alternative",
                text,
                book=book,
                rank=rank,
                method="weighted_score",
                score=round(sum(terms.values()), 6),
                terms=terms,
            )
        self._certify([account], {account["account_id"]: ranked[0][0]["worker_id"]}, None)
        return self._finish("weighted_score", None, None, len(open_to))

    def _batch(self, accounts: list[dict[str, Any]]) -> Outcome:
        batch = self._build(accounts)
        if search.greedy(batch.problem) is None:
            prices = [waiting.price(_days(row), self.policy) for row in batch.accounts]
            out = waiting.who_waits(batch.problem, prices, self.seconds)
            for i in map(int, np.nonzero(out)[0]):
                rules = [rule or "intake" for rule in batch.forbidden[i]]
                self._wait(dict(batch.accounts[i]), rules)  # type: ignore[arg-type]
            accounts = [
                dict(row) for row, left in zip(batch.accounts, out, strict=True) if not left
            ]
            if not accounts:
                return self._finish("integer_programme", None, None, 0)
            batch = self._build(accounts)
        solution = solving.solve(batch.problem, seconds=self.seconds, gap=self.policy.solver.gap)
        csms = batch.problem.csm_ids
        owners = {
            a: csms[j] for a, j in zip(batch.problem.account_ids, solution.owners, strict=True)
        }
        checked = self._certify(accounts, owners, solution.cost)
        for i in range(len(batch.accounts)):
            self._explain(batch, solution, i)
        return self._finish("integer_programme", solution, checked, len(csms))

    def _explain(self, batch: building.Batch, solution: solving.Solution, i: int) -> None:
        account = dict(batch.accounts[i])
        ranked = explanation.candidates(batch, solution.owners, i)
        chosen = ranked[0]
        pinned = account["account_id"] in self.pins
        against = [
            (batch.books[c.csm]["worker_name"], explanation.difference(chosen, c))
            for c in ranked[1:]
        ]
        rules = Counter(rule for rule in batch.forbidden[i] if rule)
        text = explanation.in_words(batch.books[chosen.csm]["worker_name"], against)
        for rank, candidate in enumerate(ranked, start=1):
            book = batch.books[candidate.csm]
            self._add(
                account,
                "recommended" if rank == 1 else "alternative",
                (_pinned(book) if pinned else text)
                if rank == 1
                else explanation.in_words(book["worker_name"], [])
                if not against
                else "",
                book=book,
                rank=rank,
                method="pinned" if pinned else "integer_programme",
                cost=candidate.cost,
                cost_difference=candidate.cost - chosen.cost,
                terms=candidate.terms,
                binding=list(rules),
            )

    def _certify(
        self, accounts: list[dict[str, Any]], owners: Mapping[str, str], cost: int | None
    ) -> certificate.Certificate:
        found = certificate.check(
            accounts,
            self.books,
            owners,
            self.policy,
            pins=self.pins,
            refused=self.decided.refused,
            relaxed=self.relaxed,
            match_costs=self.match_costs,
        )
        certificate.require(found, found.cost if cost is None else cost)
        self.certificate = found
        return found

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
                "explanation": text + self._relaxation(account, rank),
                **self.at,
            }
        )

    def _relaxation(self, account: Mapping[str, Any], rank: int) -> str:
        rules = self.relaxed.get(account["account_id"])
        if not rules or rank > 1:
            return ""
        return f" No CSM kept every rule; passed for this account: {', '.join(rules)}."

    def _finish(
        self,
        method: str,
        solution: solving.Solution | None,
        checked: certificate.Certificate | None,
        csms: int,
    ) -> Outcome:
        frame = pd.DataFrame(self.rows)
        first = frame[frame["rank"] == 1] if len(frame) else frame
        count = first["status"].value_counts() if len(frame) else pd.Series(dtype=int)
        proof = checked or getattr(self, "certificate", None)
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
            "certificate": proof.as_json() if proof else "{}",
            "match_term": self.match_term,
            "diagnosis": json.dumps(self.diagnosis),
            **self.at,
        }  # fmt: skip
        return Outcome(frame, row)


def _days(account: Row) -> float | None:
    days = account["waiting_days"]
    return float(days) if known(days) else None


def _pinned(book: Row) -> str:
    return f"A person chose {book['worker_name']} for this account."


def _score_in_words(
    book: Row, terms: Mapping[str, float], best: Mapping[str, float], rank: int
) -> str:
    total = sum(terms.values())
    if rank == 1:
        strongest = max(terms, key=lambda name: terms[name])
        most = strongest.replace("_", " ")
        return f"{book['worker_name']} scores {total:.3f}, most of it by {most}."
    lost = max(terms, key=lambda name: best[name] - terms[name])
    behind = sum(best.values()) - total
    return (
        f"{book['worker_name']} scores {total:.3f}, {behind:.3f} less, "
        f"most of it by {lost.replace('_', ' ')}."
    )
