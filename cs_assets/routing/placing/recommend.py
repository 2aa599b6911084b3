"""The recommendation for a batch: from described accounts and books to rows with reasons."""

import dataclasses
import datetime as dt
import hashlib
import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd

from cs_assets.routing import match
from cs_assets.routing.decisions.earlier import Decisions
from cs_assets.routing.explain import audit, terms
from cs_assets.routing.placing import (
    building,
    certificate,
    crosscheck,
    places,
    score,
    siblings,
    waiting,
)
from cs_assets.routing.placing.eligibility import CALLED, SAYS, kept_out
from cs_assets.routing.policy import Policy
from cs_assets.routing.rows import Row, known, rows_of
from cs_assets.routing.solver import highs, search
from cs_assets.routing.solver import solve as solving

#: What is proven where no solver ran.
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
        _canonical(accounts, "account_id"),
        _canonical(books, "worker_id"),
        json.dumps([sorted(decided.pins.items()), sorted(decided.refused)]),
        *([learned] if learned else []),
    ]
    return hashlib.sha256("\x1e".join(parts).encode()).hexdigest()[:16]


def _canonical(frame: pd.DataFrame, key: str) -> str:
    """The values as one text, the same from each engine: types of columns differ by engine."""
    ordered = frame.sort_values(key).sort_index(axis=1)
    rows = [[_plain(v) for v in row] for row in ordered.itertuples(index=False, name=None)]
    return json.dumps([list(ordered.columns), rows])


