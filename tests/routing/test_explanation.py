"""Explanations: terms add up, rules that decided are named, what would change does change it."""

import dataclasses
import datetime as dt
import json
from typing import Any

import numpy as np
import pandas as pd

from cs_assets.routing import policy
from cs_assets.routing.explain.terms import Placed, adding_up, candidates
from cs_assets.routing.explain.would_change import Change, changes
from cs_assets.routing.placing import building, one_account
from cs_assets.routing.placing.recommend import recommend
from cs_assets.routing.rows import rows_of
from cs_assets.routing.solver.problem import COST_UNIT
from cs_assets.routing.solver.solve import solve
from tests.routing.frames import account, described, owned, worker
from tests.routing.instances import random_rows

RULES = policy.load()
_HIRED = [dt.date(year, 1, 1) for year in (2026, 2024, 2018)]


def placed_at(seed: int, accounts: int = 14, csms: int = 5) -> Placed:
    rows, books = random_rows(seed, accounts, csms)
    batch = building.build(rows, [{**book, "max_accounts": 30} for book in books], RULES)
    return Placed(batch, solve(batch.problem, seconds=10, gap=0.0).owners)


def made(placed: Placed, change: Change) -> Placed:
    """The batch with the change made, in another way than the code under test goes."""
    batch = placed.batch
    if change.kind == "weight":
        data = RULES.model_dump()
        *path, last = change.what.split(".")
        place = data
        for part in path:
            place = place[part]
        place[last] = change.after
        again = building.build(batch.accounts, batch.books, policy.Policy.model_validate(data))
        return Placed(again, placed.owners)
    csm, dimension = change.what.split(".")
    assert change.before is not None
    assert change.after is not None
    books = batch.problem.books.copy()
    unit = 1 if dimension == "revenue" else 1000
    place_of = (batch.problem.csm_ids.index(csm), batch.problem.dimensions.index(dimension))
    books[place_of] += round((change.after - change.before) * unit)
    problem = dataclasses.replace(batch.problem, books=books)
    return Placed(dataclasses.replace(batch, problem=problem), placed.owners)


def test_what_would_change_the_choice_does_change_it() -> None:
    kinds = [kind for seed in range(3) for kind in verified_kinds(placed_at(seed))]
    assert {"rule", "number", "weight"} == set(kinds)
    assert len(kinds) > 30


def verified_kinds(placed: Placed) -> list[str]:
    """The kinds of change offered for the accounts of a batch, each tried out."""
    kinds = []
    for row in range(len(placed.batch.accounts)):
        costs = placed.costs(row)
        for change in changes(placed, row, costs, candidates(placed, costs), ()):
            kinds.append(change.kind)
            then = placed.batch.problem.csm_ids.index(change.then)
            assert then != costs.chosen
            if change.kind == "rule":
                assert placed.obstacles(row, then, costs) == [change.what]
                assert costs.total[then] < costs.total[costs.chosen]
                continue
            again = made(placed, change).costs(row)
            cheapest = np.where(again.fits, again.total, 2**62).argmin()
            assert cheapest == then, change.words
    return kinds


def test_a_smaller_change_of_the_same_number_is_not_enough() -> None:
    placed, tried = placed_at(3), 0
    for row in range(len(placed.batch.accounts)):
        costs = placed.costs(row)
        for change in changes(placed, row, costs, candidates(placed, costs), ()):
            if change.kind != "number" or not change.what.endswith((".points", ".revenue")):
                continue
            step = 1.0 if change.what.endswith(".revenue") else 0.001
            assert change.after is not None
            assert change.before is not None
            step = step if change.after < change.before else -step
            nearly = dataclasses.replace(change, after=change.after + step)
            again = made(placed, nearly).costs(row)
            assert np.where(again.fits, again.total, 2**62).argmin() == costs.chosen
            tried += 1
    assert tried


def test_the_stored_audit_adds_up_and_counts_every_csm() -> None:
    rows, books = random_rows(2, 12, 6)
    found = recommend(pd.DataFrame(rows), pd.DataFrame(books), RULES).recommendations
    for _, ranked in found.groupby("account_id"):
        by_rank = ranked.sort_values("rank").reset_index(drop=True)
        if by_rank["status"][0] != "recommended":
            continue
        told = json.loads(by_rank["audit"][0])
        assert [a["behind"] for a in told["against"]] == list(by_rank["cost_difference"][1:])
        for other in told["against"]:
            assert sum(other["terms"].values()) == other["behind"]
            assert 0 not in other["terms"].values()
        counted = 1 + len(told["against"]) + told["dearer"] + sum(told["out"].values())
        assert counted == len(books)
        assert json.loads(by_rank["binding_rules"][0]) == list(told["binding"])


def test_a_rule_that_keeps_out_a_better_csm_is_the_binding_one() -> None:
    book = [owned(f"O{n}", "W0") for n in range(9)]
    people = [worker("W0"), worker("W1", region="Asia Pacific"), worker("W2", languages="fr")]
    frames = described([*book, account("A"), account("B")], people)
    rows = recommend(*frames, RULES).recommendations
    told = json.loads(rows[rows["rank"] == 1].iloc[0]["audit"])
    assert told["binding"] == {"language": 1, "region": 1}
    assert told["out"] == {"language": 1, "region": 1}
    (change,) = [c for c in told["would_change"] if c["kind"] == "rule"]
    assert change["what"] in ("region", "language")


def test_a_single_account_says_what_would_change_its_score() -> None:
    book = [owned(f"O{w}{k}", f"W{w}") for w, n in enumerate((7, 9, 11)) for k in range(n)]
    people = [worker(f"W{n}", hire_date=d) for n, d in enumerate(_HIRED)]
    accounts, books = described([*book, account("A", health_segment="Red")], people)
    told = json.loads(recommend(accounts, books, RULES).recommendations.iloc[0]["audit"])
    assert told["measure"] == "score"
    for other in told["against"]:
        assert sum(other["terms"].values()) == other["behind"] > 0
    rows, shelf = rows_of(accounts), rows_of(books)
    before = one_account.ranked(rows[0], shelf, RULES)[0].book["worker_id"]
    by_kind = {change["kind"]: change for change in told["would_change"]}
    number: dict[str, Any] = by_kind["number"]
    who = number["what"].split(".")[0]
    fewer = [{**b, "accounts": number["after"]} if b["worker_id"] == who else b for b in shelf]
    assert one_account.ranked(rows[0], fewer, RULES)[0].book["worker_id"] == who != before
    almost = [{**b, "accounts": number["after"] + 1} if b["worker_id"] == who else b for b in shelf]
    assert one_account.ranked(rows[0], almost, RULES)[0].book["worker_id"] == before
    name = by_kind["weight"]["what"].split(".")[1]
    others = RULES.single.model_dump()
    scale = (1 - by_kind["weight"]["after"]) / (1 - others[name])
    weights = {k: v * scale for k, v in others.items()} | {name: by_kind["weight"]["after"]}
    changed = RULES.model_copy(update={"single": policy.Single(**weights)})
    assert one_account.ranked(rows[0], shelf, changed)[0].book["worker_id"] != before


def test_rounded_terms_add_up_to_the_rounded_sum() -> None:
    random = np.random.default_rng(4)
    for _ in range(200):
        terms = {f"t{k}": int(v) for k, v in enumerate(random.integers(-2e9, 2e9, 6))}
        shown = adding_up(terms, COST_UNIT)
        assert abs(sum(shown.values()) - sum(terms.values()) / 1e6) <= 0.5
        assert all(abs(shown[name] - terms[name] / 1e6) < 1 for name in terms)