def _plain(value: Any) -> str | float | bool | None:
    if not known(value):
        return None
    if isinstance(value, dt.date):  # a timestamp too
        return pd.Timestamp(value).isoformat()
    if isinstance(value, bool | np.bool_):
        return bool(value)
    return float(value) if isinstance(value, int | float | Decimal | np.number) else str(value)


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
    if policy.objective.match_term.use and history is not None:
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
    weight = policy.objective.match_term.weight
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
        self.books = rows_of(books, "worker_id")
        there = {book["worker_id"] for book in self.books}
        # A parent's CSM who has left binds nobody; one on leave still does.
        rows = rows_of(accounts, "account_id")
        self.parent_left = {
            row["account_id"]
            for row in rows
            if known(row["parent_owner_id"]) and row["parent_owner_id"] not in there
        }
        self.accounts = [
            {**row, "parent_owner_id": None} if row["account_id"] in self.parent_left else row
            for row in rows
        ]
        self.by_id = {account["account_id"]: account for account in self.accounts}
        self.at = {
            "policy_version": policy.version,
            "input_hash": input_hash(accounts, books, decided, learned.as_text()),
        }
        self.away = {b["worker_id"]: b for b in self.books if not b["load_share"] > 0}
        on_shelf = there - set(self.away)
        self.pins = {a: w for a, w in decided.pins.items() if w in on_shelf}
        self.rows: list[dict[str, Any]] = []
        self.relaxed: dict[str, list[str]] = {}
        self.split: dict[str, str] = {}
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
        routable, start = self._places(routable)
        if not routable:
            return self._finish("none", None, 0)
        return self._batch(routable, start)

    def _build(
        self, accounts: list[dict[str, Any]], relaxed: Mapping[str, Sequence[str]] | None = None
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

    def _carrying(self) -> list[Row]:
        """The books of the batch, in its order."""
        return [book for book in self.books if book["load_share"] > 0]

    def _places(
        self, accounts: list[dict[str, Any]]
    ) -> tuple[list[dict[str, Any]], dict[str, int]]:
        """The accounts that find a place, with one assignment that keeps all rules.

        Where the rules as they stand place everybody, that is all. Else one programme over the
        batch says who waits, which rules are passed, and which families are split.
        """
        if not accounts:
            return [], {}
        batch = self._build(accounts)
        folded = siblings.fold(batch)
        owners = search.greedy(folded.batch.problem)
        if owners is not None:
            place = {csm: j for j, csm in enumerate(batch.problem.csm_ids)}
            return accounts, {a: place[csm] for a, csm in folded.owners(owners).items()}
        found = [places.options(row, batch, i) for i, row in enumerate(batch.accounts)]
        chosen = places.find(batch, found, self.seconds)
        self.relaxed = chosen.passed
        self.split = {name: why for family, why in chosen.split.items() for name in family}
        for i, row in enumerate(batch.accounts):
            name, account = row["account_id"], dict(row)
            if name in chosen.waits:
                self._left_over(account, batch.forbidden[i], found[i])
            elif name in chosen.passed:
                self._diagnose(account, batch.forbidden[i], chosen.passed[name])
        return [a for a in accounts if a["account_id"] not in chosen.waits], chosen.owners

    def _left_over(
        self, account: dict[str, Any], rules: Sequence[str | None], found: places.Options
    ) -> None:
        """An account without a place: a person decides what may not be passed, or it waits."""
        self._diagnose(account, rules, [])
        full = [rule or "full" for rule in rules] if found.passed else rules
        why = kept_out(full, self._carrying())
        binding = list(Counter(rule for rule in rules if rule))
        if not found.passed and found.later is None and found.person:
            called = ", or ".join(
                " and ".join(CALLED.get(rule, rule) for rule in sorted(rules))
                for rules in found.person
            )
            text = (
                f"Nobody may take the account by the rules ({why}). For what is at stake a person "
                f"must agree to pass: {called}."
            )
            self._add(account, "needs_person", text, binding=binding)
            return
        if found.passed:
            text = f"There is not room for every account of the batch{f' ({why})' if why else ''}."
        elif why:
            text = f"Nobody may take the account ({why})."
        else:
            text = "There is no CSM at all."
        if not found.passed and found.later is not None:
            text += _opens_later(found)
        self._add(account, "waiting", text, binding=binding)

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

    def _batch(self, accounts: list[dict[str, Any]], start: Mapping[str, int]) -> Outcome:
        """Choose the owners; a single account is a batch of one."""
        folded = siblings.fold(self._build(accounts), self.split)
        problem = folded.batch.problem
        begin = np.array([start[name] for name in problem.account_ids], dtype=np.int64)
        solution = solving.solve(
            problem, seconds=self.seconds, gap=self.policy.solver.gap, start=begin
        )
        self._certify(accounts, folded, solution)
        placed = terms.Placed(folded.batch, solution.owners)
        for row in range(len(folded.families)):
            self._explain(folded, placed, row, alone=len(accounts) == 1)
        method = "weighted_score" if len(accounts) == 1 else "integer_programme"
        return self._finish(method, solution, len(problem.csm_ids))

    def _explain(
        self, folded: siblings.Folded, placed: terms.Placed, row: int, alone: bool
    ) -> None:
        batch, family = folded.batch, folded.ids(row)
        relaxed = self.relaxed.get(family[0], [])
        alternatives = len(batch.books) if alone else 2
        why, ranked = audit.of_row(
            placed, row, self.books, relaxed=relaxed, family=family, alternatives=alternatives
        )
        against = [(other.worker_name, other.terms) for other in why.against]
        told = terms.in_words(why.worker_name, against)
        if len(family) > 1:
            told += f" {len(family)} new accounts of one parent go together; costs are for all."
        if follows := self._follows(family, why.worker_id):
            told = f"{why.worker_name} owns the parent account {follows}; children follow it."
        scores = score.of_row(placed, row, ranked) if alone else [None] * len(ranked)
        method = "weighted_score" if alone else "integer_programme"
        for name in family:
            pinned = name in self.pins
            for place, (candidate, scored) in enumerate(zip(ranked, scores, strict=True)):
                book = batch.books[candidate.csm]
                text = _pinned(book) if pinned else told
                if place:
                    text = scored.in_words(str(book["worker_name"])) if scored else ""
                self._add(
                    self.by_id[name],
                    "alternative" if place else "recommended",
                    text,
                    book=book,
                    rank=place + 1,
                    method="pinned" if pinned else method,
                    score=scored,
                    cost=candidate.cost,
                    cost_difference=candidate.cost - ranked[0].cost,
                    terms=candidate.terms,
                    binding=list(why.binding),
                    why=None if place or pinned else self._for_member(why, name, family),
                )

    def _follows(self, family: Sequence[str], worker: str) -> str | None:
        """The parent account whose CSM the choice was bound to; None where it was not."""
        for name in family:
            account = self.by_id[name]
            bound = account["parent_owner_id"] == worker
            passed = "parent" in self.relaxed.get(name, ())
            if self.policy.eligibility.parent_keeps_csm and bound and not passed:
                return str(account["parent_account_id"])
        return None

    def _for_member(self, why: audit.Audit, name: str, family: Sequence[str]) -> audit.Audit:
        """The audit of a family as it reads for one of its accounts."""
        return dataclasses.replace(
            why,
            together_with=[other for other in family if other != name],
            follows=self._follows(family, why.worker_id),
            notes=self._family(name),
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
        if split := siblings.split_families(accounts, owners, self.policy, self.split):
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
        score: score.Score | None = None,
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
                "score": score.total if score else None,
                "score_terms": score.as_json() if score else None,
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
        return " ".join([said, *self._family(name)])

    def _family(self, name: str) -> list[str]:
        """What became of the account's family, where it is not together."""
        told = [self.split[name]] if name in self.split else []
        if name in self.parent_left:
            parent = self.by_id[name]["parent_account_id"]
            told.append(f"The CSM of its parent account {parent} has left, which binds nobody.")
        if away := self.away.get(self.by_id[name]["parent_owner_id"]):
            parent = self.by_id[name]["parent_account_id"]
            why = SAYS[away["unavailable_why"] or "ramp"]
            told.append(f"{away['worker_name']}, who owns its parent account {parent}, {why}.")
        return told

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


def _opens_later(found: places.Options) -> str:
    if not found.later:
        return " It waits for a CSM who merely cools down."
    return f" Rules may be passed for it in {found.later:.0f} hours."


def _pinned(book: Row) -> str:
    return f"A person chose {book['worker_name']} for this account."
